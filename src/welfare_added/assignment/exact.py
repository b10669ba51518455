"""The exact frontier of a cell: every supported allocation, and the weights at which it is optimal.

The score is linear in the weight, so the largest value is convex and piecewise linear in it, and
the allocations that attain it are the vertices of the frontier. A parametric network simplex
follows the optimal basis from weight 0 to weight 1; the matching changes at weights that are ratios
of whole numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from welfare_added.assignment.arcs import AllArcs, Factors, ListedArcs, arcs_between
from welfare_added.assignment.network import NetworkSimplex, hang, listed
from welfare_added.assignment.parametric import End, renew_all, to_next_vertex
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.types import merge
from welfare_added.assignment.vertex_certificate import certify_points
from welfare_added.assignment.whole import class_grid, teacher_grid

START, END = (0.0, 1.0), (1.0, 1.0)  # weights 0 and 1 as ratios


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


class ExactFrontier:
    """Traces a cell's frontier from weight 0 to weight 1, efficient ends included."""

    def __init__(self, problem: Problem, tolerance: float = 1e-9):
        """Take a problem of two weights, 0 and 1; between them its factors are interpolated."""
        if len(problem.classes) != 2:
            raise ValueError(f"{problem.name}: want the factors of weights 0 and 1 alone.")
        teachers, _ = teacher_grid(problem.teachers)
        classes, _ = class_grid(teachers, problem.classes)
        self.problem = replace(problem, teachers=teachers, classes=classes, ties={})
        self.tolerance = tolerance
        self.types = merge(self.problem)
        self.network = NetworkSimplex(self.problem, self.types)
        self.arcs = arcs_between(problem.blocks, problem.blocks[self.types.first])

    def vertices(self) -> Iterator[Vertex]:
        """Every vertex in order of the weights. Raises CertificateError, SolverStall."""
        path = _Path(self.network, self.problem.classes[:, self.types.first], self.arcs)
        at, used = START, self.network.used()
        gap = self._prove(path, at, used)
        while True:
            to = path.advance()
            now = used if to == END else self.network.used()
            gap_to = self._prove(path, to, used, now)
            if to[0] > 0:  # else the one before is an end that is not efficient
                weights = at[0] / at[1], to[0] / to[1]
                yield Vertex(self.types.matching(used), *weights, max(gap, gap_to))
            if to == END:
                return
            at, used, gap = to, now, gap_to

    def _prove(self, path: "_Path", weight: tuple[float, float], *used: np.ndarray) -> float:
        where = f"{self.problem.name}, weight {weight[0] / weight[1]:.12g}"
        return certify_points(self.arcs, path.ends, weight, used, self.tolerance, where)


class _Path:
    """The optimal basis on its way, and its duals by the scores of weight 0 and of weight 1."""

    def __init__(self, network: NetworkSimplex, classes: np.ndarray, arcs: AllArcs | ListedArcs):
        """Find the optimum of the first score; classes: (2, m, k), of types."""
        self.network = network
        allowed = arcs if isinstance(arcs, ListedArcs) else None
        self.listed = listed(allowed)
        u, v = network.solve(Factors(network.teachers, classes[0]), allowed)
        self.ends = tuple(_end(network.teachers, part, u.copy(), v.copy()) for part in classes)
        high = self.ends[1]
        hang(network.tree, high.teachers, high.classes, high.u, high.v)
        self.kinds, self.first = np.empty(len(u), dtype=np.int64), np.empty((3, len(u)))
        renew_all(self.kinds, self.first, *self.ends, *self.listed)

    def advance(self) -> tuple[float, float]:
        """Go to where the matching has changed; the weight as a ratio, `END` if it does not."""
        tree, unit = self.network.tree, self.network.unit
        return to_next_vertex(tree, unit, self.kinds, self.first, *self.ends, *self.listed)


def _end(teachers: np.ndarray, classes: np.ndarray, u: np.ndarray, v: np.ndarray) -> End:
    """A score by the factors that matter in it."""
    matters = classes.any(axis=0)
    pairs = ((part[:, matters], part[:, matters].T) for part in (teachers, classes))
    return End(*(np.ascontiguousarray(part) for pair in pairs for part in pair), u, v)
