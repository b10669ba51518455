"""The exact frontier of a cell: every supported allocation, and the weights at which it is optimal.

The score is linear in the weight, so the largest value is convex and piecewise linear in it, and
the allocations that attain it are the vertices of the frontier. Two of them are neighbours if
nothing beats them at the weight that values both alike; else what does lies between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from welfare_added.assignment.arcs import Factors, ListedArcs, tight_arcs
from welfare_added.assignment.certificate import CertificateError, certify
from welfare_added.assignment.network import NetworkSimplex
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.types import merge

BETTER = 1e-12  # gain in value, relative to that of the cell, that makes another vertex
STRIDE = 1 / 256  # largest step in the weight, so that the last optimal basis is near the next


@dataclass(frozen=True)
class Vertex:
    """A supported allocation.

    matching: (n,) teacher of each class. weight_from, weight_to: where it is optimal.
    relative_gap: the larger of those that certificates at both weights leave it.
    """

    matching: np.ndarray
    weight_from: float
    weight_to: float
    relative_gap: float


@dataclass(frozen=True)
class _Point:
    """An optimum at one weight: arcs in use, value at weights 0 and 1, and the duals (n,), (n,)."""

    used: np.ndarray
    values: np.ndarray
    duals: tuple[np.ndarray, np.ndarray]


class ExactFrontier:
    """Traces a cell's frontier from weight 0 to weight 1, efficient ends included."""

    def __init__(self, problem: Problem, tolerance: float = 1e-9):
        """Take a problem of two weights, 0 and 1; between them its factors are interpolated."""
        if len(problem.classes) != 2:
            raise ValueError(f"{problem.name}: want the factors of weights 0 and 1 alone.")
        self.problem, self.tolerance = problem, tolerance
        self.types = merge(problem)
        self.network = NetworkSimplex(problem, self.types)
        self.scale = max(Factors(problem.teachers, end).largest for end in problem.classes) or 1.0
        self.ends = problem.classes[:, self.types.first] / self.scale
        arcs = problem.arcs
        self.arcs = arcs.of_types(self.types.first) if isinstance(arcs, ListedArcs) else None

    def vertices(self) -> Iterator[Vertex]:
        """Every vertex in order of the weights. Raises CertificateError, SolverStall."""
        point, ahead = self._end(0.0), [self._end(1.0)]
        start = known = 0.0  # weights from which ``point`` is optimal, and up to which it surely is
        gap = self._prove(0.0, point, [point])
        while ahead:
            weight = self._balance(point, ahead[-1])
            if weight is None:
                ahead.pop()
                continue
            weight = max(weight, known)  # below it only where rounding parts points of one edge
            step = min(weight, known + STRIDE)
            best = self._solve(step)
            if _value(best, step) - _value(point, step) > BETTER * self._size(point):
                ahead.append(best)
            elif step < weight:
                known = step
            else:
                gap_to = self._prove(weight, best, [point, ahead[-1]])
                if weight > start:
                    yield Vertex(self.types.matching(point.used), start, weight, max(gap, gap_to))
                point, start, known, gap = ahead.pop(), weight, weight, gap_to
        gap = max(gap, self._prove(1.0, self._solve(1.0), [point]))
        yield Vertex(self.types.matching(point.used), start, 1.0, gap)

    def _balance(self, point: _Point, other: _Point) -> float | None:
        """Weight that values two points alike; None if they are one vertex."""
        fall, rise = point.values - other.values
        if max(fall, -rise) <= BETTER * self._size(point):
            return None
        return fall / (fall - rise)

    def _classes(self, weight: float) -> np.ndarray:
        low, high = self.problem.classes
        return (1 - weight) * low + weight * high

    def _solve(self, weight: float, among: ListedArcs | None = None) -> _Point:
        """Optimum at a weight, over the arcs ``among`` (teacher x type) if given."""
        low, high = self.ends
        worth = Factors(self.problem.teachers, (1 - weight) * low + weight * high)
        u, v = self.network.solve(worth, self.arcs if among is None else among)
        used = self.network.used()
        teachers, types = np.divmod(used, len(self.types.first))
        matched = self.problem.teachers[teachers]
        values = np.array([np.vdot(matched, end[types]) for end in self.ends]) * self.scale
        return _Point(used, values, (u * self.scale, (v * self.scale)[self.types.of]))

    def _end(self, weight: float) -> _Point:
        """Efficient end of the frontier: the other group's gain breaks ties."""
        best = self._solve(weight)
        factors = Factors(self.problem.teachers, self._classes(weight), *best.duals)
        among = tight_arcs(self.problem.arcs, factors).of_types(self.types.first)
        efficient = self._solve(1 - weight, among)
        return _Point(efficient.used, efficient.values, best.duals)

    def _prove(self, weight: float, best: _Point, points: list[_Point]) -> float:
        """Largest relative gap of ``points`` at a weight, by the certificate of the best there."""
        factors = Factors(self.problem.teachers, self._classes(weight), *best.duals)
        where = f"{self.problem.name}, weight {weight:.12g}"
        matching = self.types.matching(best.used)
        proof = certify(self.problem.arcs, factors, matching, self.tolerance, where)
        gaps = [(proof.dual - _value(point, weight)) / self._size(point) for point in points]
        if not max(gaps) <= self.tolerance:
            raise CertificateError(
                f"{where}: a vertex falls short of the optimum by {max(gaps):.3g} of its value."
            )
        return max(proof.relative_gap, *gaps)

    def _size(self, point: _Point) -> float:
        return max(float(np.abs(point.values).max()), self.scale)


def _value(point: _Point, weight: float) -> float:
    return float((1 - weight) * point.values[0] + weight * point.values[1])
