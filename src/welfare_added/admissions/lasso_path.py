"""Paths of LASSO solutions, each held against the conditions of an optimum.

Solutions are those of least-angle regression, which gives the whole path to machine precision;
where columns tie so that it loses the path, coordinate descent takes over.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import lars_path_gram, lasso_path

PENALTIES = 100
SMALLEST = 1e-4  # smallest penalty as a share of the largest, as in glmnet
SMALLEST_OF_WIDE = 1e-2  # the same with fewer applicants than columns
NOISE = 1e-11  # relative difference that machines may see differently, some 1e4 roundings
SAME_COLUMN = 1e-10  # distance of a correlation from one
KKT_TOLERANCE = 1e-9  # [share] of a solution on the path
DESCENT_TOLERANCE, DESCENTS = 1e-12, 100_000


class LassoError(RuntimeError):
    """A path of solutions that do not satisfy the conditions of an optimum."""


@dataclass(frozen=True)
class Standardised:
    """Columns and outcome of some applicants, and their moments.

    z: (n, p) with mean 0 and SD 1, zero for a column that is not used; v: (n,) centred outcome;
    gram: (p, p) z'z / n; crossed: (p,) z'v / n; centre, scale: (p,) of the inputs; mean: of the
    outcome; varies, used: (p,) whether a column varies, and is no copy of an earlier one.
    """

    z: np.ndarray
    v: np.ndarray
    gram: np.ndarray
    crossed: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    mean: float
    varies: np.ndarray
    used: np.ndarray


def standardise(x: np.ndarray, y: np.ndarray) -> Standardised:
    """Centre and scale inputs (n, p), and centre the outcome (n,)."""
    varies = np.ptp(x, axis=0) > 0
    centre = x.mean(axis=0)
    scale = np.where(varies, x.std(axis=0), 1.0)
    z = np.where(varies, (x - centre) / scale, 0.0)
    v = y - y.mean()
    gram = z.T @ z / len(y)
    copies = np.triu(np.abs(gram) > 1 - SAME_COLUMN, 1).any(axis=0)
    used = varies & ~copies
    z = np.where(used, z, 0.0)
    gram = np.where(used[:, None] & used, gram, 0.0)
    return Standardised(z, v, gram, z.T @ v / len(y), centre, scale, y.mean(), varies, used)


def grid(data: Standardised, shape: tuple[int, int]) -> np.ndarray:
    """Penalties in equal ratios from the smallest at which no column is picked."""
    smallest = SMALLEST_OF_WIDE if shape[0] < shape[1] else SMALLEST
    return np.abs(data.crossed).max() * np.geomspace(1, smallest, PENALTIES)


def path(data: Standardised, penalties: np.ndarray) -> np.ndarray:
    """Weights per standard deviation at each penalty, (p, m)."""
    weights = np.zeros((len(data.used), len(penalties)))
    if not np.abs(data.crossed).max() > NOISE * np.sqrt(np.mean(data.v**2)):
        return weights
    weights[data.used] = _least_angle(data, penalties)
    lost = kkt_residual(data, weights, penalties) > KKT_TOLERANCE
    if lost.any():
        weights[np.ix_(data.used, lost)] = _descent(data, penalties[lost])
        worst = kkt_residual(data, weights, penalties).max()
        if worst > KKT_TOLERANCE:
            raise LassoError(
                f"LASSO: a solution violates the conditions of an optimum by {worst:.2g}, more "
                f"than {KKT_TOLERANCE:g}: columns are too nearly collinear. Leave some out."
            )
    return weights


def _least_angle(data: Standardised, penalties: np.ndarray) -> np.ndarray:
    """Weights of the used columns, exact between the knots of the path, (p, m)."""
    n = len(data.v)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # judged by the conditions instead
        knots, _, weights = lars_path_gram(
            data.crossed[data.used] * n,
            data.gram[np.ix_(data.used, data.used)] * n,
            n_samples=n,
            method="lasso",
            alpha_min=penalties[-1] / 2,  # it may stop 1e-7 above, short of the last penalty
            max_iter=20 * len(data.used) + 100,
        )
    between = [np.interp(penalties, knots[::-1], row[::-1]) for row in weights]
    return _without_noise(np.array(between))


def _descent(data: Standardised, penalties: np.ndarray) -> np.ndarray:
    """Weights of the used columns by coordinate descent, (p, m)."""
    n = len(data.v)
    gram = data.gram[np.ix_(data.used, data.used)]
    crossed = data.crossed[data.used]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        _, weights, _ = lasso_path(
            np.asfortranarray(data.z[:, data.used]),
            data.v,
            alphas=penalties,
            precompute=gram * n,
            Xy=crossed * n,
            tol=DESCENT_TOLERANCE,
            max_iter=DESCENTS,
        )
    return _without_noise(weights)


def _without_noise(weights: np.ndarray) -> np.ndarray:
    """Zero where a column has left the path, which leaves a rounding error for a weight."""
    return np.where(np.abs(weights) > NOISE, weights, 0.0)


def kkt_residual(
    data: Standardised, weights: np.ndarray, penalties: np.ndarray | float
) -> np.ndarray:
    """Largest violation of the conditions of an optimum at each penalty, (m,)."""
    slope = data.crossed[:, None] - data.gram @ weights
    return np.where(
        weights != 0,
        np.abs(slope - penalties * np.sign(weights)),
        np.maximum(np.abs(slope) - penalties, 0.0),
    ).max(axis=0)


def duality_gap(data: Standardised, weights: np.ndarray, penalty: float) -> float:
    """Bound on what another solution could gain, as a share of the objective without weights."""
    residual = data.v - data.z @ weights
    steepest = np.abs(data.z.T @ residual).max() / len(data.v)
    dual = residual * min(1.0, penalty / steepest) if steepest > 0 else residual
    primal = residual @ residual / 2 / len(data.v) + penalty * np.abs(weights).sum()
    bound = (dual @ data.v - dual @ dual / 2) / len(data.v)
    return float((primal - bound) / (data.v @ data.v / 2 / len(data.v)))
