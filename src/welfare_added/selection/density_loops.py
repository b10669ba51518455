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
def decision_terms(
    regressors,
    school,
    pair,
    menu,
    side,
    gap,
    coefficients,
    effects,
    tastes,
    fallback,
    by_coefficient,
    by_effect,
    by_taste,
    by_fallback,
):
    """Log density of all terms, and its derivatives, which are added to the last four arrays.

    A term's lead t is its mean utility less the fallback of its menu.

    Parameters
    ----------
    regressors : (K, q + 1) array
    school, pair, menu : (K,) int array
    side : (K,) array
        Number of equal vacancies applied to, or minus the number not applied to: each of them is a
        chance that a standard normal is below t, or -t. 0: a normal density of t around `gap`.
    gap : (K,) array
        Utility less fallback of a vacancy whose error is kept; 0 for present positions.
    coefficients, effects, tastes, fallback : (q + 1,), (S,), (P,) and (M,) array
    by_coefficient, by_effect, by_taste, by_fallback : arrays of the same shapes

    """
    value = 0.0
    q = regressors.shape[1]
    for r in range(len(side)):
        lead = effects[school[r]] + tastes[pair[r]] - fallback[menu[r]]
        for j in range(q):
            lead += regressors[r, j] * coefficients[j]
        if side[r] == 0.0:
            slope = gap[r] - lead
            value -= 0.5 * slope * slope
        else:
            sign = 1.0 if side[r] > 0.0 else -1.0
            log, derivative = log_chance(sign * lead)
            value += sign * side[r] * log
            slope = side[r] * derivative
        for j in range(q):
            by_coefficient[j] += regressors[r, j] * slope
        by_effect[school[r]] += slope
        by_taste[pair[r]] += slope
        by_fallback[menu[r]] -= slope
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
