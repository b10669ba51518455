"""Best linear predictions of teachers' effects from all cells jointly, with their precision."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.factored import Factored, elimination_order, factored
from welfare_added.grade_means.moments import (
    Design,
    NoiseVariances,
    design,
    estimate_variances,
)


@dataclass(frozen=True)
class JointEstimates:
    """Value added of J teachers by the joint estimator.

    Attributes
    ----------
    variances
        Variances of effects and noise.
    estimate : (J,) array
        Best linear prediction of each effect [score units]; missing if no variance of effects
        is found.
    variance : (J,) array
        Variance of the effect around it, exactly: the diagonal of (Zt'Zt + I / s2_mu)^-1.

    """

    variances: NoiseVariances
    estimate: np.ndarray
    variance: np.ndarray


def joint_estimates(
    cells: GradeCells,
    shares: sparse.csr_array,
    noise: str = "pupils",
    variances: NoiseVariances | None = None,
) -> JointEstimates:
    """Predict teachers' effects from all cells at once.

    With rows divided by the SD of their noise and Zt = MZ, m = (Zt'Zt + I / s2_mu)^-1 Zt'v.

    Parameters
    ----------
    cells, shares, noise
        As in `estimate_variances`.
    variances
        Where they are known; None to estimate them.

    """
    variances = estimate_variances(cells, shares, noise) if variances is None else variances
    missing = np.full(cells.teachers, np.nan)
    if not variances.teacher > 0:
        return JointEstimates(variances, missing, missing)
    one = design(cells, shares, np.sqrt(variances.noise(cells.pupils)))
    own = sparse.diags_array(np.full(cells.teachers, 1 / variances.teacher))
    system = sparse.csc_array(one.gram + own)
    factor = factored(system, elimination_order(system))
    return JointEstimates(variances, *predictions(one, factor))


def predictions(one: Design, factor: Factored) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and their variances, (J,) each; factor: of Zd'Zd + I / s2_mu.

    The few controls left after school-year effects come in by Woodbury's identity:
    (H - W'W)^-1 = H^-1 + U (I - WU)^-1 U' with U = H^-1 W'.
    """
    w = one.loading
    solved = factor.solve(np.column_stack([one.sums, w.T]))
    first, u = solved[:, 0], solved[:, 1:]
    correction = np.linalg.solve(np.eye(len(w)) - w @ u, u.T)
    estimate = first + (w @ first) @ correction
    return estimate, factor.inverse_diagonal() + (u * correction.T).sum(axis=1)
