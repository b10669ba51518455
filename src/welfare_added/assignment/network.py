"""Network simplex for rows and types of columns, compiled, starting from the last optimal basis.

Nodes are the n rows (0..n-1) and m types of columns (n..n+m-1); a basis is a forest of arcs, one
tree per block. Supplies are perturbed (each row by one part in ``unit``, the last type of a
block by as many as the block has rows), so that no basis is degenerate and every pivot raises the
value; rounding the flows removes the perturbation.

Factors are whole numbers, and so are scores, duals and reduced costs, all below 2^53. Every sum is
therefore exact, in whatever order the compiled code adds, and so is the sign of a reduced cost.
An arc of positive reduced cost is said to pay.
"""

import numpy as np
from numba import njit

from welfare_added.assignment.arcs import AllArcs, Factors, ListedArcs, TightArcs, arcs_between
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.programme import SolverStall
from welfare_added.assignment.types import Types, merge
from welfare_added.assignment.whole import EXACT

ROWS = 4  # rows whose arcs are priced before the best of these enters

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
        if _optimise(self.tree, self.rows, factors, u, v, starts, types, most, reach) == most:
            self.tree = None
            raise SolverStall(f"{most} pivots without an optimum, or duals above {reach:.3g}")
        return u, v

    def basis(self) -> tuple[np.ndarray, np.ndarray]:
        """Codes (row to type) of the basic arcs, ascending, and the nodes that are roots."""
        nodes = np.flatnonzero(self.tree["parent"] >= 0)
        return np.sort(self._codes(nodes)), np.flatnonzero(self.tree["parent"] < 0)

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
        u, v = self.propose(columns, among)
        return self.types.matching(self.network.used()), u, v[self.types.of]

    def propose(
        self, columns: np.ndarray, among: ListedArcs | TightArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Move the basis to the optimum; its duals u (n,) and v (m,)."""
        arcs = self.among(among)
        worth = Factors(self.rows, columns[self.types.first])
        return self.network.solve(worth, arcs if isinstance(arcs, ListedArcs) else None)

    def among(self, arcs: ListedArcs | TightArcs | None) -> AllArcs | ListedArcs:
        """Arcs from rows to types: all that are allowed, or those of the given row-column arcs."""
        return self.arcs if arcs is None else arcs.of_types(self.types.first)


def listed(arcs: ListedArcs | None) -> tuple[np.ndarray, np.ndarray]:
    """Allowed types row after row, and where each row's start, (n + 1,); both empty if all are.

    Returned in the order starts, types.
    """
    if arcs is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    n, m = arcs.shape
    return np.searchsorted(arcs.codes, np.arange(n + 1) * m), arcs.codes % m


@njit(cache=True)
def _optimise(tree, rows, factors, u, v, starts, types, most, reach):
    """Pivot until no reduced cost is positive; returns the number of pivots, ``most`` at most.

    rows: (n, k); factors: (k, m) of the types; u (n,) and v (m,) receive the duals. Also returns
    ``most`` if a dual might exceed ``reach``.
    """
    n, m = len(u), len(v)
    largest = depths_and_duals(tree, rows, factors, u, v)
    worth, stack = np.empty(m), np.empty(n + m, np.int64)
    row = unchanged = pivots = 0
    if largest > reach:
        return most
    while unchanged < n and pivots < most:
        best, best_row, kind = 0.0, -1, -1
        for _ in range(min(ROWS, n - unchanged)):
            gain, column = _best_type(row, rows, factors, u, v, starts, types, worth)
            if gain > best:
                best, best_row, kind = gain, row, column
            unchanged += 1
            row = row + 1 if row + 1 < n else 0
        if best_row >= 0:
            largest += best
            if largest > reach:
                largest = best + depths_and_duals(tree, rows, factors, u, v)
                if largest > reach:
                    return most
            top, sign, _ = exchange(tree, best_row, n + kind)
            shift(tree, top, sign * best, u, v, stack)
            pivots += 1
            unchanged = 0
    depths_and_duals(tree, rows, factors, u, v)
    return pivots


@njit(cache=True)
def _worth(rows, factors, row, kind):
    """Score of one arc."""
    total = 0.0
    for k in range(len(factors)):
        total += rows[row, k] * factors[k, kind]
    return total


@njit(cache=True)
def depths_and_duals(tree, rows, factors, u, v):
    """Work out children, depths and duals of all nodes from their parents; roots have dual zero.

    Returns the largest absolute dual.
    """
    n, largest = len(u), 0.0
    order = np.empty(len(tree), np.int64)
    for node in range(len(tree)):
        tree[node].child = -1
    count = 0
    for node in range(len(tree)):
        if tree[node].parent >= 0:
            _attach(tree, node, tree[node].parent)
        else:
            order[count] = node
            tree[node].depth = 0
            if node < n:
                u[node] = 0.0
            else:
                v[node - n] = 0.0
            count += 1
    at = 0
    while at < count:
        above = order[at]
        node = tree[above].child
        while node >= 0:
            tree[node].depth = tree[above].depth + 1
            if node < n:
                u[node] = _worth(rows, factors, node, above - n) - v[above - n]
                largest = max(largest, abs(u[node]))
            else:
                v[node - n] = _worth(rows, factors, above, node - n) - u[above]
                largest = max(largest, abs(v[node - n]))
            order[count] = node
            count += 1
            node = tree[node].younger
        at += 1
    return largest


@njit(cache=True)
def _best_type(row, rows, factors, u, v, starts, types, worth):
    """Largest reduced cost of a row's arcs and the type it leads to; 0 and -1 if none pays."""
    if len(starts) == 0:
        if _count_above(u[row], row, rows, factors, v, worth) == 0:
            return 0.0, -1
        at = np.argmax(worth)
        return worth[at] - u[row], at
    best, at = -np.inf, -1
    for i in range(starts[row], starts[row + 1]):
        value = _worth(rows, factors, row, types[i]) - v[types[i]]
        if value > best:
            best, at = value, types[i]
    return best - u[row], at


@njit(cache=True, fastmath=True)
def _count_above(level, row, rows, factors, v, worth):
    """Fill ``worth`` (m,) with a row's scores minus the types' duals; count those above a level.

    A processor counts several at a time, which it cannot do for a maximum.
    """
    for column in range(len(v)):
        worth[column] = -v[column]
    for k in range(len(factors)):
        factor = rows[row, k]
        for column in range(len(v)):
            worth[column] += factor * factors[k, column]
    count = 0
    for column in range(len(v)):
        count += worth[column] > level
    return count


@njit(cache=True)
def exchange(tree, row, kind):
    """One pivot: the arc row -> kind (nodes) enters, and the first arc to lose its flow leaves.

    The part of the tree below the leaving arc is attached to the entering one. Returns the top node
    of that part, the sign (1 or -1) by which its duals change by the entering arc's reduced cost
    (rows by the sign, types by its opposite), and the flow moved.
    """
    flow, leaving, row_side = _smallest_flow(tree, row, kind)
    _push(tree, row, kind, flow)
    entering, above = (row, kind) if row_side else (kind, row)
    node, new_flow = entering, flow
    while True:
        old_parent, old_flow = tree[node].parent, tree[node].flow
        _detach(tree, node)
        _attach(tree, node, above)
        tree[node].flow = new_flow
        if node == leaving:
            break
        node, above, new_flow = old_parent, node, old_flow
    return entering, 1.0 if row_side else -1.0, flow


@njit(cache=True)
def _smallest_flow(tree, row, kind):
    """Largest flow around the cycle, the node whose arc it empties, and on which side that is.

    From either end upward every other arc, beginning with the first, loses flow.
    """
    flow, leaving, row_side = np.int64(2**62), -1, True
    a, b = row, kind
    a_loses = b_loses = True
    while a != b:
        if tree[a].depth >= tree[b].depth:
            if a_loses and tree[a].flow < flow:
                flow, leaving, row_side = tree[a].flow, a, True
            a, a_loses = tree[a].parent, not a_loses
        else:
            if b_loses and tree[b].flow < flow:
                flow, leaving, row_side = tree[b].flow, b, False
            b, b_loses = tree[b].parent, not b_loses
    return flow, leaving, row_side


@njit(cache=True)
def _push(tree, row, kind, flow):
    """Move ``flow`` around the cycle: its arcs lose and gain it in turn."""
    a, b = row, kind
    change_a = change_b = -flow
    while a != b:
        if tree[a].depth >= tree[b].depth:
            tree[a].flow += change_a
            change_a = -change_a
            a = tree[a].parent
        else:
            tree[b].flow += change_b
            change_b = -change_b
            b = tree[b].parent


@njit(cache=True)
def shift(tree, top, by, u, v, stack):
    """Update the depths and duals below ``top``: rows' duals rise by ``by``, types' fall by it.

    ``stack`` receives the nodes; returns their number.
    """
    n = len(u)
    stack[0] = top
    count, at = 1, 0
    while at < count:
        node = stack[at]
        tree[node].depth = tree[tree[node].parent].depth + 1
        if node < n:
            u[node] += by
        else:
            v[node - n] -= by
        child = tree[node].child
        while child >= 0:
            stack[count] = child
            count += 1
            child = tree[child].younger
        at += 1
    return count


@njit(cache=True)
def _attach(tree, node, parent):
    """Attach a node, with all below it, to a parent."""
    first = tree[parent].child
    tree[node].parent = parent
    tree[node].older = -1
    tree[node].younger = first
    if first >= 0:
        tree[first].older = node
    tree[parent].child = node


@njit(cache=True)
def _detach(tree, node):
    """Detach a node, with all below it, from its parent."""
    older, younger = tree[node].older, tree[node].younger
    if older >= 0:
        tree[older].younger = younger
    else:
        tree[tree[node].parent].child = younger
    if younger >= 0:
        tree[younger].older = older
