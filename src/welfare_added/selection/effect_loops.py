"""Compiled densities and moments of effects, which slices ask for some thirty times a sweep.

Numba caches what it compiles until this file changes; therefore nothing here is imported from other
modules. `outcome_block` and `matches` say what each of them means.
"""

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def log_marginal(
    teacher,
    rows,
    residual,
    teacher_mean,
    teacher_variance,
    cell_mean,
    cell_variance,
    error_variance,
):
    """Log density of the cells' mean residuals, effects of teachers and of cells integrated out.

    Parameters
    ----------
    teacher, rows, residual, cell_mean, cell_variance : (J,) array
        Teacher and number of rows of each cell, mean residual, prior of its effect.
    teacher_mean, teacher_variance : (T,) array
    error_variance : float

    """
    weight, product = np.zeros(len(teacher_mean)), np.zeros(len(teacher_mean))
    value = 0.0
    for j in range(len(rows)):
        precision = rows[j] / (error_variance + rows[j] * cell_variance[j])
        gap = residual[j] - cell_mean[j] - teacher_mean[teacher[j]]
        weight[teacher[j]] += precision
        product[teacher[j]] += precision * gap
        value += math.log(precision) - precision * gap * gap
    for i in range(len(weight)):
        widened = 1.0 + teacher_variance[i] * weight[i]
        value += teacher_variance[i] * product[i] * product[i] / widened - math.log(widened)
    return 0.5 * value


@njit(cache=True, nogil=True, error_model="numpy")
def log_scores(of_cell, eta_u, gap, noise, slope, variance):
    """Log density of cells' mean residuals around their teachers' effects, given eta^u.

    Parameters
    ----------
    of_cell, gap, noise : (J,) array
        Pair of each cell, mean residual, variance of eps in it.
    eta_u : (P,) array
    slope, variance : float
        Of eta^y on eta^u, and what eta^u leaves of its variance.

    """
    value = 0.0
    for j in range(len(gap)):
        spread, left = variance + noise[j], gap[j] - slope * eta_u[of_cell[j]]
        value -= 0.5 * (math.log(spread) + left * left / spread)
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def listed_given_scores(cell_listed, of_cell, eta_u, gap, noise, slope, weight, variance, listed):
    """Mean and variance of z_v of listed pairs, given eta^u and scores.

    Parameters
    ----------
    cell_listed, of_cell, gap, noise : (J,) array
        Listed pair of each cell, -1 if none; its pair; mean residual; variance of eps in it.
    eta_u : (P,) array
    slope, weight, variance : float
        Of eta^y on eta^u and on z_v, and what both leave of its variance.
    listed : int
        Number V of listed pairs.

    """
    mean, left = np.zeros(listed), np.ones(listed)
    for j in range(len(gap)):
        place = cell_listed[j]
        if place >= 0:
            spread = variance + noise[j]
            left[place] += weight * weight / spread
            mean[place] += weight * (gap[j] - slope * eta_u[of_cell[j]]) / spread
    for v in range(listed):
        mean[v] /= left[v]
        left[v] = 1.0 / left[v]
    return mean, left


@njit(cache=True, nogil=True, error_model="numpy")
def cell_prior(cell_listed, of_cell, eta_u, z_v, by_u, by_v, left, alone):
    """Mean and variance of eta^y of cells, given eta^u, and z_v where the cell is on a list.

    Parameters
    ----------
    cell_listed, of_cell : (J,) int array
        Listed pair of each cell, -1 if none, and its pair.
    eta_u, z_v : (P,) and (V,) array
    by_u, by_v : float
        Slopes of eta^y on both.
    left, alone : float
        Variance of eta^y that both leave, and that eta^u alone leaves.

    """
    mean, variance = np.empty(len(of_cell)), np.empty(len(of_cell))
    for j in range(len(of_cell)):
        mean[j], variance[j] = by_u * eta_u[of_cell[j]], alone
        if cell_listed[j] >= 0:
            mean[j] += by_v * z_v[cell_listed[j]]
            variance[j] = left
    return mean, variance
