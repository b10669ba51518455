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
# fmt: off
CENTRE = np.array([
    [2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987,
     13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665],
    [5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597,
     5394.196021424751, 687.1870074920579, 42.31333070160091, 1.0],
])
MIDDLE = np.array([
    [0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
     3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835],
    [1.0507500716444169e-09, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
     0.6897673349851, 1.6763848301838038, 2.053191626637759, 1.0],
])
TAIL = np.array([
    [2.0103343992922881e-07, 2.7115555687434876e-05, 0.0012426609473880784, 0.026532189526576124,
     0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103],
    [2.0442631033899397e-15, 1.421511758316446e-07, 1.8463183175100548e-05, 0.0007868691311456133,
     0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1.0],
])
# fmt: on


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
def draw_lists(first, mean, sd, rank, floor, most_ranked, uniform, value):
    """Utilities (D,) of candidates given their ranks, one after the other, in place.

    Parameters
    ----------
    first : (L + 1,) int array
    mean, sd, rank, uniform : (D,) array
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
            low, top = (low - mean[r]) / sd[r], (top - mean[r]) / sd[r]
            value[r] = mean[r] + sd[r] * normal_between(low, top, uniform[r])
        last = value[begin + ranked - 1] if ranked == most_ranked else floor
        for r in range(begin + ranked, end):
            top = (last - mean[r]) / sd[r]
            value[r] = mean[r] + sd[r] * normal_between(-math.inf, top, uniform[r])
