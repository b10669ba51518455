"""The exact frontier of a problem: every supported matching, and the weights where it is optimal.

The score is linear in the weight, so the optimal value is convex and piecewise linear in it, and
the matchings that attain it are the vertices of the frontier. A parametric network simplex
follows the optimal basis from weight 0 to weight 1; the matching changes at weights that are ratios
of whole numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from welfare_added.assignment.arcs import AllArcs, Factors, ListedArcs, arcs_between
from welfare_added.assignment.network import NetworkSimplex, listed
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.simplex_loops import (
    End,
    depths_and_duals,
    renew_all,
    to_next_vertex,
)
from welfare_added.assignment.types import merge
from welfare_added.assignment.vertex_certificate import certify_points
from welfare_added.assignment.whole import column_grid, row_grid

START, END = (0.0, 1.0), (1.0, 1.0)  # weights 0 and 1 as ratios


@dataclass(frozen=True)
class Vertex:
    """A supported matching.

    matching: (n,) row of each column. weight_from, weight_to: it is optimal between these weights.
    relative_gap: the larger of those certified at both weights.
    """

    matching: np.ndarray
    weight_from: float
    weight_to: float
    relative_gap: float


class ExactFrontier:
    """Traces a problem's frontier from weight 0 to weight 1; at both ends only efficient points."""

    def __init__(self, problem: Problem, tolerance: float = 1e-9):
        """Take a problem of two weights, 0 and 1; scores between them are interpolated linearly.

        Raises ValueError where the problem has another number of weights.
        """
        if len(problem.columns) != 2:
            raise ValueError(f"{problem.name}: want the factors of weights 0 and 1 alone.")
        rows, _ = row_grid(problem.rows)
        columns, _ = column_grid(rows, problem.columns)
        self.problem = replace(problem, rows=rows, columns=columns, ties={})
        self.tolerance = tolerance
        self.types = merge(self.problem)
        self.network = NetworkSimplex(self.problem, self.types)
        self.arcs = arcs_between(problem.blocks, problem.blocks[self.types.first])

    def vertices(self) -> Iterator[Vertex]:
        """Every vertex in order of the weights.

        Raises CertificateError where a vertex is not proven optimal, SolverStall where the simplex
        does not end.
        """
        path = _Path(self.network, self.problem.columns[:, self.types.first], self.arcs)
        at, used = START, self.network.used()
        gap = self._prove(path, at, used)
        while True:
            to = path.advance()
            now = used if to == END else self.network.used()
            gap_to = self._prove(path, to, used, now)
            if to[0] > 0:  # else the matching is optimal at weight 0 alone, and not efficient
                weights = at[0] / at[1], to[0] / to[1]
                yield Vertex(self.types.matching(used), *weights, max(gap, gap_to))
            if to == END:
                return
            at, used, gap = to, now, gap_to

    def _prove(self, path: "_Path", weight: tuple[float, float], *used: np.ndarray) -> float:
        where = f"{self.problem.name}, weight {weight[0] / weight[1]:.12g}"
        return certify_points(self.arcs, path.ends, weight, used, self.tolerance, where)


class _Path:
    """The optimal basis as the weight rises, with its duals at the scores of weights 0 and 1."""

    def __init__(self, network: NetworkSimplex, columns: np.ndarray, arcs: AllArcs | ListedArcs):
        """Find the optimum at weight 0; columns: (2, m, k) factors of the types."""
        self.network = network
        allowed = arcs if isinstance(arcs, ListedArcs) else None
        self.listed = listed(allowed)
        u, v = network.solve(Factors(network.rows, columns[0]), allowed)
        self.ends = tuple(_end(network.rows, part, u.copy(), v.copy()) for part in columns)
        high = self.ends[1]
        depths_and_duals(network.tree, high.rows, high.columns_transposed, high.u, high.v)
        self.kinds, self.first = np.empty(len(u), dtype=np.int64), np.empty((3, len(u)))
        renew_all(self.kinds, self.first, *self.ends, *self.listed)

    def advance(self) -> tuple[float, float]:
        """Go to the weight where the matching changes; that weight as a ratio, or `END` if none."""
        tree, unit = self.network.tree, self.network.unit
        return to_next_vertex(tree, unit, self.kinds, self.first, *self.ends, *self.listed)


def _end(rows: np.ndarray, columns: np.ndarray, u: np.ndarray, v: np.ndarray) -> End:
    """The score at one end, without factors that are zero in all columns."""
    matters = columns.any(axis=0)
    pairs = ((part[:, matters], part[:, matters].T) for part in (rows, columns))
    return End(*(np.ascontiguousarray(part) for pair in pairs for part in pair), u, v)
