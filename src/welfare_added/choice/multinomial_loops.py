"""Compiled log-likelihood and score of panels of choices among alternatives, by agent.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules, and what `binary_loops` has as well stands here again. Draws are innermost, so that
loops over them are vectorised. A row is an alternative that is available in a situation; its
utility at the draw q is x_i b + z_i C v_q.
"""

import numpy as np
from numba import njit

MOST_BITS = 500.0  # of a product of sums of odds before its logarithm is taken
LEAST = -700.0  # exponent below which exp is taken to be that of this
LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
ROUNDING = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to a whole number
EXACT = {"contract", "nsz"}  # without reassociation, which would remove the rounding
REASSOCIATED = {"contract", "nsz", "reassoc"}  # for sums over draws


@njit(cache=True, nogil=True)
def multinomial_panel(
    begin,
    end,
    first,
    situation,
    columns,
    random,
    taken,
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

    Arguments are those of `binary_panel` of `binary_loops`, but for the rows: ``situation``
    (T + 1,) is the first row of each situation, and ``first`` (A + 1,) the first situation of each
    agent; ``taken`` (N,) is one at the alternative chosen, and zero at the others.
    """
    covariates, draws, dimensions = len(fixed), len(log_weights), len(root)
    most = 0
    for a in range(begin, end):
        most = max(most, situation[first[a + 1]] - situation[first[a]])
    residuals, buffer = np.empty((most, draws)), np.empty((3, draws))
    points, sums = np.empty((dimensions, draws)), np.empty((dimensions, draws))
    log_density = np.empty(draws)
    for a in range(begin, end):
        start, stop = situation[first[a]], situation[first[a + 1]]
        _place(a, nodes, log_weights, centres, spreads, points, log_density)
        if len(kept[0]):
            kept[0, a] = log_density
        _utilities(columns[start:stop], random[start:stop], fixed, root, points, residuals)
        sums[:] = 0.0
        buffer[0] = 1.0
        bits = 0.0
        for s in range(first[a], first[a + 1]):
            bits += np.log2(situation[s + 1] - situation[s])
            if bits > MOST_BITS:
                log_density -= np.log(buffer[0])
                buffer[0] = 1.0
                bits = np.log2(situation[s + 1] - situation[s])
            rows = slice(situation[s] - start, situation[s + 1] - start)
            _choice(residuals[rows], taken[start:stop][rows], log_density, buffer)
            _add_products(random[start:stop][rows], residuals[rows], sums)
        log_density -= np.log(buffer[0])
        if len(kept[0]):
            kept[0, a] = log_density - kept[0, a]
        value[a] = _posterior(log_density)
        if len(kept[0]):
            kept[1, a] = log_density
        score[a] = 0.0
        for i in range(stop - start):
            mean = _dot(log_density, residuals[i])
            for p in range(covariates):
                score[a, p] += mean * columns[start + i, p]
        for s in range(len(at)):
            score[a, covariates + s] = _mean_product(log_density, points[at[s, 1]], sums[at[s, 0]])


@njit(nogil=True, fastmath=EXACT)
def _utilities(columns, random, fixed, root, points, utility):
    """Write the utility of each row at each draw."""
    for i in range(len(columns)):
        row = utility[i]
        row[:] = _dot(columns[i], fixed)
        for m in range(len(root)):
            loading = 0.0
            for k in range(m, len(root)):
                loading += random[i, k] * root[k, m]
            for q in range(len(row)):
                row[q] += loading * points[m, q]


@njit(nogil=True, error_model="numpy", fastmath=EXACT)
def _choice(utility, taken, log_density, buffer):
    """Add a choice's log-likelihood but for the log of a factor; overwrite utility by residuals."""
    factor, top, total = buffer[0], buffer[1], buffer[2]
    top[:] = utility[0]
    for i in range(1, len(utility)):
        for q in range(len(top)):
            top[q] = max(top[q], utility[i, q])
    total[:] = 0.0
    for i in range(len(utility)):
        row, chosen = utility[i], taken[i]
        for q in range(len(top)):
            relative = row[q] - top[q]
            log_density[q] += chosen * relative
            row[q] = _exponential(relative)
            total[q] += row[q]
    for q in range(len(top)):
        factor[q] *= total[q]
        total[q] = 1.0 / total[q]
    for i in range(len(utility)):
        row, chosen = utility[i], taken[i]
        for q in range(len(top)):
            row[q] = chosen - row[q] * total[q]


@njit(nogil=True, fastmath=EXACT)
def _add_products(random, residuals, sums):
    """Add residuals times z to the sums at each draw."""
    for i in range(len(random)):
        row = residuals[i]
        for k in range(len(sums)):
            z, total = random[i, k], sums[k]
            for q in range(len(total)):
                total[q] += z * row[q]


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
