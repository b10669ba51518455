"""Optimal matchings by HiGHS: simplex over a window of arcs, priced against all arcs.

Our own network simplex proposes a basis; the window is that basis and the arcs that may be as
good. HiGHS proves the basis optimal or goes on from it, and arcs that its duals show to be
better join the window, until none is left. Its duals are rounded by linear algebra; those of the
answer are exact, the proposal's own or recovered from the matching.
"""

import numpy as np

from welfare_added.assignment.arcs import Factors, ListedArcs, TightArcs
from welfare_added.assignment.lsa import recover_duals
from welfare_added.assignment.network import NetworkEngine
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.programme import Programme, SolverStall

PRICED = 1e-10  # violation, relative to the largest score, that sends an arc into the window
NEAR = 1e-9  # reduced cost, relative to the largest score, of arcs that are in it from the start
ROUNDS = 60


class HighsEngine:
    """Solves a cell's problem at one weight after the other, each from the last basis."""

    def __init__(self, problem: Problem):
        """Take a cell whose factors are whole numbers."""
        self.proposer = NetworkEngine(problem)
        self.types = self.proposer.types
        self.programme = Programme(self.types.supply, len(problem.teachers))
        self.every = problem.arcs

    def solve(
        self, classes: np.ndarray, among: ListedArcs | TightArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for class factors (n, k), ``among`` some arcs if given.

        The present basis must use those arcs only. Raises SolverStall where there is no optimum.
        """
        teachers, arcs = self.proposer.teachers, self.proposer.among(among)
        scale = Factors(teachers, classes).largest or 1.0
        worth = Factors(teachers, classes[self.types.first] / scale)
        proposal = self.proposer.propose(classes, among)
        near = Factors(teachers, worth.classes, *(part / scale for part in proposal))
        near = arcs.above(near, -NEAR)
        self.programme.load(near, self._worth(worth, near), *self.proposer.network.basis())
        pivots = 0
        for _ in range(ROUNDS):
            duals = np.split(self.programme.run(), [len(teachers)])
            pivots += self.programme.pivots()
            better = arcs.violators(Factors(teachers, worth.classes, *duals), PRICED)
            if len(better):
                better = np.setdiff1d(better, self.programme.window, assume_unique=True)
            if len(better) == 0:
                matching = self.types.matching(self.programme.used())
                if pivots == 0:
                    return matching, proposal[0], proposal[1][self.types.of]
                start = np.rint(duals[1] * scale)[self.types.of]
                matrix = (self.every if among is None else among).matrix(Factors(teachers, classes))
                return matching, *recover_duals(matrix, matching, start)
            self.programme.extend(better, self._worth(worth, better))
        raise SolverStall(f"{ROUNDS} rounds of pricing")

    def _worth(self, worth: Factors, arcs: np.ndarray) -> np.ndarray:
        return worth.pairs(*np.divmod(arcs, len(self.types.first)))
