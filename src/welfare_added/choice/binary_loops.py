"""Compiled log-likelihood and score of panels of binary choices, one agent at a time.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules. Draws are innermost, so that loops over them are vectorised, and rows are taken four
at a time. Symbols: agent a has rows i; a row's utility at the draw q of K normals v_q is
x_i b + g_a l + z_i C v_q, for a lower triangular C; an agent with a present position c has
log(1 + exp(V_c)) of the same draw subtracted from it (Bates et al. (2022), eq. 12).

Functions that use `_exponential` must not be compiled with reassociation, which would remove its
rounding: it would then return wrong numbers, silently.
"""

import numpy as np
from numba import njit

GROUP = 4  # rows at a time
LANES = 8  # draws at a time; what is missing has no weight
MOST_FACTORS = 512  # between 1 and 2, whose product and its square do not overflow
LEAST = -700.0  # exponent below which exp is taken to be that of this
LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
ROUNDING = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to a whole number
EXACT = {"contract", "nsz"}
REASSOCIATED = {"contract", "nsz", "reassoc"}  # for sums over draws


@njit(cache=True, nogil=True)
def binary_panel(
    begin,
    end,
    first,
    columns,
    random,
    taken,
    trials,
    of_agents,
    present,
    present_columns,
    present_random,
    fixed,
    root,
    at,
    nodes,
    log_weights,
    centres,
    spreads,
    value,
    score,
    kept,
):
    """Log-likelihood and score of the choices of agents begin to end - 1, in place.

    Parameters
    ----------
    first : (A + 1,) int array
        First row of each agent, and the number of rows N.
    columns, random : (N, P) and (N, K) array
        Covariates x, and those with random coefficients z.
    taken, trials : (N,) array
        Choices of one and all choices of the row.
    of_agents : (A, Q) array
        Covariates g, the same for all rows of an agent.
    present : (A,) int array
        Row of the agent's present position in the next two, -1 if it has none.
    present_columns, present_random : (M, P) and (M, K) array
    fixed, root : (P + Q,) and (K, K) array
        Coefficients b and l, and C.
    at : (S, 2) int array
        Row and column in C of each of its free entries.
    nodes, log_weights : (A or 1, K, R) and (R,) array
    centres, spreads : (A, K) and (A, K, K) array, or of no agents
        Nodes t become centre + spread t, and weights change with them; spreads are lower
        triangular.
    value, score : (A,) and (A, P + Q + S) array
        Written.
    kept : (2, A, R) array, or of no agents
        Written: log-likelihood of the agent's choices at each draw, and its posterior weight.

    """
    covariates, draws = columns.shape[1], len(log_weights)
    wide = draws if draws < LANES else LANES * ((draws + LANES - 1) // LANES)
    most = GROUP * ((np.diff(first).max() + GROUP - 1) // GROUP)
    index, loadings, z = (
        np.zeros(most),
        np.zeros((most, len(root))),
        np.zeros((most, len(root))),
    )
    residuals = np.empty((most, wide))
    points, sums = np.empty((len(root), wide)), np.empty((len(root), wide))
    log_density, base, own_chance = np.empty(wide), np.empty(wide), np.zeros(wide)
    buffer = np.empty((2, wide))
    for a in range(begin, end):
        start, rows = first[a], first[a + 1] - first[a]
        _place(a, nodes, log_weights, centres, spreads, points, log_density)
        if len(kept[0]):
            kept[0, a] = log_density[:draws]
        level = _dot(of_agents[a], fixed[covariates:])
        base[:] = level
        c = present[a]
        if c >= 0:
            level += _dot(present_columns[c], fixed[:covariates])
            _subtract_present(level, present_random[c], root, points, base, own_chance)
        _read(start, rows, columns, random, fixed, root, index, loadings, z)
        _choices(
            rows,
            index,
            loadings,
            z,
            taken[start : start + rows],
            trials[start : start + rows],
            points,
            base,
            residuals,
            sums,
            log_density,
            buffer,
        )
        if len(kept[0]):
            kept[0, a] = log_density[:draws] - kept[0, a]
        value[a] = _posterior(log_density)
        if len(kept[0]):
            kept[1, a] = log_density[:draws]
        score[a] = 0.0
        total = _score_of_rows(
            columns[start : start + rows], residuals, log_density, index, score[a, :covariates]
        )
        if c >= 0:
            total -= _score_of_present(
                present_columns[c],
                present_random[c],
                residuals[:rows],
                log_density,
                own_chance,
                sums,
                score[a, :covariates],
                buffer,
            )
        for j in range(of_agents.shape[1]):
            score[a, covariates + j] = total * of_agents[a, j]
        for s in range(len(at)):
            score[a, len(fixed) + s] = _mean_product(log_density, points[at[s, 1]], sums[at[s, 0]])


@njit(inline="always")
def _exponential(x):
    """exp(x) of x <= 0 to two units in the last place."""
    x = max(x, LEAST)
    shifted = x * LOG2_E + ROUNDING
    whole = shifted - ROUNDING
    r = (x - whole * LN2_HIGH) - whole * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * ((1 / 2 + 1 / 6 * r) + r2 * (1 / 24 + 1 / 120 * r))
    high = (1 / 720 + 1 / 5040 * r) + r2 * (1 / 40320 + 1 / 362880 * r)
    top = (1 / 3628800 + 1 / 39916800 * r) + r2 * (1 / 479001600)
    bits = (np.float64(shifted).view(np.int64) + 1023) << 52
    return (low + r4 * r2 * (high + r4 * top)) * np.int64(bits).view(np.float64)


@njit(nogil=True, fastmath=REASSOCIATED)
def _dot(left, right):
    total = 0.0
    for q in range(len(left)):
        total += left[q] * right[q]
    return total


@njit(nogil=True, fastmath=REASSOCIATED)
def _mean_product(weights, left, right):
    total = 0.0
    for q in range(len(weights)):
        total += weights[q] * left[q] * right[q]
    return total


@njit(nogil=True, fastmath=EXACT)
def _place(a, nodes, log_weights, centres, spreads, points, log_density):
    """Write an agent's draws, and logs of their weights."""
    given, draws = nodes[a % len(nodes)], len(log_weights)
    points[:, draws:] = 0.0
    log_density[:draws] = log_weights
    log_density[draws:] = -np.inf
    if len(centres) == 0:
        points[:, :draws] = given
        return
    for k in range(len(points)):
        points[k, :draws] = centres[a, k]
        for m in range(k + 1):
            entry = spreads[a, k, m]
            for q in range(draws):
                points[k, q] += entry * given[m, q]
        scale = np.log(spreads[a, k, k])
        for q in range(draws):
            wider = given[k, q] * given[k, q] - points[k, q] * points[k, q]
            log_density[q] += scale + 0.5 * wider


@njit(nogil=True, fastmath=REASSOCIATED)
def _read(start, rows, columns, random, fixed, root, index, loadings, z):
    """Write x b, z C and z of an agent's rows, with rows of zeros up to a multiple of GROUP."""
    dimensions, covariates = len(root), columns.shape[1]
    for i in range(rows):
        total = 0.0
        for p in range(covariates):
            total += columns[start + i, p] * fixed[p]
        index[i] = total
        for k in range(dimensions):
            z[i, k] = random[start + i, k]
            loadings[i, k] = 0.0
    for k in range(dimensions):
        for m in range(k + 1):
            entry = root[k, m]
            if entry != 0.0:
                for i in range(rows):
                    loadings[i, m] += z[i, k] * entry
    for i in range(rows, GROUP * ((rows + GROUP - 1) // GROUP)):
        index[i] = 0.0
        z[i] = 0.0
        loadings[i] = 0.0


@njit(nogil=True, error_model="numpy", fastmath=EXACT)
def _subtract_present(level, z, root, points, base, chance):
    """Subtract log(1 + exp(V_c)) from base at each draw; write the chance 1 / (1 + exp(-V_c))."""
    chance[:] = level
    for m in range(len(root)):
        loading = 0.0
        for k in range(m, len(root)):
            loading += z[k] * root[k, m]
        for q in range(len(base)):
            chance[q] += loading * points[m, q]
    for q in range(len(base)):
        v = chance[q]
        small = _exponential(-abs(v))
        base[q] -= max(v, 0.0) + np.log1p(small)
        chance[q] = (1.0 if v >= 0.0 else small) / (1.0 + small)


@njit(nogil=True, error_model="numpy", fastmath=EXACT)
def _choices(
    rows, index, loadings, z, taken, trials, points, base, residuals, sums, log_density, buffer
):
    """Add an agent's log-likelihood at each draw; write residuals, and sums of them times z."""
    sums[:] = 0.0
    factor, power, factors = buffer[0], buffer[1], 0.0
    factor[:] = 1.0
    for i in range(0, rows, GROUP):
        _utilities(i, index, loadings, points, base, residuals)
        most, alike = _trials_of_group(i, rows, trials)
        if most > 0.0 and factors + most > MOST_FACTORS:
            _subtract_log(1.0, factor, log_density)
            factors = 0.0
        factors += most
        if alike and trials[i] == 1.0:
            _four_choices(i, residuals, taken, 1.0, log_density, power)
            _multiply_power(1, power, factor)
        elif alike:
            _four_choices(i, residuals, taken, trials[i], log_density, power)
            _multiply_power(int(trials[i]), power, factor)
        else:
            _remaining_choices(
                i, rows, residuals, taken, trials, log_density, factor, power, most > 0.0
            )
        _add_products(i, z, residuals, sums)
    _subtract_log(1.0, factor, log_density)


@njit(nogil=True)
def _trials_of_group(i, rows, trials):
    """Sum of trials of rows i to i + 3, zero if not whole or many; whether there are four alike."""
    most, alike, whole = 0.0, i + GROUP <= rows, True
    for j in range(i, min(i + GROUP, rows)):
        alike = alike and trials[j] == trials[i]
        whole = whole and trials[j] == np.floor(trials[j])
        most += trials[j]
    if not whole or most > MOST_FACTORS:
        return 0.0, False
    return most, alike


@njit(nogil=True)
def _subtract_log(times, factor, log_density):
    """Subtract the log of factor from log_density; factor is one then."""
    for q in range(len(factor)):
        log_density[q] -= times * np.log(factor[q])
        factor[q] = 1.0


@njit(nogil=True, fastmath=EXACT)
def _utilities(i, index, loadings, points, base, utility):
    """Write the utilities of rows i to i + 3 at each draw; normals are taken three at a time."""
    dimensions, draws = points.shape
    x0, x1, x2, x3 = index[i], index[i + 1], index[i + 2], index[i + 3]
    for q in range(draws):
        utility[i, q] = base[q] + x0
        utility[i + 1, q] = base[q] + x1
        utility[i + 2, q] = base[q] + x2
        utility[i + 3, q] = base[q] + x3
    for k in range(0, dimensions - 2, 3):
        a0, a1, a2, a3 = loadings[i, k], loadings[i + 1, k], loadings[i + 2, k], loadings[i + 3, k]
        b0, b1, b2, b3 = (
            loadings[i, k + 1],
            loadings[i + 1, k + 1],
            loadings[i + 2, k + 1],
            loadings[i + 3, k + 1],
        )
        c0, c1, c2, c3 = (
            loadings[i, k + 2],
            loadings[i + 1, k + 2],
            loadings[i + 2, k + 2],
            loadings[i + 3, k + 2],
        )
        for q in range(draws):
            u, v, w = points[k, q], points[k + 1, q], points[k + 2, q]
            utility[i, q] += a0 * u + b0 * v + c0 * w
            utility[i + 1, q] += a1 * u + b1 * v + c1 * w
            utility[i + 2, q] += a2 * u + b2 * v + c2 * w
            utility[i + 3, q] += a3 * u + b3 * v + c3 * w
    for k in range(dimensions - dimensions % 3, dimensions):
        a0, a1, a2, a3 = loadings[i, k], loadings[i + 1, k], loadings[i + 2, k], loadings[i + 3, k]
        for q in range(draws):
            u = points[k, q]
            utility[i, q] += a0 * u
            utility[i + 1, q] += a1 * u
            utility[i + 2, q] += a2 * u
            utility[i + 3, q] += a3 * u


@njit(inline="always")
def _four_choices(i, utility, taken, trials, log_density, power):
    """Add the log-likelihoods of rows i to i + 3, of equally many trials, but for logs of power.

    Overwrites utility by residuals. Four divisions are one, and some products.
    """
    y0, y1, y2, y3 = taken[i], taken[i + 1], taken[i + 2], taken[i + 3]
    for q in range(len(log_density)):
        v0, v1, v2, v3 = utility[i, q], utility[i + 1, q], utility[i + 2, q], utility[i + 3, q]
        s0, s1 = _exponential(-abs(v0)), _exponential(-abs(v1))
        s2, s3 = _exponential(-abs(v2)), _exponential(-abs(v3))
        log_density[q] += (
            (y0 * v0 - trials * max(v0, 0.0)) + (y1 * v1 - trials * max(v1, 0.0))
        ) + ((y2 * v2 - trials * max(v2, 0.0)) + (y3 * v3 - trials * max(v3, 0.0)))
        d01, d23 = (1.0 + s0) * (1.0 + s1), (1.0 + s2) * (1.0 + s3)
        inverse = 1.0 / (d01 * d23)
        power[q] = d01 * d23
        i01, i23 = trials * (inverse * d23), trials * (inverse * d01)
        utility[i, q] = y0 - (1.0 if v0 >= 0.0 else s0) * (i01 * (1.0 + s1))
        utility[i + 1, q] = y1 - (1.0 if v1 >= 0.0 else s1) * (i01 * (1.0 + s0))
        utility[i + 2, q] = y2 - (1.0 if v2 >= 0.0 else s2) * (i23 * (1.0 + s3))
        utility[i + 3, q] = y3 - (1.0 if v3 >= 0.0 else s3) * (i23 * (1.0 + s2))


@njit(nogil=True)
def _remaining_choices(i, rows, utility, taken, trials, log_density, factor, power, whole):
    """As `_four_choices`, for up to four rows of different trials, one at a time."""
    for j in range(i, i + GROUP):
        if j < rows:
            _choice(j, utility, taken[j], trials[j], log_density, factor, power, whole)
        else:
            utility[j] = 0.0


@njit(nogil=True, error_model="numpy", fastmath=EXACT)
def _choice(j, utility, taken, trials, log_density, factor, power, whole):
    """One row's log-likelihood and residuals; without factor if trials are not whole, or many."""
    for q in range(len(log_density)):
        v = utility[j, q]
        small = _exponential(-abs(v))
        log_density[q] += taken * v - trials * max(v, 0.0)
        power[q] = 1.0 + small
        utility[j, q] = taken - trials * ((1.0 if v >= 0.0 else small) / (1.0 + small))
    if whole:
        _multiply_power(int(trials), power, factor)
    else:
        _subtract_log(trials, power, log_density)


@njit(nogil=True, fastmath=EXACT)
def _multiply_power(exponent, power, factor):
    """Multiply factor by a power, by squaring."""
    while exponent:
        if exponent & 1:
            for q in range(len(factor)):
                factor[q] *= power[q]
        exponent >>= 1
        if exponent:
            for q in range(len(factor)):
                power[q] *= power[q]


@njit(nogil=True, fastmath=EXACT)
def _add_products(i, z, residuals, sums):
    """Add residuals of rows i to i + 3 times z to the sums at each draw, two sums at a time."""
    dimensions, draws = sums.shape
    for k in range(0, dimensions - 1, 2):
        a0, a1, a2, a3 = z[i, k], z[i + 1, k], z[i + 2, k], z[i + 3, k]
        b0, b1, b2, b3 = z[i, k + 1], z[i + 1, k + 1], z[i + 2, k + 1], z[i + 3, k + 1]
        for q in range(draws):
            r0, r1 = residuals[i, q], residuals[i + 1, q]
            r2, r3 = residuals[i + 2, q], residuals[i + 3, q]
            sums[k, q] += (a0 * r0 + a1 * r1) + (a2 * r2 + a3 * r3)
            sums[k + 1, q] += (b0 * r0 + b1 * r1) + (b2 * r2 + b3 * r3)
    for k in range(dimensions - dimensions % 2, dimensions):
        a0, a1, a2, a3 = z[i, k], z[i + 1, k], z[i + 2, k], z[i + 3, k]
        for q in range(draws):
            r0, r1 = residuals[i, q], residuals[i + 1, q]
            r2, r3 = residuals[i + 2, q], residuals[i + 3, q]
            sums[k, q] += (a0 * r0 + a1 * r1) + (a2 * r2 + a3 * r3)


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


@njit(nogil=True, fastmath=REASSOCIATED)
def _mean_residuals(i, residuals, weights, means):
    """Write mean residuals of rows i to i + 3."""
    m0 = m1 = m2 = m3 = 0.0
    for q in range(len(weights)):
        weight = weights[q]
        m0 += weight * residuals[i, q]
        m1 += weight * residuals[i + 1, q]
        m2 += weight * residuals[i + 2, q]
        m3 += weight * residuals[i + 3, q]
    means[i], means[i + 1], means[i + 2], means[i + 3] = m0, m1, m2, m3


@njit(nogil=True)
def _score_of_rows(columns, residuals, weights, means, score):
    """Add rows' mean residuals times their covariates; returns the sum of mean residuals."""
    total = 0.0
    for i in range(0, len(columns), GROUP):
        _mean_residuals(i, residuals, weights, means)
    for i in range(len(columns)):
        total += means[i]
        for p in range(len(score)):
            score[p] += means[i] * columns[i, p]
    return total


@njit(nogil=True)
def _score_of_present(columns, z, residuals, weights, chance, sums, score, buffer):
    """Subtract what the present position changes; returns the mean of chance times residuals."""
    product = buffer[0]
    product[:] = 0.0
    for i in range(len(residuals)):
        for q in range(len(weights)):
            product[q] += residuals[i, q]
    for q in range(len(weights)):
        product[q] *= chance[q]
    mean = _dot(weights, product)
    for p in range(len(score)):
        score[p] -= mean * columns[p]
    for k in range(len(sums)):
        for q in range(len(weights)):
            sums[k, q] -= product[q] * z[k]
    return mean
