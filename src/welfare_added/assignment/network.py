"""Network simplex for teachers and types of classes, compiled: the optimal basis from the last one.

Nodes are the n teachers (0..n-1) and m types of classes (n..n+m-1); a basis is a forest of arcs,
one tree a block. Supplies are perturbed (each teacher by one part in ``unit``, the last type of a
block by as many as the block has teachers), so that no basis is degenerate and no pivot is idle;
rounding the flows takes the perturbation away.

Factors are whole numbers. So are then scores, duals and reduced costs, all below 2^53: every sum is
exact, in whatever order the compiled code adds, and an arc pays or it does not.
"""

import numpy as np
from numba import njit

from welfare_added.assignment.arcs import AllArcs, Factors, ListedArcs, TightArcs, arcs_between
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.programme import SolverStall
from welfare_added.assignment.types import Types, merge
from welfare_added.assignment.whole import EXACT

ROWS = 4  # teachers whose arcs are looked at before the best of them enters

# Of each node: the parent (-1 at a root) and the flow on the arc to it; the first child and the
# neighbours among the parent's children (-1 if none); the distance from the root.
FIELDS = ("parent", "flow", "child", "younger", "older", "depth")
NODE = np.dtype([(name, np.int64) for name in FIELDS])


class NetworkSimplex:
    """Keeps a basis of a cell and moves it to the optimum of one score after the other."""

    def __init__(self, problem: Problem, types: Types):
        """Take a cell and its classes merged into types."""
        self.teachers = np.ascontiguousarray(problem.teachers)
        self.blocks, self.type_blocks = problem.blocks, problem.blocks[types.first]
        self.supply = types.supply
        self.unit = 4 * len(self.teachers)
        self.tree: np.ndarray | None = None

    def solve(
        self, worth: Factors, arcs: ListedArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Duals u (n,) and v (m,) of the optimum over ``arcs`` (teacher x type; None: all).

        ``worth`` holds whole numbers. The present basis must use ``arcs`` only. Raises SolverStall
        after too many pivots, or where duals grow too large to be exact.
        """
        if self.tree is None:
            self.tree = self._staircase(worth.classes)
        starts, types = listed(arcs)
        n, m = len(self.teachers), len(self.supply)
        u, v = np.empty(n), np.empty(m)
        factors = np.ascontiguousarray(worth.classes.T)
        most = 1000 * (n + m)
        reach = (EXACT - worth.largest) / 2
        if _optimise(self.tree, self.teachers, factors, u, v, starts, types, most, reach) == most:
            self.tree = None
            raise SolverStall(f"{most} pivots without an optimum, or duals above {reach:.3g}")
        return u, v

    def basis(self) -> tuple[np.ndarray, np.ndarray]:
        """Codes (teacher x type) of the basic arcs, ascending, and the nodes that are roots."""
        nodes = np.flatnonzero(self.tree["parent"] >= 0)
        return np.sort(self._codes(nodes)), np.flatnonzero(self.tree["parent"] < 0)

    def used(self) -> np.ndarray:
        """Codes of the arcs that the optimum uses, ascending."""
        whole = (self.tree["flow"] + self.unit // 2) // self.unit
        return np.sort(self._codes(np.flatnonzero((self.tree["parent"] >= 0) & (whole > 0))))

    def _codes(self, nodes: np.ndarray) -> np.ndarray:
        n, m = len(self.teachers), len(self.supply)
        parents = self.tree["parent"][nodes]
        return np.minimum(nodes, parents) * m + np.maximum(nodes, parents) - n

    def _staircase(self, classes: np.ndarray) -> np.ndarray:
        """Basis of the north-west corner: within a block the best teachers take the best types.

        Optimal where a single factor matters.
        """
        n, m = len(self.teachers), len(self.supply)
        main = np.argmax(np.abs(classes).sum(axis=0) * np.abs(self.teachers).sum(axis=0))
        rows = np.lexsort((self.teachers[:, main], self.blocks))
        columns = np.lexsort((classes[:, main], self.type_blocks))
        block = self.type_blocks[columns]
        last = columns[np.append(block[1:] != block[:-1], True)]
        right = self.unit * self.supply
        right[last] += np.unique(self.blocks, return_counts=True)[1]
        ends = np.arange(1, n + 1) * (self.unit + 1), np.cumsum(right[columns])
        cuts = np.union1d(*ends)
        row, column = rows[np.searchsorted(ends[0], cuts)], columns[np.searchsorted(ends[1], cuts)]
        starts_block = np.append(True, self.blocks[row[1:]] != self.blocks[row[:-1]])
        new_row = np.append(False, row[1:] != row[:-1]) & ~starts_block
        tree = np.full(n + m, -1, dtype=NODE)
        node = np.where(new_row, row, n + column)
        tree["parent"][node] = np.where(new_row, n + column, row)
        tree["flow"][node] = np.diff(cuts, prepend=0)
        return tree


class NetworkEngine:
    """Solves a cell's problem at one weight after the other, each from the last basis."""

    def __init__(self, problem: Problem):
        """Merge equal classes into types; the cell's factors are whole numbers."""
        self.types = merge(problem)
        self.teachers = problem.teachers
        self.arcs = arcs_between(problem.blocks, problem.blocks[self.types.first])
        self.network = NetworkSimplex(problem, self.types)

    def solve(
        self, classes: np.ndarray, among: ListedArcs | TightArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for class factors (n, k), ``among`` some arcs if given.

        The present basis must use those arcs only. Raises SolverStall where there is no optimum.
        """
        u, v = self.propose(classes, among)
        return self.types.matching(self.network.used()), u, v[self.types.of]

    def propose(
        self, classes: np.ndarray, among: ListedArcs | TightArcs | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Move the basis to the optimum; its duals u (n,) and v (m,)."""
        arcs = self.among(among)
        worth = Factors(self.teachers, classes[self.types.first])
        return self.network.solve(worth, arcs if isinstance(arcs, ListedArcs) else None)

    def among(self, arcs: ListedArcs | TightArcs | None) -> AllArcs | ListedArcs:
        """Arcs teacher x type: all that are allowed, or the given ones to classes."""
        return self.arcs if arcs is None else arcs.of_types(self.types.first)


def listed(arcs: ListedArcs | None) -> tuple[np.ndarray, np.ndarray]:
    """Where each teacher's types start, (n + 1,), and the types; both empty if all are allowed."""
    if arcs is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    n, m = arcs.shape
    return np.searchsorted(arcs.codes, np.arange(n + 1) * m), arcs.codes % m


@njit(cache=True)
def _optimise(tree, teachers, factors, u, v, starts, types, most, reach):
    """Pivot until no arc's reduced cost is positive; count the pivots, ``most`` at most.

    teachers: (n, k); factors: (k, m); u (n,) and v (m,) receive the duals. ``most`` is also the
    answer if a dual might exceed ``reach``.
    """
    n, m = len(u), len(v)
    largest = hang(tree, teachers, factors, u, v)
    worth, stack = np.empty(m), np.empty(n + m, np.int64)
    row = unchanged = pivots = 0
    if largest > reach:
        return most
    while unchanged < n and pivots < most:
        best, teacher, kind = 0.0, -1, -1
        for _ in range(min(ROWS, n - unchanged)):
            gain, column = _best_type(row, teachers, factors, u, v, starts, types, worth)
            if gain > best:
                best, teacher, kind = gain, row, column
            unchanged += 1
            row = row + 1 if row + 1 < n else 0
        if teacher >= 0:
            largest += best
            if largest > reach:
                largest = best + hang(tree, teachers, factors, u, v)
                if largest > reach:
                    return most
            top, sign, _ = exchange(tree, teacher, n + kind)
            shift(tree, top, sign * best, u, v, stack)
            pivots += 1
            unchanged = 0
    hang(tree, teachers, factors, u, v)
    return pivots


@njit(cache=True)
def _worth(teachers, factors, teacher, kind):
    """Score of one arc."""
    total = 0.0
    for k in range(len(factors)):
        total += teachers[teacher, k] * factors[k, kind]
    return total


@njit(cache=True)
def hang(tree, teachers, factors, u, v):
    """List the children of every node; depths and duals from the roots, whose dual is zero.

    Gives the largest absolute dual.
    """
    n, largest = len(u), 0.0
    order = np.empty(len(tree), np.int64)
    for node in range(len(tree)):
        tree[node].child = -1
    found = 0
    for node in range(len(tree)):
        if tree[node].parent >= 0:
            _attach(tree, node, tree[node].parent)
        else:
            order[found] = node
            tree[node].depth = 0
            if node < n:
                u[node] = 0.0
            else:
                v[node - n] = 0.0
            found += 1
    at = 0
    while at < found:
        above = order[at]
        node = tree[above].child
        while node >= 0:
            tree[node].depth = tree[above].depth + 1
            if node < n:
                u[node] = _worth(teachers, factors, node, above - n) - v[above - n]
                largest = max(largest, abs(u[node]))
            else:
                v[node - n] = _worth(teachers, factors, above, node - n) - u[above]
                largest = max(largest, abs(v[node - n]))
            order[found] = node
            found += 1
            node = tree[node].younger
        at += 1
    return largest


@njit(cache=True)
def _best_type(row, teachers, factors, u, v, starts, types, worth):
    """Largest reduced cost of a teacher's arcs and the type it leads to; 0 and -1 if none pays."""
    if len(starts) == 0:
        if _count_above(u[row], row, teachers, factors, v, worth) == 0:
            return 0.0, -1
        at = np.argmax(worth)
        return worth[at] - u[row], at
    best, at = -np.inf, -1
    for i in range(starts[row], starts[row + 1]):
        value = _worth(teachers, factors, row, types[i]) - v[types[i]]
        if value > best:
            best, at = value, types[i]
    return best - u[row], at


@njit(cache=True, fastmath=True)
def _count_above(level, row, teachers, factors, v, worth):
    """Fill ``worth`` (m,) with a teacher's scores less the types' duals; count those above a level.

    Counting, unlike a maximum, is done several at a time by the processor.
    """
    for column in range(len(v)):
        worth[column] = -v[column]
    for k in range(len(factors)):
        factor = teachers[row, k]
        for column in range(len(v)):
            worth[column] += factor * factors[k, column]
    count = 0
    for column in range(len(v)):
        count += worth[column] > level
    return count


@njit(cache=True)
def exchange(tree, teacher, kind):
    """Let the arc teacher -> kind (nodes) enter: push flow round its cycle, hang the cut part anew.

    Gives the top of that part, by how much of the arc's reduced cost its duals move (1 or -1: of
    teachers up, of types down), and the flow.
    """
    flow, leaving, teacher_side = _smallest_flow(tree, teacher, kind)
    _push(tree, teacher, kind, flow)
    entering, above = (teacher, kind) if teacher_side else (kind, teacher)
    node, new_flow = entering, flow
    while True:
        old_parent, old_flow = tree[node].parent, tree[node].flow
        _detach(tree, node)
        _attach(tree, node, above)
        tree[node].flow = new_flow
        if node == leaving:
            break
        node, above, new_flow = old_parent, node, old_flow
    return entering, 1.0 if teacher_side else -1.0, flow


@njit(cache=True)
def _smallest_flow(tree, teacher, kind):
    """Flow that can go round the cycle, the node whose arc it empties, and on which side that is.

    From either end upward every other arc, the first included, loses flow.
    """
    flow, leaving, teacher_side = np.int64(2**62), -1, True
    a, b = teacher, kind
    a_loses = b_loses = True
    while a != b:
        if tree[a].depth >= tree[b].depth:
            if a_loses and tree[a].flow < flow:
                flow, leaving, teacher_side = tree[a].flow, a, True
            a, a_loses = tree[a].parent, not a_loses
        else:
            if b_loses and tree[b].flow < flow:
                flow, leaving, teacher_side = tree[b].flow, b, False
            b, b_loses = tree[b].parent, not b_loses
    return flow, leaving, teacher_side


@njit(cache=True)
def _push(tree, teacher, kind, flow):
    """Take ``flow`` from and give it to the arcs of the cycle in turn."""
    a, b = teacher, kind
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
    """Depths of a part that was hung anew, and its duals: teachers' up ``by``, types' down.

    ``stack`` receives its nodes; gives their number.
    """
    n = len(u)
    stack[0] = top
    found, at = 1, 0
    while at < found:
        node = stack[at]
        tree[node].depth = tree[tree[node].parent].depth + 1
        if node < n:
            u[node] += by
        else:
            v[node - n] -= by
        child = tree[node].child
        while child >= 0:
            stack[found] = child
            found += 1
            child = tree[child].younger
        at += 1
    return found


@njit(cache=True)
def _attach(tree, node, parent):
    """Hang a node, with all below it, under a parent."""
    first = tree[parent].child
    tree[node].parent = parent
    tree[node].older = -1
    tree[node].younger = first
    if first >= 0:
        tree[first].older = node
    tree[parent].child = node


@njit(cache=True)
def _detach(tree, node):
    """Take a node, with all below it, from its parent."""
    older, younger = tree[node].older, tree[node].younger
    if older >= 0:
        tree[older].younger = younger
    else:
        tree[tree[node].parent].child = younger
    if younger >= 0:
        tree[younger].older = older
