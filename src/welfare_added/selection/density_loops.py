"""Compiled log density of teachers' decisions with the errors of vacancies integrated out.

Numba caches what it compiles until this file changes; therefore nothing here is imported from other
modules.
"""

import math

import numpy as np
from numba import njit

FAR = 30.0  # beyond it, tails by their series
SQRT_HALF = 0.7071067811865476
ROOT_TWO_PI = 2.5066282746310002
LOG_ROOT_TWO_PI = 0.9189385332046727


@njit(cache=True, nogil=True)
def log_chance(x):
    """Log chance that a standard normal is below x, and its derivative."""
    if x < -FAR:
        s = 1.0 / (x * x)
        series = 1.0 - s * (1.0 - s * (3.0 - s * (15.0 - s * 105.0)))
        return -0.5 * x * x - LOG_ROOT_TWO_PI - math.log(-x) + math.log(series), -x / series
    density = math.exp(-0.5 * x * x) / ROOT_TWO_PI
    if x < 0.0:
        chance = 0.5 * math.erfc(-x * SQRT_HALF)
        return math.log(chance), density / chance
    above = 0.5 * math.erfc(x * SQRT_HALF)
    return math.log1p(-above), density / (1.0 - above)


@njit(cache=True, nogil=True)
def fill_chances(table, low, steps):
    """Coefficients (n, 6) of log chances between nodes low, low + 1 / steps and so on.

    Each polynomial, of the distance from its lower node in steps, has the values and the first two
    derivatives of log chances at both its nodes.

    """
    h = 1.0 / steps
    for k in range(len(table)):
        a, b, c = _scaled(low + k / steps, h)
        u, v, w = _scaled(low + (k + 1) / steps, h)
        # What is left of the next node's value and derivatives.
        u, v, w = u - a - b - c, v - b - 2.0 * c, w - c
        table[k, 0], table[k, 1], table[k, 2] = a, b, c
        table[k, 3] = 10.0 * u - 4.0 * v + w
        table[k, 4] = -15.0 * u + 7.0 * v - 2.0 * w
        table[k, 5] = 6.0 * u - 3.0 * v + w


@njit(cache=True, nogil=True)
def _scaled(x, h):
    """Log chance, its derivative times h, and half the second one times h^2."""
    value, slope = log_chance(x)
    return value, h * slope, 0.5 * h * h * (-slope * (slope + x))


@njit(cache=True, nogil=True)
def near_chance(x, table, low, steps):
    """`log_chance` from a table of polynomials.

    The derivative is the polynomial's own, so that both fit each other to the last digit.

    """
    place = (x - low) * steps
    if not 0.0 <= place < len(table):
        return log_chance(x)
    k = int(place)
    t = place - k
    a, b, c = table[k, 0], table[k, 1], table[k, 2]
    d, e, f = table[k, 3], table[k, 4], table[k, 5]
    value = a + t * (b + t * (c + t * (d + t * (e + t * f))))
    slope = b + t * (2.0 * c + t * (3.0 * d + t * (4.0 * e + t * 5.0 * f)))
    return value, slope * steps


@njit(cache=True, nogil=True)
def decision_terms(
    regressors,
    school,
    pair,
    place,
    menu,
    side,
    gap,
    coefficients,
    effects,
    tastes,
    fallback,
    table,
    low,
    steps,
    by_coefficient,
    by_effect,
    by_taste,
    by_fallback,
):
    """Log density of all terms, and its derivatives, which are added to the last four arrays.

    A term's lead t is its mean utility less the fallback of its menu. Means are those of U rows, of
    which each is that of one term or several.

    Parameters
    ----------
    regressors : (U, q + 1) array
    school, pair : (U,) int array
    place, menu : (K,) int array
        Row of each term, and its menu.
    side : (K,) array
        Number of equal vacancies applied to, or minus the number not applied to: each of them is a
        chance that a standard normal is below t, or -t. 0: a normal density of t around `gap`.
    gap : (K,) array
        Utility less fallback of a vacancy whose error is kept; 0 for present positions.
    coefficients, effects, tastes, fallback : (q + 1,), (S,), (P,) and (M,) array
    table, low, steps
        See `near_chance`.
    by_coefficient, by_effect, by_taste, by_fallback : arrays of the same shapes

    """
    rows, q = regressors.shape
    mean, by_mean = np.empty(rows), np.zeros(rows)
    for u in range(rows):
        total = effects[school[u]] + tastes[pair[u]]
        for j in range(q):
            total += regressors[u, j] * coefficients[j]
        mean[u] = total
    value = 0.0
    for r in range(len(side)):
        lead = mean[place[r]] - fallback[menu[r]]
        if side[r] == 0.0:
            slope = gap[r] - lead
            value -= 0.5 * slope * slope
        else:
            sign = 1.0 if side[r] > 0.0 else -1.0
            log, derivative = near_chance(sign * lead, table, low, steps)
            value += sign * side[r] * log
            slope = side[r] * derivative
        by_mean[place[r]] += slope
        by_fallback[menu[r]] -= slope
    for u in range(rows):
        for j in range(q):
            by_coefficient[j] += regressors[u, j] * by_mean[u]
        by_effect[school[u]] += by_mean[u]
        by_taste[pair[u]] += by_mean[u]
    return value


@njit(cache=True, nogil=True)
def slopes_and_curvatures(lead, side, gap):
    """Derivative of each term's log density by its lead (K,), and minus the second derivative."""
    slope, curvature = np.empty(len(lead)), np.empty(len(lead))
    for r in range(len(lead)):
        if side[r] == 0.0:
            slope[r], curvature[r] = gap[r] - lead[r], 1.0
        else:
            x = lead[r] if side[r] > 0.0 else -lead[r]
            _, derivative = log_chance(x)
            slope[r] = side[r] * derivative
            curvature[r] = abs(side[r]) * max(derivative * (derivative + x), 0.0)
    return slope, curvature
