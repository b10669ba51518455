"""Compiled draws of latent utilities given decisions, from uniform numbers that are handed in.

Numba caches what it compiles until this file changes; therefore nothing here is imported from other
modules. Each draw uses one uniform number whatever the bounds, by the inverse distribution
function: a difference in the last digit between processors stays one in the last digit.
"""

import math

import numpy as np
from numba import njit

FAR = 25.0  # beyond it, tails by their series, whose error there is below 1e-9
SQRT_HALF = 0.7071067811865476
LOG_ROOT_TWO_PI = 0.9189385332046727
DECLINED, ACCEPTED = 1, 2

# Wichura (1988), algorithm AS 241: numerators and denominators, highest power first.
CENTRE = np.array(
    [
        [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853]
        + [45921.953931549871457, 13731.693765509461125, 1971.5909503065514427]
        + [133.14166789178437745, 3.387132872796366608],
        [5226.495278852854561, 28729.085735721942674, 39307.89580009271061]
        + [21213.794301586595867, 5394.1960214247511077, 687.1870074920579083]
        + [42.313330701600911252, 1.0],
    ]
)
MIDDLE = np.array(
    [
        [7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177]
        + [1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055]
        + [4.6303378461565452959, 1.42343711074968357734],
        [1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966]
        + [0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494]
        + [2.05319162663775882187, 1.0],
    ]
)
TAIL = np.array(
    [
        [2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386]
        + [0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358]
        + [5.4637849111641143699, 6.6579046435011037772],
        [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5]
        + [7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531]
        + [0.59983220655588793769, 1.0],
    ]
)


@njit(cache=True, nogil=True)
def _ratio(table, x):
    above, below = table[0, 0], table[1, 0]
    for j in range(1, 8):
        above = above * x + table[0, j]
        below = below * x + table[1, j]
    return above / below


@njit(cache=True, nogil=True)
def normal_quantile(chance):
    """Point below which a standard normal lies with this chance."""
    centred = chance - 0.5
    if abs(centred) <= 0.425:
        return centred * _ratio(CENTRE, 0.180625 - centred * centred)
    root = math.sqrt(-math.log(min(chance, 1.0 - chance)))
    size = _ratio(MIDDLE, root - 1.6) if root <= 5.0 else _ratio(TAIL, root - 5.0)
    return -size if centred < 0 else size


@njit(cache=True, nogil=True)
def _log_upper(x):
    """Log chance of a standard normal above x >= FAR."""
    s = 1.0 / (x * x)
    series = 1.0 - s * (1.0 - s * (3.0 - s * (15.0 - s * 105.0)))
    return -0.5 * x * x - LOG_ROOT_TWO_PI - math.log(x) + math.log(series)


@njit(cache=True, nogil=True)
def _far_between(low, high, uniform):
    """Standard normal between FAR <= low and high, by Newton's method on the log chance."""
    at_low = _log_upper(low)
    share = 0.0 if high == math.inf else math.exp(_log_upper(high) - at_low)
    goal = at_low + math.log1p(-uniform * (1.0 - share))
    x = math.sqrt(low * low - 2.0 * (goal - at_low))
    for _ in range(4):
        s = 1.0 / (x * x)
        hazard = x / (1.0 - s * (1.0 - s * (3.0 - s * (15.0 - s * 105.0))))
        x += (_log_upper(x) - goal) / hazard
    return x


@njit(cache=True, nogil=True)
def normal_between(low, high, uniform):
    """Standard normal between two bounds, either of which may be infinite."""
    if low > high:
        return math.nan
    if low > 0.0:
        if low > FAR:
            x = _far_between(low, high, uniform)
        else:
            above, beyond = 0.5 * math.erfc(low * SQRT_HALF), 0.5 * math.erfc(high * SQRT_HALF)
            x = -normal_quantile(above - uniform * (above - beyond))
    elif high < 0.0:
        if high < -FAR:
            x = -_far_between(-high, -low, uniform)
        else:
            below, under = 0.5 * math.erfc(-high * SQRT_HALF), 0.5 * math.erfc(-low * SQRT_HALF)
            x = normal_quantile(under + uniform * (below - under))
    else:
        below, above = 0.5 * math.erfc(-low * SQRT_HALF), 0.5 * math.erfc(high * SQRT_HALF)
        chance = below + uniform * (1.0 - below - above)
        x = normal_quantile(min(max(chance, 5e-324), 1.0 - 1.1e-16))
    return min(max(x, low), high)


@njit(cache=True, nogil=True)
def draw_rows(first, mean, fallback, applied, offer, uniform, utility):
    """Utilities of vacancies given each menu's fallback, in place.

    Parameters
    ----------
    first : (M + 1,) int array
    mean, applied, offer, uniform : (R,) array
        Means; decisions (see `arrays.Supply`); uniform numbers.
    fallback : (M,) array
    utility : (R,) array
        Read for rows with offers, whose order it must respect, and written.

    """
    for m in range(len(first) - 1):
        chosen, best_declined = -1, -math.inf
        for r in range(first[m], first[m + 1]):
            if offer[r] == ACCEPTED:
                chosen = r
            elif offer[r] == DECLINED:
                best_declined = max(best_declined, utility[r])
        if chosen >= 0:
            low = max(best_declined, fallback[m]) - mean[chosen]
            utility[chosen] = mean[chosen] + normal_between(low, math.inf, uniform[chosen])
        for r in range(first[m], first[m + 1]):
            if r == chosen:
                continue
            bound = fallback[m] - mean[r]
            if not applied[r]:
                utility[r] = mean[r] + normal_between(-math.inf, bound, uniform[r])
            else:
                top = utility[chosen] - mean[r] if offer[r] == DECLINED else math.inf
                utility[r] = mean[r] + normal_between(bound, top, uniform[r])


@njit(cache=True, nogil=True)
def draw_fallbacks(first, mean, utility, applied, uniform, fallback):
    """Utilities (M,) of menus' fallbacks given those of vacancies (R,), in place."""
    for m in range(len(first) - 1):
        low, high = -math.inf, math.inf
        for r in range(first[m], first[m + 1]):
            if applied[r]:
                high = min(high, utility[r])
            else:
                low = max(low, utility[r])
        drawn = normal_between(low - mean[m], high - mean[m], uniform[m])
        fallback[m] = min(max(mean[m] + drawn, low), high)


@njit(cache=True, nogil=True)
def draw_lists(first, mean, rank, floor, most_ranked, uniform, value):
    """Utilities (D,) of candidates given their ranks, one after the other, in place.

    Parameters
    ----------
    first : (L + 1,) int array
    mean, rank, uniform : (D,) array
    floor : float
        What a ranked candidate exceeds: 0, or minus infinity if only the order counts.
    most_ranked : int
        A shorter list leaves out who is below the floor; one of this length, who is below its last.
    value : (D,) array
        Read, must respect the ranks, and written.

    """
    for k in range(len(first) - 1):
        begin, end = first[k], first[k + 1]
        ranked, best_left = 0, -math.inf
        for r in range(begin, end):
            if rank[r] > 0:
                ranked += 1
            else:
                best_left = max(best_left, value[r])
        for r in range(begin, begin + ranked):
            top = math.inf if r == begin else value[r - 1]
            low = max(floor, best_left) if r == begin + ranked - 1 else value[r + 1]
            value[r] = mean[r] + normal_between(low - mean[r], top - mean[r], uniform[r])
        top = value[begin + ranked - 1] if ranked == most_ranked else floor
        for r in range(begin + ranked, end):
            value[r] = mean[r] + normal_between(-math.inf, top - mean[r], uniform[r])
