"""Proof that a matching is optimal: duals feasible for every allowed arc, and no gap."""

import numpy as np

from welfare_added.allocation.arcs import Arcs
from welfare_added.allocation.problem import Optimum


class CertificateError(RuntimeError):
    """A solution whose optimality is not proven."""


def certify(
    arcs: Arcs,
    scores: np.ndarray,
    matching: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    tolerance: float,
    where: str,
) -> Optimum:
    """Check a matching against duals, after raising u by each teacher's largest violation.

    scores: (A,) of all allowed arcs, -inf where an arc is shut; matching: (n,) teacher of each
    class; u, v: (n,). Neither the solver's objective nor its word is used: the primal value is
    recomputed from the integer matching and the dual bound from the raised duals.
    Raises CertificateError, naming ``where``, on a matching that is none, missing duals, or a
    relative gap above ``tolerance``.
    """
    n = arcs.shape[0]
    if not np.array_equal(np.sort(matching), np.arange(n)):
        raise CertificateError(f"{where}: the solution does not give each class its own teacher.")
    if not (np.isfinite(u).all() and np.isfinite(v).all()):
        raise CertificateError(f"{where}: the solver gave no dual values, so nothing is proven.")
    at = arcs.find(matching, np.arange(n))
    if (at < 0).any() or not np.isfinite(scores[at]).all():
        raise CertificateError(f"{where}: a teacher is sent to a class she may not take.")
    worst = arcs.row_max(arcs.reduced(scores, u, v))
    raised = u + np.maximum(worst, 0.0)
    primal = float(scores[at].sum())
    dual = float(raised.sum() + v.sum())
    gap = (dual - primal) / _scale(scores, scores[at])
    if not abs(gap) <= tolerance:
        raise CertificateError(
            f"{where}: relative gap {gap:.3g} exceeds the tolerance {tolerance:g} "
            f"(primal {primal:.12g}, dual {dual:.12g}). Try the other allocation.solver."
        )
    return Optimum(matching, raised, v, primal, dual, gap, float(max(worst.max(), 0.0)))


def largest_score(scores: np.ndarray) -> float:
    """Largest absolute score among open arcs."""
    low = scores.min()
    if np.isneginf(low):
        low = scores[np.isfinite(scores)].min(initial=0.0)
    return float(max(abs(low), abs(scores.max())))


def _scale(scores: np.ndarray, matched: np.ndarray) -> float:
    """Sum of absolute matched scores, at least the largest absolute score, 1 if all are zero."""
    return max(float(np.abs(matched).sum()), largest_score(scores)) or 1.0
