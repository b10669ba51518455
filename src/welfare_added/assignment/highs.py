"""Optimal matchings by HiGHS with column generation: simplex over a subset of arcs, the window.

Our own network simplex proposes a basis; the window is that basis and the arcs of reduced cost
near zero. HiGHS proves the basis optimal or improves it, and arcs of positive reduced cost are
added to the window until none is left. HiGHS's duals carry rounding errors; those returned are
exact, either the proposal's or recovered from the matching.
"""

import numpy as np

from welfare_added.assignment.arcs import Factors, ListedArcs, TightArcs
from welfare_added.assignment.lsa import recover_duals
from welfare_added.assignment.network import NetworkEngine
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.programme import Programme, SolverStall

PRICED = 1e-10  # arcs of larger reduced cost, relative to the largest score, join the window
NEAR = 1e-9  # arcs whose reduced cost is above minus this, so scaled, are in it from the start
ROUNDS = 60  # of adding arcs, at most


class HighsEngine:
    """Solves a problem at one weight after the other, each from the last basis."""

    def __init__(self, problem: Problem):
        """Take a problem whose factors are whole numbers."""
        self.proposer = NetworkEngine(problem)
        self.types = self.proposer.types
        self.programme = Programme(self.types.supply, len(problem.rows))
        self.every = problem.arcs

    def solve(
        self, columns: np.ndarray, among: ListedArcs | TightArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for column factors (n, k), using the arcs ``among``.

        None stands for all arcs; the present basis must use no others. Raises SolverStall where no
        optimum is reached.
        """
        rows, arcs = self.proposer.rows, self.proposer.among(among)
        scale = Factors(rows, columns).largest or 1.0
        worth = Factors(rows, columns[self.types.first] / scale)
        proposal = self.proposer.propose(columns, among)
        near = Factors(rows, worth.columns, *(part / scale for part in proposal))
        near = arcs.above(near, -NEAR)
        self.programme.load(near, self._worth(worth, near), *self.proposer.network.basis())
        pivots = 0
        for _ in range(ROUNDS):
            duals = np.split(self.programme.run(), [len(rows)])
            pivots += self.programme.pivots()
            better = arcs.violators(Factors(rows, worth.columns, *duals), PRICED)
            if len(better):
                better = np.setdiff1d(better, self.programme.window, assume_unique=True)
            if len(better) == 0:
                matching = self.types.matching(self.programme.used())
                if pivots == 0:
                    return matching, proposal[0], proposal[1][self.types.of]
                start = np.rint(duals[1] * scale)[self.types.of]
                matrix = (self.every if among is None else among).matrix(Factors(rows, columns))
                return matching, *recover_duals(matrix, matching, start)
            self.programme.extend(better, self._worth(worth, better))
        raise SolverStall(f"{ROUNDS} rounds of pricing")

    def _worth(self, worth: Factors, arcs: np.ndarray) -> np.ndarray:
        return worth.pairs(*np.divmod(arcs, len(self.types.first)))
