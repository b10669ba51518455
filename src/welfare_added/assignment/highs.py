"""Optimal matchings by HiGHS: simplex over a window of arcs, priced against all arcs.

Our own network simplex proposes a basis; the window is that basis and the arcs that may be as
good. HiGHS proves the basis optimal or goes on from it, and arcs that its duals show to be
better join the window, until none is left.
"""

import numpy as np

from welfare_added.assignment.arcs import Factors, ListedArcs, TightArcs, arcs_between
from welfare_added.assignment.network import NetworkSimplex
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.programme import Programme, SolverStall
from welfare_added.assignment.types import merge

PRICED = 1e-10  # violation, relative to the largest score, that sends an arc into the window
NEAR = 1e-9  # reduced cost, relative to the largest score, of arcs that are in it from the start
ROUNDS = 60


class HighsEngine:
    """Solves a cell's problem at one weight after the other, each from the last basis."""

    def __init__(self, problem: Problem):
        """Merge equal classes into types."""
        self.types = merge(problem)
        self.teachers = problem.teachers
        self.arcs = arcs_between(problem.blocks, problem.blocks[self.types.first])
        self.network = NetworkSimplex(problem, self.types)
        self.programme = Programme(self.types.supply, len(problem.teachers))

    def solve(
        self, classes: np.ndarray, among: ListedArcs | TightArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for class factors (n, k), ``among`` some arcs if given.

        The present basis must use those arcs only. Raises SolverStall where there is no optimum.
        """
        scale = Factors(self.teachers, classes).largest or 1.0
        worth = Factors(self.teachers, classes[self.types.first] / scale)
        arcs = self.arcs if among is None else among.of_types(self.types.first)
        proposal = self.network.solve(worth, arcs if isinstance(arcs, ListedArcs) else None)
        near = arcs.above(Factors(worth.teachers, worth.classes, *proposal), -NEAR)
        self.programme.load(near, self._worth(worth, near), *self.network.basis())
        for _ in range(ROUNDS):
            duals = np.split(self.programme.run(), [len(self.teachers)])
            better = arcs.violators(Factors(worth.teachers, worth.classes, *duals), PRICED)
            if len(better):
                better = np.setdiff1d(better, self.programme.window, assume_unique=True)
            if len(better) == 0:
                matching = self.types.matching(self.programme.used())
                return matching, duals[0] * scale, (duals[1] * scale)[self.types.of]
            self.programme.extend(better, self._worth(worth, better))
        raise SolverStall(f"{ROUNDS} rounds of pricing")

    def _worth(self, worth: Factors, arcs: np.ndarray) -> np.ndarray:
        return worth.pairs(*np.divmod(arcs, len(self.types.first)))
