"""Proof that matchings are optimal at a weight between two scores, decided in whole numbers."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from welfare_added.assignment.arcs import AllArcs, ListedArcs
from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.parametric import End, arc_cost, price
from welfare_added.assignment.whole import EXACT

CERTAIN = 4.0  # a mixture of whole numbers below 2^53 of larger size has the sign of its double


def certify_points(
    arcs: AllArcs | ListedArcs,
    ends: tuple[End, End],
    weight: tuple[float, float],
    points: Sequence[np.ndarray],
    tolerance: float,
    where: str,
) -> float:
    """Largest relative gap of ``points``, codes (n,) of arcs in use, at a ``weight`` of the ends.

    weight: a ratio of whole numbers. No arc may pay there, and those in use must cost nothing. The
    gap is zero, or n times what they do over the largest score.
    Raises CertificateError, naming ``where``, on a gap above ``tolerance`` or duals too large.
    """
    sizes = [_sizes(end) for end in ends]
    if max(map(sum, sizes)) > EXACT:
        raise CertificateError(f"{where}: duals above 2^53 are not exact, so nothing is proven.")
    n, m = arcs.shape
    if isinstance(arcs, ListedArcs):
        pays = _largest(*_gains(np.divmod(arcs.codes, m), ends), weight)
    else:
        pays = _largest(*_near(ends, weight[0] / weight[1]), weight)
    in_use = [_gains(np.divmod(used, m), ends) for used in points]
    lost = max(_largest(-low, -high, weight) for low, high in in_use)
    gap = n * (pays + lost) / (max(size for size, _ in sizes) or 1.0)
    if not gap <= tolerance:
        raise CertificateError(
            f"{where}: a vertex may fall short of the optimum by {gap:.3g} of the largest score."
        )
    return gap


def _sizes(end: End) -> tuple[float, float]:
    """Bounds on any score, and on the two duals that it is held against."""
    largest = np.abs(end.teachers).max(axis=0, initial=0) @ np.abs(end.classes).max(axis=1)
    return float(largest), float(np.abs(end.u).max() + np.abs(end.v).max())


def _largest(low: np.ndarray, high: np.ndarray, weight: tuple[float, float]) -> float:
    """Largest mixture of whole numbers at a weight, zero if none is positive."""
    above, below = int(weight[0]), int(weight[1])
    part = weight[0] / weight[1]
    some = np.flatnonzero(((1 - part) * low + part * high > -CERTAIN) & ((low != 0) | (high != 0)))
    mixed = [(below - above) * int(low[i]) + above * int(high[i]) for i in some]
    return max([0, *mixed]) / below


def _gains(arcs: tuple[np.ndarray, np.ndarray], ends: tuple[End, End]) -> list[np.ndarray]:
    """Reduced costs of arcs by both scores."""
    return [_of_arcs(*arcs, end) for end in ends]


def _near(ends: tuple[End, End], weight: float) -> np.ndarray:
    """The same, (2, .), of at least those arcs whose mixture is positive."""
    found = np.empty((2, 4 * len(ends[0].v)))
    while (size := _collect(*ends, weight, found)) > found.shape[1]:
        found = np.empty((2, size))
    return found[:, :size]


@njit(cache=True)
def _of_arcs(rows, kinds, end):
    gains = np.empty(len(rows))
    for i in range(len(rows)):
        gains[i] = -arc_cost(rows[i], kinds[i], end)
    return gains


@njit(cache=True)
def _collect(low, high, weight, found):
    """Fill ``found`` with reduced costs that are not both zero and may mix to more than zero.

    Gives their number; those for which there is no room are only counted.
    """
    n, m = len(low.u), len(low.v)
    costs = np.empty((2, m))
    size = 0
    for row in range(n):
        price(row, low.teachers, low.classes, low.u, low.v, costs, 0)
        price(row, high.teachers, high.classes, high.u, high.v, costs, 1)
        if _count_near(costs, weight):
            for kind in range(m):
                if _is_near(-costs[0, kind], -costs[1, kind], weight):
                    if size < found.shape[1]:
                        found[0, size], found[1, size] = -costs[0, kind], -costs[1, kind]
                    size += 1
    return size


@njit(cache=True)
def _is_near(low, high, weight):
    return ((1 - weight) * low + weight * high > -CERTAIN) & ((low != 0) | (high != 0))


@njit(cache=True)
def _count_near(costs, weight):
    count = 0
    for kind in range(costs.shape[1]):
        count += _is_near(-costs[0, kind], -costs[1, kind], weight)
    return count
