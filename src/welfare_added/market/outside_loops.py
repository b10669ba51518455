"""Compiled log-likelihood of applications that share one outside option, with scores.

Bates et al. (2022), eq. 7: the best of the outside option and the present position, Gumbel around
log(1 + exp(V_c)), is one draw a teacher. With T exponential, a position is applied to with
probability 1 - exp(-T exp(V_p - log(1 + exp(V_c)))), given T. An agent's likelihood is integrated
over its normals and log T, in which it is nearly normal. Numba caches what it compiles until this
file changes; therefore nothing here is imported from other modules.
"""

import numpy as np
from numba import njit

STEPS = 200
PRECISE = 1e-8  # decrement at the mode
HALVINGS = 30
# Share of the draws that come from a wider proposal, which bounds the weights, and how wide it is.
WIDE_SHARE = 0.125
WIDE = 2.5
# Least eigenvalues of exact curvatures, for steps and for proposals; the normals' own are 1.
STEEP = 0.02
FLATTEST = 0.25
SAME = 1e-6  # difference of heights of one mode


@njit(nogil=True)
def _terms(x, taken, trials):
    """Log-likelihood of a row at log rate x, its derivative, and minus its second one."""
    rate = np.exp(min(x, 700.0))
    if taken == 0.0:
        return -trials * rate, -trials * rate, trials * rate
    if rate < 1e-10:
        share, value = 1.0 - 0.5 * rate, x - 0.5 * rate
    elif rate < 700.0:
        share, value = rate / np.expm1(rate), np.log(-np.expm1(-rate))
    else:
        share, value = 0.0, 0.0
    left = (trials - taken) * rate
    curvature = taken * share * max(share + rate - 1.0, 0.5 * rate * (rate < 1e-6))
    return taken * value - left, taken * share - left, curvature + left


@njit(nogil=True)
def _log_mixture(length, dimensions):
    """Log density of proposals, without powers of 2 pi, at a point of so large a square."""
    narrow = (1.0 - WIDE_SHARE) * np.exp(-0.5 * length)
    wide = WIDE_SHARE * np.exp(-0.5 * length / WIDE**2) / WIDE**dimensions
    return np.log(narrow + wide)


@njit(cache=True, nogil=True)
def outside_panel(
    first, index, loadings, taken, trials, present, own_index, own_loadings, points, log_weights,
    centres, spreads, columns, random, of_agents, own_columns, own_random, at, value, score, kept,
):  # fmt: skip
    """Log-likelihood and score of each agent's applications, in place.

    Parameters
    ----------
    first : (A + 1,) int array
    index, loadings : (N,) and (N, K) array
        Utility without random coefficients, and its derivatives by normals.
    taken, trials : (N,) array
    present : (A,) int array
        Row of the present position, -1 if none.
    own_index, own_loadings : (M,) and (M, K) array
        Of present positions.
    points : (A, K + 1, R) array
        Of normals and log T; the first eighth is of the wider proposal.
    log_weights : (R,) array
    centres, spreads : (A, K + 1) and (A, K + 1, K + 1) array
        Modes, and lower triangular roots of the proposals' covariance.
    columns, random, of_agents, own_columns, own_random : arrays
        Covariates (N, P), (N, K), (A, Q), (M, P) and (M, K).
    at : (S, 2) int array
        Row and column of the free entries of the root of random coefficients' covariance.
    value, score : (A,) and (A, P + Q + S) array
        Written.
    kept : (2, A or 0, R) array
        Written unless empty: log-likelihood at each draw, and posterior weights.

    """
    dimensions, draws = points.shape[1] - 1, points.shape[2]
    fixed, agents_own = columns.shape[1], of_agents.shape[1]
    v, density, likelihood = np.empty((dimensions + 1, draws)), np.empty(draws), np.empty(draws)
    base, own_chance = np.empty(draws), np.zeros(draws)
    residual = np.empty((np.diff(first).max(), draws))
    total, moment = np.empty(draws), np.empty(dimensions)
    for a in range(len(value)):
        c, start = present[a], first[a]
        # Of who applied to nothing the integral over T is known: 1 / (1 + sum of rates).
        none = taken[start : first[a + 1]].sum() == 0.0
        used = dimensions if none else dimensions + 1
        scale = 0.0
        for k in range(used):
            scale += np.log(spreads[a, k, k])
        for q in range(draws):
            density[q] = log_weights[q] + scale
            length = 0.0
            for k in range(used):
                v[k, q] = centres[a, k]
                for m in range(k + 1):
                    v[k, q] += spreads[a, k, m] * points[a, m, q]
                length += points[a, k, q] ** 2
                density[q] -= 0.5 * v[k, q] ** 2 if k < dimensions else 0.0
            density[q] -= _log_mixture(length, used)
            base[q] = 0.0
            if not none:
                base[q] = v[dimensions, q]
                density[q] += base[q] - np.exp(base[q]) + 0.5 * np.log(2.0 * np.pi)
            if c >= 0:
                utility = own_index[c]
                for k in range(dimensions):
                    utility += own_loadings[c, k] * v[k, q]
                small = np.exp(-abs(utility))
                own_chance[q] = (1.0 if utility >= 0.0 else small) / (1.0 + small)
                base[q] -= max(utility, 0.0) + np.log1p(small)
            likelihood[q] = 0.0
            total[q] = 0.0
        for i in range(start, first[a + 1]):
            for q in range(draws):
                x = index[i] + base[q]
                for k in range(dimensions):
                    x += loadings[i, k] * v[k, q]
                term, slope, _ = _terms(x, taken[i], trials[i])
                likelihood[q] += term
                residual[i - start, q] = slope
                total[q] += slope
        if none:
            for q in range(draws):
                shrunk = 1.0 / (1.0 - total[q])
                likelihood[q] = np.log(shrunk)
                total[q] *= shrunk
                for i in range(first[a + 1] - start):
                    residual[i, q] *= shrunk
        top, mass = -np.inf, 0.0
        for q in range(draws):
            density[q] += likelihood[q]
            top = max(top, density[q])
        for q in range(draws):
            density[q] = np.exp(density[q] - top)
            mass += density[q]
        for q in range(draws):
            density[q] /= mass
        value[a] = top + np.log(mass)
        if kept.shape[1]:
            kept[0, a] = likelihood
            kept[1, a] = density
        score[a] = 0.0
        of_agent, of_present = 0.0, 0.0
        for q in range(draws):
            of_agent += density[q] * total[q] * (1.0 - (own_chance[q] if c >= 0 else 0.0))
            of_present += density[q] * total[q] * own_chance[q] if c >= 0 else 0.0
        for p in range(agents_own):
            score[a, fixed + p] = of_agent * of_agents[a, p]
        for i in range(start, first[a + 1]):
            mean = 0.0
            moment[:] = 0.0
            for q in range(draws):
                weighted = density[q] * residual[i - start, q]
                mean += weighted
                for k in range(dimensions):
                    moment[k] += weighted * v[k, q]
            for p in range(fixed):
                score[a, p] += mean * columns[i, p]
            for s in range(len(at)):
                score[a, fixed + agents_own + s] += random[i, at[s, 0]] * moment[at[s, 1]]
        if c >= 0:
            for p in range(fixed):
                score[a, p] -= of_present * own_columns[c, p]
            moment[:] = 0.0
            for q in range(draws):
                for k in range(dimensions):
                    moment[k] += density[q] * total[q] * own_chance[q] * v[k, q]
            for s in range(len(at)):
                score[a, fixed + agents_own + s] -= own_random[c, at[s, 0]] * moment[at[s, 1]]


@njit(nogil=True)
def _height(point, index, loadings, taken, trials, own, own_loading):
    """Log-likelihood and normal log-density at a point, up to a constant."""
    dimensions = len(point) - 1
    base = point[dimensions]
    height = base - np.exp(base)
    utility = own
    for k in range(dimensions):
        utility += own_loading[k] * point[k]
    if utility > -700.0:
        base -= max(utility, 0.0) + np.log1p(np.exp(-abs(utility)))
    for k in range(dimensions):
        height -= 0.5 * point[k] ** 2
    for i in range(len(index)):
        x = index[i] + base
        for k in range(dimensions):
            x += loadings[i, k] * point[k]
        height += _terms(x, taken[i], trials[i])[0]
    return height


@njit(nogil=True)
def _derivatives(
    point, index, loadings, taken, trials, own, own_loading, gradient, curvature, exact
):
    """Gradient, curvature by products of slopes, which is positive definite, and exact one."""
    dimensions = len(point) - 1
    base = point[dimensions]
    utility = own
    for k in range(dimensions):
        utility += own_loading[k] * point[k]
    chance = 0.0
    if utility > -700.0:
        small = np.exp(-abs(utility))
        chance = (1.0 if utility >= 0.0 else small) / (1.0 + small)
        base -= max(utility, 0.0) + np.log1p(small)
    gradient[:] = -point
    curvature[:] = 0.0
    for k in range(dimensions):
        curvature[k, k] = 1.0
    time = np.exp(point[dimensions])
    gradient[dimensions] = 1.0 - time
    curvature[dimensions, dimensions] = time
    slope, total = np.empty(dimensions + 1), 0.0
    slope[dimensions] = 1.0
    for i in range(len(index)):
        x = index[i] + base
        for k in range(dimensions):
            x += loadings[i, k] * point[k]
            slope[k] = loadings[i, k] - chance * own_loading[k]
        _, first, second = _terms(x, taken[i], trials[i])
        total += first
        for k in range(dimensions + 1):
            gradient[k] += first * slope[k]
            for m in range(dimensions + 1):
                curvature[k, m] += second * slope[k] * slope[m]
    exact[:] = curvature
    for k in range(dimensions):
        for m in range(dimensions):
            exact[k, m] += total * chance * (1.0 - chance) * own_loading[k] * own_loading[m]


@njit(nogil=True)
def _chosen(curvature, exact, least):
    """Return the exact curvature if it is positive definite enough, else that by products."""
    return exact if np.linalg.eigvalsh(exact)[0] > least else curvature


@njit(cache=True, nogil=True)
def outside_modes(
    first, index, loadings, taken, trials, present, own_index, own_loadings, points, widening,
    centres, spreads, reached,
):  # fmt: skip
    """Write modes (A, K + 1) of agents, roots of proposals' covariance, and whether reached (A,).

    Arguments are those of `outside_panel`; ``widening`` is the standard deviation of a proposal in
    those of the curvature. The search starts at zero; of agents with a present position, whose
    choices may have several modes, also at the likeliest of their points.
    """
    dimensions = centres.shape[1]
    none = np.zeros(dimensions - 1)
    for a in range(len(centres)):
        rows, c = slice(first[a], first[a + 1]), present[a]
        own = own_index[c] if c >= 0 else -np.inf
        own_loading = own_loadings[c] if c >= 0 else none
        data = index[rows], loadings[rows], taken[rows], trials[rows], own, own_loading
        reached[a], height, point, curvature = _climb(np.zeros(dimensions), *data)
        if c >= 0:
            best, start = -np.inf, 0
            for q in range(points.shape[2]):
                there = _height(points[a, :, q], *data)
                if there > best:
                    best, start = there, q
            found, higher, other, own_curvature = _climb(points[a, :, start].copy(), *data)
            if found and (higher > height + SAME or not reached[a]):
                reached[a], point, curvature = True, other, own_curvature
        centres[a] = point
        spreads[a] = np.linalg.cholesky(np.linalg.inv(curvature)) * widening


@njit(nogil=True)
def _climb(point, index, loadings, taken, trials, own, own_loading):
    """Whether a mode was reached, its height, where it is, and the curvature of a proposal."""
    dimensions = len(point)
    gradient, curvature = np.empty(dimensions), np.empty((dimensions, dimensions))
    exact = np.empty((dimensions, dimensions))
    data = index, loadings, taken, trials, own, own_loading
    reached = False
    height = _height(point, *data)
    for _ in range(STEPS):
        _derivatives(point, *data, gradient, curvature, exact)
        step = np.linalg.solve(_chosen(curvature, exact, STEEP), gradient)
        gain = 0.0
        for k in range(dimensions):
            gain += gradient[k] * step[k]
        if gain < PRECISE:
            reached = True
            break
        length = 1.0
        for _ in range(HALVINGS):
            after = _height(point + length * step, *data)
            if after > height + 1e-4 * length * gain:
                break
            length *= 0.5
        point = point + length * step
        height = after
    return reached, height, point, _chosen(curvature, exact, FLATTEST)
