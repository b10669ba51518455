"""Certified optimal matching of a score matrix, with a second matrix to choose among optima."""

from dataclasses import dataclass

import numpy as np

from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.lsa import recover_duals

TIGHT = 1e-10  # of the largest score: a reduced cost that counts as zero


@dataclass(frozen=True)
class DenseOptimum:
    """A certified optimum of an n x n problem.

    partner: (n,) column of each row. u, v: (n,) dual values of rows and columns, feasible for all
    pairs. value: sum of scores. relative_gap: (sum of duals - value) / the larger of the sum of
    absolute matched scores and the largest absolute score.
    """

    partner: np.ndarray
    u: np.ndarray
    v: np.ndarray
    value: float
    relative_gap: float


def optimal_matching(
    scores: np.ndarray,
    second: np.ndarray | None = None,
    tolerance: float = 1e-9,
    where: str = "matching",
) -> DenseOptimum:
    """Matching of the largest sum of ``scores`` (n, n); of several, the largest of ``second``.

    Raises CertificateError, naming ``where``, where optimality is not proven to ``tolerance``, a
    relative gap; ValueError where a score is not finite.
    """
    from scipy.optimize import linear_sum_assignment  # late: a third of a second to load

    if not np.isfinite(scores).all():
        raise ValueError(f"{int((~np.isfinite(scores)).sum())} scores are missing or infinite")
    partner = linear_sum_assignment(scores, maximize=True)[1]
    optimum = _certified(scores, partner, tolerance, where)
    if second is None:
        return optimum
    slack = optimum.u[:, None] + optimum.v - scores
    tight = slack <= TIGHT * np.abs(scores).max(initial=0.0)
    tight[np.arange(len(partner)), partner] = True
    penalty = 2.0 * len(scores) * (float(np.abs(second).max(initial=0.0)) or 1.0)
    partner = linear_sum_assignment(np.where(tight, second, -penalty), maximize=True)[1]
    return _certified(scores, partner, tolerance, f"{where}, second objective")


def _certified(scores, partner, tolerance, where) -> DenseOptimum:
    row_of = np.argsort(partner)
    u, v = recover_duals(scores, row_of, np.zeros(len(scores)))
    u = u + np.maximum((scores - u[:, None] - v).max(axis=1), 0.0)
    held = scores[np.arange(len(partner)), partner]
    size = max(float(np.abs(held).sum()), float(np.abs(scores).max())) or 1.0
    gap = float(u.sum() + v.sum() - held.sum()) / size
    if not abs(gap) <= tolerance:
        raise CertificateError(f"{where}: relative gap {gap:.3g} exceeds {tolerance:g}.")
    return DenseOptimum(partner, u, v, float(held.sum()), gap)
