"""Network simplex for rows and types of columns, starting from the last optimal basis.

Nodes are the n rows (0..n-1) and m types of columns (n..n+m-1); a basis is a forest of arcs, one
tree per block. Supplies are perturbed (each row by one part in ``unit``, the last type of a
block by as many as the block has rows), so that no basis is degenerate and every pivot raises the
value; rounding the flows removes the perturbation.

Factors are whole numbers, and so are scores, duals and reduced costs, all below 2^53. Every sum is
therefore exact, in whatever order the compiled code adds, and so is the sign of a reduced cost.
"""

import numpy as np

from welfare_added.assignment.arcs import Factors, ListedArcs, TightArcs, arcs_between
from welfare_added.assignment.problem import Problem, SolverStall
from welfare_added.assignment.simplex_loops import optimise
from welfare_added.assignment.types import Types, merge
from welfare_added.assignment.whole import EXACT

# For each node: the parent (-1 at a root) and the flow on the arc to it; the first child and the
# neighbours among the parent's children (-1 if none); the distance from the root.
FIELDS = ("parent", "flow", "child", "younger", "older", "depth")
NODE = np.dtype([(name, np.int64) for name in FIELDS])


class NetworkSimplex:
    """Keeps a basis of a problem and moves it to the optimum of one score after the other."""

    def __init__(self, problem: Problem, types: Types):
        """Take a problem and the types of its columns."""
        self.rows = np.ascontiguousarray(problem.rows)
        self.blocks, self.type_blocks = problem.blocks, problem.blocks[types.first]
        self.supply = types.supply
        self.unit = 4 * len(self.rows)
        self.tree: np.ndarray | None = None

    def solve(
        self, worth: Factors, arcs: ListedArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Duals u (n,) and v (m,) of the optimum over ``arcs`` (row to type; None: all).

        worth: factors of rows and types, whole numbers. The present basis must use ``arcs`` only.
        Raises SolverStall after too many pivots, or where duals grow too large to be exact.
        """
        if self.tree is None:
            self.tree = self._north_west_corner(worth.columns)
        starts, types = listed(arcs)
        n, m = len(self.rows), len(self.supply)
        u, v = np.empty(n), np.empty(m)
        factors = np.ascontiguousarray(worth.columns.T)
        most = 1000 * (n + m)
        reach = (EXACT - worth.largest) / 2
        if optimise(self.tree, self.rows, factors, u, v, starts, types, most, reach) == most:
            self.tree = None
            raise SolverStall(f"{most} pivots without an optimum, or duals above {reach:.3g}")
        return u, v

    def used(self) -> np.ndarray:
        """Codes of the arcs that the optimum uses, ascending."""
        whole = (self.tree["flow"] + self.unit // 2) // self.unit
        return np.sort(self._codes(np.flatnonzero((self.tree["parent"] >= 0) & (whole > 0))))

    def _codes(self, nodes: np.ndarray) -> np.ndarray:
        n, m = len(self.rows), len(self.supply)
        parents = self.tree["parent"][nodes]
        return np.minimum(nodes, parents) * m + np.maximum(nodes, parents) - n

    def _north_west_corner(self, columns: np.ndarray) -> np.ndarray:
        """Starting basis by the north-west corner rule: assortative matching within each block.

        Rows and types are sorted by the factor that matters most; optimal where k is 1.
        """
        n, m = len(self.rows), len(self.supply)
        main = np.argmax(np.abs(columns).sum(axis=0) * np.abs(self.rows).sum(axis=0))
        by_row = np.lexsort((self.rows[:, main], self.blocks))
        by_type = np.lexsort((columns[:, main], self.type_blocks))
        block = self.type_blocks[by_type]
        last = by_type[np.append(block[1:] != block[:-1], True)]
        right = self.unit * self.supply
        right[last] += np.unique(self.blocks, return_counts=True)[1]
        ends = np.arange(1, n + 1) * (self.unit + 1), np.cumsum(right[by_type])
        cuts = np.union1d(*ends)
        row = by_row[np.searchsorted(ends[0], cuts)]
        column = by_type[np.searchsorted(ends[1], cuts)]
        starts_block = np.append(True, self.blocks[row[1:]] != self.blocks[row[:-1]])
        new_row = np.append(False, row[1:] != row[:-1]) & ~starts_block
        tree = np.full(n + m, -1, dtype=NODE)
        node = np.where(new_row, row, n + column)
        tree["parent"][node] = np.where(new_row, n + column, row)
        tree["flow"][node] = np.diff(cuts, prepend=0)
        return tree


class NetworkEngine:
    """Solves a problem at one weight after the other, each from the last basis."""

    def __init__(self, problem: Problem):
        """Merge equal columns into types; the problem's factors are whole numbers."""
        self.types = merge(problem)
        self.rows = problem.rows
        self.arcs = arcs_between(problem.blocks, problem.blocks[self.types.first])
        self.network = NetworkSimplex(problem, self.types)

    def solve(
        self, columns: np.ndarray, among: ListedArcs | TightArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for column factors (n, k), using the arcs ``among``.

        None stands for all arcs; the present basis must use no others. Raises SolverStall where no
        optimum is reached.
        """
        arcs = self.arcs if among is None else among.of_types(self.types.first)
        worth = Factors(self.rows, columns[self.types.first])
        u, v = self.network.solve(worth, arcs if isinstance(arcs, ListedArcs) else None)
        return self.types.matching(self.network.used()), u, v[self.types.of]


def listed(arcs: ListedArcs | None) -> tuple[np.ndarray, np.ndarray]:
    """Allowed types row after row, and where each row's start, (n + 1,); both empty if all are.

    Returned in the order starts, types.
    """
    if arcs is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    n, m = arcs.shape
    return np.searchsorted(arcs.codes, np.arange(n + 1) * m), arcs.codes % m
