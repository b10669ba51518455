"""Compiled log-likelihood of binary choices with one random coefficient, by adaptive quadrature.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules. Symbols: agent a has rows i; a row's utility at the normal v is
index[i] + loading[i] v.
"""

import numpy as np
from numba import njit

FLUSHED = 32  # rows whose factors are multiplied before a logarithm is taken
STEPS = 100  # Newton steps to an agent's mode
PRECISE = 1e-10  # length of the last of them


@njit(cache=True, nogil=True)
def binary_panel_at_modes(
    begin,
    end,
    first,
    index,
    loading,
    taken,
    trials,
    nodes,
    log_weights,
    columns,
    of_agents,
    random,
    value,
    score,
    failed,
):
    """Log-likelihood and score of the choices of agents begin to end - 1, in place.

    Nodes t (1, 1, R) move to mode + scale t, where scale is the inverse root of the curvature of
    the agent's log-likelihood and normal log-density at their mode; weights change with them. The
    score is the derivative of the sum itself, the movement of mode and scale included, so that it
    is exact with any number of nodes (with one: Laplace's approximation).

    Parameters
    ----------
    first : (A + 1,) int array
        First row of each agent, and the number of rows N.
    index, loading : (N,) array
        Utility at a normal of zero, and its derivative with respect to the normal.
    taken, trials : (N,) array
        Choices of one and all choices of the row.
    nodes, log_weights : (1, 1, R) and (R,) array
    columns, of_agents, random : (N, P), (A, Q) and (N,) array
        Covariates of rows, of agents, and the one with a random coefficient.
    value, score : (A,) and (A, P + Q + 1) array
        Written.
    failed : (A,) bool array
        Written: whether the mode was not reached.

    """
    draws, covariates, own = len(log_weights), columns.shape[1], of_agents.shape[1]
    most = np.diff(first).max()
    residuals, log_density = np.empty((most, draws)), np.empty(draws)
    points, gathered = np.empty(draws), np.empty((most, covariates + own))
    for a in range(begin, end):
        rows = slice(first[a], first[a + 1])
        number = first[a + 1] - first[a]
        mode, reached = _mode(index[rows], loading[rows], taken[rows], trials[rows])
        failed[a] = not reached
        _, slope = _slopes(mode, index[rows], loading[rows], taken[rows], trials[rows])
        scale = 1.0 / np.sqrt(-slope)
        for q in range(draws):
            t = nodes[0, 0, q]
            points[q] = mode + scale * t
            log_density[q] = log_weights[q] + np.log(scale) + 0.5 * (t * t - points[q] * points[q])
        _binary(
            index[rows], loading[rows], taken[rows], trials[rows], points, log_density, residuals
        )
        value[a] = _posterior(log_density)
        for i in range(number):
            gathered[i, :covariates] = columns[first[a] + i]
            gathered[i, covariates:] = of_agents[a]
        _score(gathered[:number], random[rows], points, log_density, residuals, score[a])
        by_mode, by_scale = 0.0, 1.0 / scale
        for q in range(draws):
            slope_q = -points[q]
            for i in range(number):
                slope_q += loading[first[a] + i] * residuals[i, q]
            by_mode += log_density[q] * slope_q
            by_scale += log_density[q] * slope_q * nodes[0, 0, q]
        _add_movement(
            mode,
            scale,
            by_mode,
            by_scale,
            index[rows],
            loading[rows],
            taken[rows],
            trials[rows],
            gathered[:number],
            random[rows],
            score[a],
        )


@njit(nogil=True)
def _binary(index, loading, taken, trials, points, log_density, residuals):
    """Add an agent's log-likelihood at each node; write taken - trials * probability."""
    draws = len(log_density)
    factor = np.ones(draws)
    for i in range(len(index)):
        once = trials[i] == 1.0
        for q in range(draws):
            v = index[i] + loading[i] * points[q]
            small = np.exp(-abs(v))
            inverse = 1.0 / (1.0 + small)
            log_density[q] += taken[i] * v - trials[i] * max(v, 0.0)
            residuals[i, q] = taken[i] - trials[i] * (inverse if v >= 0.0 else small * inverse)
            if once:
                factor[q] *= 1.0 + small
            else:
                log_density[q] -= trials[i] * np.log1p(small)
        if i % FLUSHED == FLUSHED - 1 or i == len(index) - 1:
            for q in range(draws):
                log_density[q] -= np.log(factor[q])
                factor[q] = 1.0


@njit(nogil=True)
def _score(columns, random, points, weights, residuals, score):
    """Write an agent's score: its rows' mean residuals, and mean residuals times nodes."""
    covariates = columns.shape[1]
    score[:] = 0.0
    for i in range(len(columns)):
        mean, moment = 0.0, 0.0
        for q in range(len(weights)):
            weighted = weights[q] * residuals[i, q]
            mean += weighted
            moment += weighted * points[q]
        for p in range(covariates):
            score[p] += mean * columns[i, p]
        score[covariates] += random[i] * moment


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
