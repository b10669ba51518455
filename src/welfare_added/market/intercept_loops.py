"""Compiled log-likelihood of choices with one random intercept an agent, by quadrature.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules, whose changes it would miss. An agent's rows are stacked.
"""

import numpy as np
from numba import njit

NEWTON_STEPS = 100
PRECISE = 1e-10
MOST_FACTORS = 512  # between 1 and 2, whose product does not overflow


@njit(cache=True, nogil=True)
def intercept_panel(first, index, spread, taken, trials, nodes, log_weights, value, mean, moment):
    """Log-likelihood of each agent and what its rows add to scores, in place.

    Gauss-Hermite nodes are moved to the mode of each agent's intercept and scaled by the
    curvature there. Scores are those of the integral, exact up to the error of the quadrature.

    Parameters
    ----------
    first : (A + 1,) int array
        First row of each agent, and the number of rows N.
    index, taken, trials : (N,) arrays
        Utility without the intercept, choices of yes, all choices.
    spread : float
        Standard deviation of intercepts.
    nodes, log_weights : (R,) arrays
        Of the standard normal law.
    value : (A,) array
        Written: log-likelihoods.
    mean, moment : (N,) arrays
        Written: mean, over the intercept given the choices, of taken - trials x probability, and
        of the same times the standardised intercept.

    """
    number = len(nodes)
    points, density, factor = np.empty(number), np.empty(number), np.empty(number)
    residuals = np.empty((np.diff(first).max(), number))
    for a in range(len(value)):
        rows = range(first[a], first[a + 1])
        mode = 0.0
        low, high = -np.inf, np.inf
        curvature = -1.0
        for _ in range(NEWTON_STEPS):
            slope, curvature = -mode, -1.0
            for i in rows:
                chance = 1.0 / (1.0 + np.exp(-(index[i] + spread * mode)))
                slope += spread * (taken[i] - trials[i] * chance)
                curvature -= spread**2 * trials[i] * chance * (1.0 - chance)
            if slope > 0.0:
                low = mode
            else:
                high = mode
            step = -slope / curvature
            mode += step
            if abs(step) < PRECISE * (1.0 + abs(mode)):
                break
            if mode <= low or mode >= high:
                mode = 0.5 * (low + high)
        scale = 1.0 / np.sqrt(-curvature)
        for q in range(number):
            points[q] = mode + scale * nodes[q]
            density[q] = log_weights[q] + np.log(scale) + 0.5 * (nodes[q] ** 2 - points[q] ** 2)
        factor[:] = 1.0
        factors = 0.0
        for i in rows:
            whole = trials[i] <= MOST_FACTORS and trials[i] == np.floor(trials[i])
            if factors + trials[i] > MOST_FACTORS:
                _subtract_logs(factor, density)
                factors = 0.0
            if whole:
                factors += trials[i]
            residual = residuals[i - first[a]]
            for q in range(number):
                v = index[i] + spread * points[q]
                small = np.exp(-abs(v))
                inverse = 1.0 / (1.0 + small)
                density[q] += taken[i] * v - trials[i] * max(v, 0.0)
                residual[q] = taken[i] - trials[i] * (inverse if v >= 0.0 else small * inverse)
                if whole:
                    for _ in range(int(trials[i])):
                        factor[q] *= 1.0 + small
                else:
                    density[q] -= trials[i] * np.log1p(small)
        _subtract_logs(factor, density)
        top = density.max()
        total = 0.0
        for q in range(number):
            density[q] = np.exp(density[q] - top)
            total += density[q]
        value[a] = top + np.log(total)
        density /= total
        weighted = density * points
        for i in rows:
            residual = residuals[i - first[a]]
            mean[i] = _dot(density, residual)
            moment[i] = _dot(weighted, residual)


@njit(nogil=True)
def _subtract_logs(factor, density):
    """Subtract logs of products of probabilities' inverses, which are one again then."""
    for q in range(len(factor)):
        density[q] -= np.log(factor[q])
        factor[q] = 1.0


@njit(nogil=True, fastmath={"contract", "nsz", "reassoc"})
def _dot(left, right):
    total = 0.0
    for q in range(len(left)):
        total += left[q] * right[q]
    return total
