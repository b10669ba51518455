"""Proof, in whole numbers, that matchings are optimal at a weight between 0 and 1."""

from collections.abc import Sequence

import numpy as np

from welfare_added.assignment.arcs import AllArcs, ListedArcs
from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.simplex_loops import CERTAIN, End, collect_near, costs_of_arcs
from welfare_added.assignment.whole import EXACT


def certify_points(
    arcs: AllArcs | ListedArcs,
    ends: tuple[End, End],
    weight: tuple[float, float],
    points: Sequence[np.ndarray],
    tolerance: float,
    where: str,
) -> float:
    """Largest relative optimality gap of matchings at a weight between the scores ``ends``.

    points: matchings, each the codes (n,) of the arcs it uses. weight: a ratio of whole numbers.
    At an optimum no arc has a positive reduced cost and those in use have zero; the gap is n times
    the largest deviations from both, over the largest score.
    Raises CertificateError, naming ``where``, on a gap above ``tolerance``, or duals too large to
    be exact.
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
    """Upper bounds on any absolute score, and on any absolute sum of a row's and column's duals."""
    largest = np.abs(end.rows).max(axis=0, initial=0) @ np.abs(end.columns_transposed).max(axis=1)
    return float(largest), float(np.abs(end.u).max() + np.abs(end.v).max())


def _largest(low: np.ndarray, high: np.ndarray, weight: tuple[float, float]) -> float:
    """Largest of (1 - weight) low + weight high, exactly; zero if none is positive."""
    above, below = int(weight[0]), int(weight[1])
    part = weight[0] / weight[1]
    some = np.flatnonzero(((1 - part) * low + part * high > -CERTAIN) & ((low != 0) | (high != 0)))
    mixed = [(below - above) * int(low[i]) + above * int(high[i]) for i in some]
    return max([0, *mixed]) / below


def _gains(arcs: tuple[np.ndarray, np.ndarray], ends: tuple[End, End]) -> list[np.ndarray]:
    """Reduced costs of arcs at both ends."""
    return [costs_of_arcs(*arcs, end) for end in ends]


def _near(ends: tuple[End, End], weight: float) -> np.ndarray:
    """The same, (2, .), of all arcs whose reduced cost at the weight may be positive."""
    gains = np.empty((2, 4 * len(ends[0].v)))
    while (size := collect_near(*ends, weight, gains)) > gains.shape[1]:
        gains = np.empty((2, size))
    return gains[:, :size]
