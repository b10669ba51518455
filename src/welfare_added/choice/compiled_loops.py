"""Compiled log-likelihoods of panels of choices, with scores, one agent at a time.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules, whose changes it would miss. An agent's rows are stacked; draws are innermost, so
that loops over them are vectorised. Symbols: agent a has rows i; a row's utility at node q is
index[i] + sum_k loadings[i, k] nodes[k, q], with loadings = random C for a lower triangular C.
"""

import numpy as np
from numba import njit

FLUSHED = 32  # rows whose factors are multiplied before a logarithm is taken
STEPS = 100  # Newton steps to an agent's mode
PRECISE = 1e-10  # length of the last of them


@njit(cache=True, nogil=True)
def binary_panel(
    first, index, loadings, taken, trials, nodes, log_weights, columns, random, at, value, score
):
    """Log-likelihood and score of each agent's binary choices at given nodes, in place.

    Parameters
    ----------
    first : (A + 1,) int array
        First row of each agent, and the number of rows N.
    index : (N,) array
        Utility without random coefficients.
    loadings : (N, K) array
        Derivative of utility with respect to the K normals.
    taken, trials : (N,) array
        Choices of one and all choices of the row.
    nodes : (A or 1, K, R) array
    log_weights : (R,) array
    columns, random : (N, P) and (N, K) array
        Covariates, and those with random coefficients.
    at : (S, 2) int array
        Row and column in C of each of its free entries.
    value, score : (A,) and (A, P + S) array
        Written.

    """
    draws = len(log_weights)
    residuals = np.empty((np.diff(first).max(), draws))
    log_density = np.empty(draws)
    for a in range(len(value)):
        rows = slice(first[a], first[a + 1])
        points = nodes[a % len(nodes)]
        for q in range(draws):
            log_density[q] = log_weights[q]
        _binary(
            index[rows], loadings[rows], taken[rows], trials[rows], points, log_density, residuals
        )
        value[a] = _posterior(log_density)
        _score(columns[rows], random[rows], at, points, log_density, residuals, score[a])


@njit(cache=True, nogil=True)
def binary_panel_at_modes(
    first, index, loadings, taken, trials, nodes, log_weights, columns, random, at, value, score
):
    """As `binary_panel` for K = 1 by adaptive quadrature; returns how many modes were not reached.

    Nodes t (1, 1, R) move to mode + scale t, where scale is the inverse root of the curvature of
    the agent's log-likelihood and normal log-density at their mode; weights change with them. The
    score is the derivative of the sum itself, the movement of mode and scale included, so that it
    is exact with any number of nodes (with one: Laplace's approximation).
    """
    draws = len(log_weights)
    residuals = np.empty((np.diff(first).max(), draws))
    log_density = np.empty(draws)
    points = np.empty((1, draws))
    failed = 0
    for a in range(len(value)):
        rows = slice(first[a], first[a + 1])
        mode, reached = _mode(index[rows], loadings[rows, 0], taken[rows], trials[rows])
        failed += not reached
        _, slope = _slopes(mode, index[rows], loadings[rows, 0], taken[rows], trials[rows])
        scale = 1.0 / np.sqrt(-slope)
        for q in range(draws):
            t = nodes[0, 0, q]
            point = mode + scale * t
            points[0, q] = point
            log_density[q] = log_weights[q] + np.log(scale) + 0.5 * (t * t - point * point)
        _binary(
            index[rows], loadings[rows], taken[rows], trials[rows], points, log_density, residuals
        )
        value[a] = _posterior(log_density)
        _score(columns[rows], random[rows], at, points, log_density, residuals, score[a])
        by_mode, by_scale = 0.0, 1.0 / scale
        for q in range(draws):
            slope_q = -points[0, q]
            for i in range(first[a + 1] - first[a]):
                slope_q += loadings[first[a] + i, 0] * residuals[i, q]
            by_mode += log_density[q] * slope_q
            by_scale += log_density[q] * slope_q * nodes[0, 0, q]
        _add_movement(
            mode,
            scale,
            by_mode,
            by_scale,
            index[rows],
            loadings[rows, 0],
            taken[rows],
            trials[rows],
            columns[rows],
            random[rows, 0],
            score[a],
        )
    return failed


@njit(cache=True, nogil=True)
def multinomial_panel(
    first, situation, index, loadings, taken, nodes, log_weights, columns, random, at, value, score
):
    """Log-likelihood and score of each agent's choices among alternatives, in place.

    As `binary_panel`, with a row an alternative that is available in a situation. ``situation``
    (T + 1,) is the first row of each, and ``first`` (A + 1,) the first situation of each agent;
    ``taken`` (N,) is one at the alternative chosen, and zero at the others.
    """
    draws = len(log_weights)
    largest = 0
    for a in range(len(value)):
        largest = max(largest, situation[first[a + 1]] - situation[first[a]])
    residuals = np.empty((largest, draws))
    log_density, top, total = np.empty(draws), np.empty(draws), np.empty(draws)
    for a in range(len(value)):
        start, stop = situation[first[a]], situation[first[a + 1]]
        points = nodes[a % len(nodes)]
        for q in range(draws):
            log_density[q] = log_weights[q]
        for s in range(first[a], first[a + 1]):
            top[:] = -np.inf
            total[:] = 0.0
            for row in range(situation[s], situation[s + 1]):
                utility = residuals[row - start]
                _utilities(index[row], loadings[row], points, utility)
                for q in range(draws):
                    top[q] = max(top[q], utility[q])
            for row in range(situation[s], situation[s + 1]):
                utility = residuals[row - start]
                for q in range(draws):
                    relative = utility[q] - top[q]
                    log_density[q] += taken[row] * relative
                    utility[q] = np.exp(relative)
                    total[q] += utility[q]
            for row in range(situation[s], situation[s + 1]):
                utility = residuals[row - start]
                for q in range(draws):
                    utility[q] = taken[row] - utility[q] / total[q]
            for q in range(draws):
                log_density[q] -= np.log(total[q])
        rows = slice(start, stop)
        value[a] = _posterior(log_density)
        _score(columns[rows], random[rows], at, points, log_density, residuals, score[a])


@njit(inline="always")
def _utilities(index, loadings, points, utility):
    """Write a row's utility at each node."""
    for q in range(len(utility)):
        utility[q] = index
    for k in range(len(loadings)):
        loading = loadings[k]
        for q in range(len(utility)):
            utility[q] += loading * points[k, q]


@njit(nogil=True)
def _binary(index, loadings, taken, trials, points, log_density, residuals):
    """Add an agent's log-likelihood at each node; write taken - trials * probability."""
    draws = len(log_density)
    factor = np.ones(draws)
    for i in range(len(index)):
        utility = residuals[i]
        _utilities(index[i], loadings[i], points, utility)
        once = trials[i] == 1.0
        for q in range(draws):
            v = utility[q]
            small = np.exp(-abs(v))
            inverse = 1.0 / (1.0 + small)
            log_density[q] += taken[i] * v - trials[i] * max(v, 0.0)
            utility[q] = taken[i] - trials[i] * (inverse if v >= 0.0 else small * inverse)
            if once:
                factor[q] *= 1.0 + small
            else:
                log_density[q] -= trials[i] * np.log1p(small)
        if i % FLUSHED == FLUSHED - 1 or i == len(index) - 1:
            for q in range(draws):
                log_density[q] -= np.log(factor[q])
                factor[q] = 1.0


@njit(nogil=True)
def _posterior(log_density):
    """Turn log densities into weights that sum to one; returns the log of their sum."""
    top = log_density.max()
    total = 0.0
    for q in range(len(log_density)):
        log_density[q] = np.exp(log_density[q] - top)
        total += log_density[q]
    for q in range(len(log_density)):
        log_density[q] /= total
    return top + np.log(total)


@njit(nogil=True)
def _score(columns, random, at, points, weights, residuals, score):
    """Write an agent's score: its rows' mean residuals, and mean residuals times nodes."""
    covariates = columns.shape[1]
    moment = np.empty(len(points))
    score[:] = 0.0
    for i in range(len(columns)):
        mean = 0.0
        moment[:] = 0.0
        for q in range(len(weights)):
            weighted = weights[q] * residuals[i, q]
            mean += weighted
            for k in range(len(points)):
                moment[k] += weighted * points[k, q]
        for p in range(covariates):
            score[p] += mean * columns[i, p]
        for s in range(len(at)):
            score[covariates + s] += random[i, at[s, 0]] * moment[at[s, 1]]


@njit(nogil=True)
def _slopes(point, index, loading, taken, trials):
    """First and second derivative of an agent's log-likelihood and normal log-density."""
    first, second = -point, -1.0
    for i in range(len(index)):
        chance = 1.0 / (1.0 + np.exp(-(index[i] + loading[i] * point)))
        first += loading[i] * (taken[i] - trials[i] * chance)
        second -= loading[i] ** 2 * trials[i] * chance * (1.0 - chance)
    return first, second


@njit(nogil=True)
def _mode(index, loading, taken, trials):
    """Newton's method for a decreasing slope, within bounds that shrink: it cannot run away."""
    point = 0.0
    low, high = -np.inf, np.inf
    for _ in range(STEPS):
        slope, curvature = _slopes(point, index, loading, taken, trials)
        if slope > 0.0:
            low = point
        else:
            high = point
        step = -slope / curvature
        if abs(step) < PRECISE * (1.0 + abs(point)):
            return point + step, True
        point += step
        if point <= low or point >= high:
            point = 0.5 * (low + high)
    return point, False


@njit(nogil=True)
def _add_movement(
    mode, scale, by_mode, by_scale, index, loading, taken, trials, columns, random, score
):
    """Add to an agent's score what its mode and scale change, by the implicit function theorem."""
    covariates = columns.shape[1]
    of_slope, of_curvature = np.zeros(len(score)), np.zeros(len(score))
    third = 0.0
    for i in range(len(index)):
        chance = 1.0 / (1.0 + np.exp(-(index[i] + loading[i] * mode)))
        residual = taken[i] - trials[i] * chance
        variance = trials[i] * chance * (1.0 - chance)
        skewness = variance * (1.0 - 2.0 * chance)
        third -= loading[i] ** 3 * skewness
        for p in range(len(score)):
            if p < covariates:
                change, change_of_loading = columns[i, p], 0.0
            else:
                change, change_of_loading = random[i] * mode, random[i]
            of_slope[p] += change_of_loading * residual - loading[i] * variance * change
            of_curvature[p] -= (
                2.0 * loading[i] * change_of_loading * variance
                + loading[i] ** 2 * skewness * change
            )
    for p in range(len(score)):
        of_mode = of_slope[p] * scale**2
        of_scale = 0.5 * scale**3 * (of_curvature[p] + third * of_mode)
        score[p] += by_mode * of_mode + by_scale * of_scale
