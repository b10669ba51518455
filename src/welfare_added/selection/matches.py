"""What the three effects of a pair tell of each other (see `state.Scales` for the factors).

eta^y is integrated out throughout: a cell's mean residual around its teacher's effect is normal
around the mean of eta^y given eta^u and eta^v, with the variance of eta^y left and of eps / rows.
"""

import numpy as np

from welfare_added.selection import effect_loops
from welfare_added.selection.pairs import Pairs
from welfare_added.selection.state import Scales, State


def standard_v(scales: Scales, pairs: Pairs, eta_u: np.ndarray, eta_v: np.ndarray) -> np.ndarray:
    """z_v (V,) of listed pairs."""
    weights = scales.v_weights
    z_u = eta_u[pairs.listed] / scales.sd_eta_u
    return (eta_v / scales.sd_eta_v - weights[0] * z_u) / weights[1]


def cell_prior(scales: Scales, pairs: Pairs, state: State) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (J,) of eta^y given eta^u, and given eta^v where the cell is on a list."""
    weights, sd = scales.y_weights, scales.sd_eta_y
    return effect_loops.cell_prior(
        pairs.cell_listed,
        pairs.of_cell,
        state.eta_u,
        standard_v(scales, pairs, state.eta_u, state.eta_v),
        sd * weights[0] / scales.sd_eta_u,
        sd * weights[1],
        (sd * weights[2]) ** 2,
        sd**2 * (1 - weights[0] ** 2),
    )


def listed_prior(
    scales: Scales, pairs: Pairs, eta_u: np.ndarray, gap: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (V,) of eta^v given eta^u and scores, eta^y integrated out.

    Parameters
    ----------
    scales, pairs, eta_u
        Scales; pairs; (P,) effects.
    gap, noise
        (J,) cells' mean residuals around their teachers' effects, and variances of eps in them.

    """
    mean, variance = z_v_given_scores(scales, pairs, eta_u, gap, noise)
    weights, z_u = scales.v_weights, eta_u[pairs.listed] / scales.sd_eta_u
    sd = scales.sd_eta_v
    return sd * (weights[0] * z_u + weights[1] * mean), (sd * weights[1]) ** 2 * variance


def z_v_given_scores(
    scales: Scales, pairs: Pairs, eta_u: np.ndarray, gap: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (V,) of z_v of listed pairs given eta^u and scores."""
    weights, sd = scales.y_weights, scales.sd_eta_y
    return effect_loops.listed_given_scores(
        pairs.cell_listed,
        pairs.of_cell,
        eta_u,
        gap,
        noise,
        sd * weights[0] / scales.sd_eta_u,
        sd * weights[1],
        (sd * weights[2]) ** 2,
        len(pairs.listed),
    )


def log_scores(
    scales: Scales, pairs: Pairs, eta_u: np.ndarray, gap: np.ndarray, noise: np.ndarray
) -> float:
    """Log density of cells' mean residuals given eta^u, the other two effects integrated out."""
    weight, sd = scales.y_weights[0], scales.sd_eta_y
    slope, variance = sd * weight / scales.sd_eta_u, (1 - weight**2) * sd**2
    return effect_loops.log_scores(pairs.of_cell, eta_u, gap, noise, slope, variance)


def taste_terms(
    scales: Scales, pairs: Pairs, eta_v: np.ndarray, gap: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What lists and scores tell of z_u: precision (P,) and its product with the mean (P,).

    Parameters
    ----------
    scales, pairs, eta_v
        Scales; pairs; (V,) effects.
    gap, noise
        As in `listed_prior`.

    """
    precision, product = np.zeros(len(pairs.teacher)), np.zeros(len(pairs.teacher))
    v, y, sd = scales.v_weights, scales.y_weights, scales.sd_eta_y
    scaled = eta_v / scales.sd_eta_v
    precision[pairs.listed] += (v[0] / v[1]) ** 2
    product[pairs.listed] += v[0] * scaled / v[1] ** 2
    on_list = pairs.cell_listed >= 0
    slope = np.where(on_list, y[0] - y[1] * v[0] / v[1], y[0]) * sd
    known = np.zeros(len(gap))
    known[on_list] = sd * y[1] * scaled[pairs.cell_listed[on_list]] / v[1]
    left = np.where(on_list, y[2] ** 2, 1 - y[0] ** 2) * sd**2 + noise
    precision[pairs.of_cell] += slope**2 / left
    product[pairs.of_cell] += slope * (gap - known) / left
    return precision, product


def log_density_of_z(precision: np.ndarray, product: np.ndarray, z: np.ndarray) -> float:
    """Log density of what `taste_terms` says, at z (P,), up to a constant in z."""
    return float(product @ z - 0.5 * (precision @ z**2))
