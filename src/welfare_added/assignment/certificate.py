"""Proof that a matching is optimal: duals feasible for every allowed arc, and no gap."""

from math import fsum

import numpy as np

from welfare_added.assignment.arcs import Arcs, Factors
from welfare_added.assignment.problem import Optimum
from welfare_added.assignment.whole import EXACT


class CertificateError(RuntimeError):
    """A solution whose optimality is not proven."""


def certify(
    arcs: Arcs,
    factors: Factors,
    matching: np.ndarray,
    tolerance: float,
    where: str,
) -> Optimum:
    """Check a matching against duals, after raising u by each teacher's largest violation.

    factors: worth of teachers in classes, with the solver's duals u and v (n,);
    matching: (n,) teacher of each class. Neither the solver's objective nor its word is used: the
    primal value is recomputed from the integer matching and the dual bound from the raised duals.
    Of whole numbers all of that is exact, and so is the gap: of an optimum it is zero.
    Raises CertificateError, naming ``where``, on a matching that is none, missing duals, numbers
    too large to be exact, or a relative gap above ``tolerance``.
    """
    n = arcs.shape[0]
    u, v = factors.u, factors.v
    if not np.array_equal(np.sort(matching), np.arange(n)):
        raise CertificateError(f"{where}: the solution does not give each class its own teacher.")
    if not (np.isfinite(u).all() and np.isfinite(v).all()):
        raise CertificateError(f"{where}: the solver gave no dual values, so nothing is proven.")
    if factors.largest + np.abs(u).max() + np.abs(v).max() > EXACT:
        raise CertificateError(f"{where}: duals above 2^53 are not exact, so nothing is proven.")
    if not arcs.allows(matching, np.arange(n)).all():
        raise CertificateError(f"{where}: a teacher is sent to a class she may not take.")
    worst = arcs.row_max(factors)
    raised = u + np.maximum(worst, 0.0)
    matched = (factors.teachers[matching] * factors.classes).sum(axis=1)
    gap = fsum([*raised, *v, *-matched]) / (max(fsum(np.abs(matched)), factors.largest) or 1.0)
    primal, dual = fsum(matched), fsum([*raised, *v])
    if not abs(gap) <= tolerance:
        raise CertificateError(
            f"{where}: relative gap {gap:.3g} exceeds the tolerance {tolerance:g} "
            f"(primal {primal:.12g}, dual {dual:.12g}). Try the other allocation.solver."
        )
    return Optimum(matching, raised, v, primal, dual, gap, float(max(worst.max(), 0.0)))
