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
MOST_FACTORS = 512  # between 1 and 2, whose product does not overflow
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
    most = GROUP * ((np.diff(first).max() + GROUP - 1) // GROUP)
    index, loadings, z = (
        np.zeros(most),
        np.zeros((most, len(root))),
        np.zeros((most, len(root))),
    )
    residuals = np.empty((most, draws))
    points, sums = np.empty((len(root), draws)), np.empty((len(root), draws))
    log_density, base, own_chance = np.empty(draws), np.empty(draws), np.zeros(draws)
    buffer = np.empty((2, draws))
    for a in range(begin, end):
        start, rows = first[a], first[a + 1] - first[a]
        _place(a, nodes, log_weights, centres, spreads, points, log_density)
        if len(kept[0]):
            kept[0, a] = log_density
        level = _dot(of_agents[a], fixed[covariates:])
        base[:] = level
        c = present[a]
        if c >= 0:
            level += _dot(present_columns[c], fixed[:covariates])
            _subtract_present(level, present_random[c], root, points, base, own_chance)
        _read(
            columns[start : start + rows],
            random[start : start + rows],
            fixed,
            root,
            index,
            loadings,
            z,
        )
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
            kept[0, a] = log_density - kept[0, a]
        value[a] = _posterior(log_density)
        if len(kept[0]):
            kept[1, a] = log_density
        score[a] = 0.0
        total = _score_of_rows(
            columns[start : start + rows], residuals, log_density, score[a, :covariates]
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
    given = nodes[a % len(nodes)]
    log_density[:] = log_weights
    if len(centres) == 0:
        points[:] = given
        return
    for k in range(len(points)):
        log_density += np.log(spreads[a, k, k])
        points[k] = centres[a, k]
        for m in range(k + 1):
            entry = spreads[a, k, m]
            for q in range(len(log_density)):
                points[k, q] += entry * given[m, q]
        for q in range(len(log_density)):
            log_density[q] += 0.5 * (given[k, q] * given[k, q] - points[k, q] * points[k, q])


@njit(nogil=True)
def _read(columns, random, fixed, root, index, loadings, z):
    """Write x b, z C and z of an agent's rows, with rows of zeros up to a multiple of GROUP."""
    rows, dimensions = len(columns), len(root)
    for i in range(GROUP * ((rows + GROUP - 1) // GROUP)):
        index[i] = _dot(columns[i], fixed[: columns.shape[1]]) if i < rows else 0.0
        for k in range(dimensions):
            z[i, k] = random[i, k] if i < rows else 0.0
        for m in range(dimensions):
            loadings[i, m] = 0.0
            for k in range(m, dimensions):
                loadings[i, m] += z[i, k] * root[k, m]


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


@njit(nogil=True)
def _choices(
    rows,
    index,
    loadings,
    z,
    taken,
    trials,
    points,
    base,
    residuals,
    sums,
    log_density,
    buffer,
):
    """Add an agent's log-likelihood at each draw; write residuals, and sums of them times z."""
    sums[:] = 0.0
    factors = 0.0
    buffer[0] = 1.0
    for i in range(0, rows, GROUP):
        _utilities(i, index, loadings, points, base, residuals)
        for j in range(i, i + GROUP):
            if j >= rows:
                residuals[j] = 0.0
            else:
                whole = trials[j] <= MOST_FACTORS and trials[j] == np.floor(trials[j])
                if whole and factors + trials[j] > MOST_FACTORS:
                    log_density -= np.log(buffer[0])
                    buffer[0] = 1.0
                    factors = 0.0
                if trials[j] == 1.0:
                    _choice(residuals[j], taken[j], log_density, buffer[0])
                else:
                    _several_choices(
                        residuals[j], taken[j], trials[j], log_density, buffer[0], buffer[1], whole
                    )
                factors += trials[j] if whole else 0.0
        _add_products(i, z, residuals, sums)
    log_density -= np.log(buffer[0])


@njit(nogil=True, fastmath=EXACT)
def _utilities(i, index, loadings, points, base, utility):
    """Write the utilities of rows i to i + 3 at each draw."""
    u0, u1, u2, u3 = utility[i], utility[i + 1], utility[i + 2], utility[i + 3]
    x0, x1, x2, x3 = index[i], index[i + 1], index[i + 2], index[i + 3]
    for q in range(len(base)):
        u0[q] = base[q] + x0
        u1[q] = base[q] + x1
        u2[q] = base[q] + x2
        u3[q] = base[q] + x3
    for k in range(len(points)):
        v = points[k]
        l0, l1, l2, l3 = (
            loadings[i, k],
            loadings[i + 1, k],
            loadings[i + 2, k],
            loadings[i + 3, k],
        )
        for q in range(len(base)):
            u0[q] += l0 * v[q]
            u1[q] += l1 * v[q]
            u2[q] += l2 * v[q]
            u3[q] += l3 * v[q]


@njit(nogil=True, error_model="numpy", fastmath=EXACT)
def _choice(utility, taken, log_density, factor):
    """Add a choice's log-likelihood but for the log of factor; overwrite utility by residuals."""
    for q in range(len(utility)):
        v = utility[q]
        small = _exponential(-abs(v))
        log_density[q] += taken * v - max(v, 0.0)
        factor[q] *= 1.0 + small
        utility[q] = taken - (1.0 if v >= 0.0 else small) / (1.0 + small)


@njit(nogil=True, error_model="numpy", fastmath=EXACT)
def _several_choices(utility, taken, trials, log_density, factor, power, whole):
    """As `_choice`, for a number of equal choices."""
    for q in range(len(utility)):
        v = utility[q]
        small = _exponential(-abs(v))
        log_density[q] += taken * v - trials * max(v, 0.0)
        power[q] = 1.0 + small
        utility[q] = taken - trials * ((1.0 if v >= 0.0 else small) / (1.0 + small))
    if not whole:
        log_density -= trials * np.log(power)
        return
    left = int(trials)
    while left:
        if left & 1:
            for q in range(len(utility)):
                factor[q] *= power[q]
        left >>= 1
        if left:
            for q in range(len(utility)):
                power[q] *= power[q]


@njit(nogil=True, fastmath=EXACT)
def _add_products(i, z, residuals, sums):
    """Add residuals of rows i to i + 3 times z to the sums at each draw."""
    r0, r1, r2, r3 = residuals[i], residuals[i + 1], residuals[i + 2], residuals[i + 3]
    for k in range(len(sums)):
        z0, z1, z2, z3 = z[i, k], z[i + 1, k], z[i + 2, k], z[i + 3, k]
        total = sums[k]
        for q in range(len(total)):
            total[q] += (z0 * r0[q] + z1 * r1[q]) + (z2 * r2[q] + z3 * r3[q])


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
def _score_of_rows(columns, residuals, weights, score):
    """Add rows' mean residuals times their covariates; returns the sum of mean residuals."""
    total = 0.0
    for i in range(len(columns)):
        mean = _dot(weights, residuals[i])
        total += mean
        for p in range(len(score)):
            score[p] += mean * columns[i, p]
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
