"""Optimal matchings by HiGHS: simplex over a window of arcs, priced against all arcs.

Our own network simplex proposes a basis; the window is that basis and the arcs that may be as
good. HiGHS proves the basis optimal or goes on from it, and arcs that its duals show to be
better join the window, until none is left.
"""

import numpy as np

from welfare_added.allocation.arcs import Factors, ListedArcs, arcs_between
from welfare_added.allocation.network import NetworkSimplex
from welfare_added.allocation.places import equal_rows
from welfare_added.allocation.problem import Problem
from welfare_added.allocation.programme import Programme, SolverStall

PRICED = 1e-10  # violation, relative to the largest score, that sends an arc into the window
NEAR = 1e-9  # reduced cost, relative to the largest score, of arcs that are in it from the start
ROUNDS = 60


class HighsEngine:
    """Solves a cell's problem at one weight after the other, each from the last basis."""

    def __init__(self, problem: Problem):
        """Merge equal classes into types."""
        layers = [problem.blocks[:, None], *problem.classes, *problem.ties.values()]
        self.type_of = equal_rows(*layers)
        _, self.first, self.supply = np.unique(self.type_of, return_index=True, return_counts=True)
        self.classes_by_type = np.argsort(self.type_of, kind="stable")
        self.teachers = problem.teachers
        self.arcs = arcs_between(problem.blocks, problem.blocks[self.first])
        self.network = NetworkSimplex(
            problem.teachers, problem.blocks, problem.blocks[self.first], self.supply
        )
        self.programme = Programme(self.supply, len(problem.teachers))

    def solve(
        self, classes: np.ndarray, among: ListedArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for class factors (n, k), ``among`` some arcs if given.

        The present basis must use those arcs only. Raises SolverStall where there is no optimum.
        """
        scale = Factors(self.teachers, classes).largest or 1.0
        worth = Factors(self.teachers, classes[self.first] / scale)
        arcs = self.arcs if among is None else _between_types(among, self.first)
        proposal = self.network.solve(worth, arcs if isinstance(arcs, ListedArcs) else None)
        near = arcs.above(Factors(worth.teachers, worth.classes, *proposal), -NEAR)
        self.programme.load(near, self._worth(worth, near), *self.network.basis())
        for _ in range(ROUNDS):
            duals = np.split(self.programme.run(), [len(self.teachers)])
            better = arcs.violators(Factors(worth.teachers, worth.classes, *duals), PRICED)
            if len(better):
                better = np.setdiff1d(better, self.programme.window, assume_unique=True)
            if len(better) == 0:
                return self._matching(), duals[0] * scale, (duals[1] * scale)[self.type_of]
            self.programme.extend(better, self._worth(worth, better))
        raise SolverStall(f"{ROUNDS} rounds of pricing")

    def _worth(self, worth: Factors, arcs: np.ndarray) -> np.ndarray:
        return worth.pairs(*np.divmod(arcs, len(self.first)))

    def _matching(self) -> np.ndarray:
        """Teacher of each class from the arcs in use."""
        teachers, types = np.divmod(self.programme.used(), len(self.first))
        if not np.array_equal(np.bincount(types, minlength=len(self.supply)), self.supply):
            raise SolverStall("the vertex is not a matching")
        matching = np.empty(len(self.teachers), dtype=int)
        matching[self.classes_by_type] = teachers[np.argsort(types, kind="stable")]
        return matching


def _between_types(arcs: ListedArcs, first: np.ndarray) -> ListedArcs:
    """Arcs teacher x type among arcs teacher x class; ``first`` (m,) is a class of each type."""
    rows, columns = np.divmod(arcs.codes, arcs.shape[1])
    type_of = np.full(arcs.shape[1], -1)
    type_of[first] = np.arange(len(first))
    here = type_of[columns] >= 0
    codes = np.sort(rows[here] * len(first) + type_of[columns[here]])
    return ListedArcs(codes, (arcs.shape[0], len(first)))
