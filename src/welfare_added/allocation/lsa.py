"""Optimal matchings by scipy's linear sum assignment, with duals recovered afterwards."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from welfare_added.allocation.arcs import Arcs
from welfare_added.allocation.certificate import largest_score
from welfare_added.allocation.problem import Problem


class LsaEngine:
    """Solves a cell's problem at one weight after the other; block by block."""

    def __init__(self, problem: Problem):
        """Split the cell into its blocks."""
        self.problem = problem
        order = np.argsort(problem.blocks, kind="stable")
        cuts = np.flatnonzero(np.diff(problem.blocks[order])) + 1
        self.members = np.split(order, cuts)
        self.v = np.zeros(len(problem.blocks))

    def solve(
        self, classes: np.ndarray, shut: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for class factors (n, k); ``shut`` arcs (A,) are barred.

        Raises ValueError where no matching exists.
        """
        arcs = self.problem.arcs
        scores = arcs.scores(self.problem.teachers, classes)
        if shut is not None:
            scores[shut] = -np.inf
        matrix = np.full(arcs.shape, -np.inf)
        matrix[arcs.rows, arcs.columns] = scores
        matching = np.empty(arcs.shape[0], dtype=int)
        for block in self.members:
            teacher, position = linear_sum_assignment(matrix[np.ix_(block, block)], maximize=True)
            matching[block[position]] = block[teacher]
        u, self.v = recover_duals(arcs, scores, matching, self.v)
        return matching, u, self.v


def recover_duals(
    arcs: Arcs, scores: np.ndarray, matching: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Duals u (n,), v (n,) that make matched arcs tight and all others feasible.

    Longest paths over classes (Bellman-Ford): v_c = max_j v_{c(j)} + s_jc - s_{j c(j)}, from any
    ``start`` (n,). It stops after n rounds at the latest; on a matching that is not optimal the
    duals then violate some arc, which the certificate shows.
    """
    n = arcs.shape[0]
    home = np.empty(n, dtype=int)
    home[matching] = np.arange(n)
    held = scores[arcs.find(np.arange(n), home)]
    v = start.copy()
    noise = 1e-14 * largest_score(scores)
    for _ in range(n + 1):
        u = held - v[home]
        rise = arcs.column_max(arcs.reduced(scores, u, v))
        if rise.max() <= noise:
            break
        v = v + np.maximum(rise, 0.0)
    return held - v[home], v
