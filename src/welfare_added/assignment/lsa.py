"""Optimal matchings by scipy's linear sum assignment, with duals recovered afterwards."""

import numpy as np

from welfare_added.assignment.arcs import Arcs, Factors
from welfare_added.assignment.problem import Problem


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
        self, classes: np.ndarray, among: Arcs | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for class factors (n, k), ``among`` some arcs if given.

        Raises ValueError where no matching exists.
        """
        from scipy.optimize import linear_sum_assignment  # late: a third of a second to load

        arcs = self.problem.arcs if among is None else among
        matrix = arcs.matrix(Factors(self.problem.teachers, classes))
        matching = np.empty(len(matrix), dtype=int)
        for block in self.members:
            part = matrix if len(block) == len(matrix) else matrix[np.ix_(block, block)]
            teacher, position = linear_sum_assignment(part, maximize=True)
            matching[block[position]] = block[teacher]
        u, self.v = recover_duals(matrix, matching, self.v)
        return matching, u, self.v


def recover_duals(
    matrix: np.ndarray, matching: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Duals u (n,), v (n,) that make matched arcs tight and all others feasible.

    matrix: (n, n) worth, minus infinity where there is no arc. Longest paths over classes
    (Bellman-Ford): v_c = max_j v_{c(j)} + s_jc - s_{j c(j)}, from any ``start`` (n,); exact where
    worth and start are whole numbers. It stops
    after n rounds at the latest; on a matching that is not optimal the duals then violate some
    arc, which the certificate shows.
    """
    n = len(matrix)
    home = np.argsort(matching)
    held = matrix[np.arange(n), home]
    noise = 1e-14 * np.abs(matrix, where=np.isfinite(matrix), out=np.zeros_like(matrix)).max()
    v = start.copy()
    for _ in range(n + 1):
        rise = (matrix - (held - v[home])[:, None]).max(axis=0) - v
        if rise.max() <= noise:
            break
        v = v + np.maximum(rise, 0.0)
    return held - v[home], v
