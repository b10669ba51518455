"""Compiled loops of the network simplex: pivots at one weight, to the next weight, and proofs.

They stand in one module because what numba compiled is kept until this file changes: it does not
see edits of others. All values are whole numbers below 2^53, so that every sum is exact.

A basis is a tree of nodes with the fields of `network.FIELDS`, one tree per block. An arc of
positive reduced cost is said to pay. Between two weights the score of an arc is
(1 - w) low + w high. A basis has two sets of duals, by the low and by the high scores; an arc's
reduced cost at w is then (1 - w) r0 + w r1, with whole r0 and r1. The basis is optimal until the
first reduced cost becomes positive, at w = rest / rise with rest = -r0 and rise = r1 - r0. These
ratios are compared exactly. Several arcs may pay at the same weight; each that enters raises the
value at larger weights, so no pivot is degenerate.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

ROWS = 4  # rows whose arcs are priced before the best of these enters
NEVER = 2.0  # ratio of an arc that does not pay below weight one
CLOSE = 1 + 1e-15  # ratios whose doubles differ by more than this factor are in the same order
CERTAIN = 4.0  # rounding cannot change the sign of a weighted mean that is larger than this


class End(NamedTuple):
    """One of the two scores, and the basis's duals by it; all whole numbers.

    rows: (n, k) factors. columns: (m, k) factors of the types of columns. Both also transposed.
    u, v: (n,), (m,) duals, updated in place.
    """

    rows: np.ndarray
    rows_transposed: np.ndarray
    columns: np.ndarray
    columns_transposed: np.ndarray
    u: np.ndarray
    v: np.ndarray


@njit(cache=True)
def optimise(tree, rows, factors, u, v, starts, types, most, reach):
    """Pivot until no reduced cost is positive; returns the number of pivots, ``most`` at most.

    rows: (n, k); factors: (k, m) of the types; u (n,) and v (m,) receive the duals. Also returns
    ``most`` if a dual might exceed ``reach``.
    """
    n, m = len(u), len(v)
    largest = depths_and_duals(tree, rows, factors, u, v)
    worth, stack = np.empty(m), np.empty(n + m, np.int64)
    # Typed, since numba would compile all that they are passed to for literals as well.
    row, nobody = np.int64(0), np.int64(-1)
    unchanged = pivots = 0
    if largest > reach:
        return most
    while unchanged < n and pivots < most:
        best, best_row, kind = 0.0, nobody, nobody
        for _ in range(min(ROWS, n - unchanged)):
            gain, column = _best_type(row, rows, factors, u, v, starts, types, worth)
            if gain > best:
                best, best_row, kind = gain, row, column
            unchanged += 1
            row = row + 1 if row + 1 < n else np.int64(0)
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


@njit(cache=True)
def to_next_vertex(tree, unit, kinds, first, low, high, starts, types):
    """Pivot until the matching changes and no other arc pays at that weight.

    tree: as in `NetworkSimplex`, ``unit`` units of flow per column. kinds (n,), first (3, n): of
    each row the arc that pays first, its type (-1: none below weight one), and rest, rise and
    rest / rise. low, high: an `End` each. All of these are updated in place. starts, types: from
    `network.listed`.
    Returns the weight at which it changes, as a ratio of whole numbers; (1, 1) if it does not.
    """
    n, m = len(kinds), len(low.v)
    stack, costs = np.empty(len(tree), np.int64), np.empty((3, max(n, m)))
    inside = np.zeros(len(tree), np.bool_)
    rest, rise, changed = 0.0, 1.0, False
    while True:
        row = _earliest(first)
        if changed and (row < 0 or below(rest, rise, first[0, row], first[1, row])):
            return rest, rise
        if row < 0:
            return 1.0, 1.0
        rest, rise = first[0, row], first[1, row]
        top, sign, flow = exchange(tree, row, n + kinds[row])
        changed |= flow > unit // 2
        shift(tree, top, -sign * rest, low.u, low.v, stack)
        size = shift(tree, top, sign * (rise - rest), high.u, high.v, stack)
        if len(starts):
            renew_all(kinds, first, low, high, starts, types)
            continue
        for i in range(size):
            inside[stack[i]] = True
        side = 2 * size <= len(tree)  # only arcs between the two parts change: price the smaller
        _renew(kinds, first, inside, side, low, high, costs)
        for i in range(size):
            inside[stack[i]] = False


@njit(cache=True)
def renew_all(kinds, first, low, high, starts, types):
    """Find the arc of each row that pays first."""
    costs = np.empty((3, len(low.v)))
    for row in range(len(kinds)):
        if len(starts):
            _look_listed(kinds, first, row, low, high, starts, types)
        else:
            _look(kinds, first, row, low, high, costs)


@njit(cache=True)
def _renew(kinds, first, inside, side, low, high, costs):
    """The same after the duals of one part of the tree have changed by a common amount.

    inside: (nodes,) whether a node is in that part. side: price the arcs of the nodes inside (True)
    or of those outside (False).
    """
    n, m = len(kinds), len(low.v)
    for row in range(n):
        if inside[row] == side or (kinds[row] >= 0 and inside[n + kinds[row]] == side):
            _look(kinds, first, row, low, high, costs)
    for kind in range(m):
        if inside[n + kind] != side:
            continue
        price(kind, low.columns, low.rows_transposed, low.v, low.u, costs, 0)
        price(kind, high.columns, high.rows_transposed, high.v, high.u, costs, 1)
        if _ratios(costs, first, n):
            for row in range(n):
                if costs[2, row] <= first[2, row] * CLOSE:
                    _take(kinds, first, row, kind, costs[0, row], costs[1, row])


@njit(cache=True)
def _look(kinds, first, row, low, high, costs):
    """Find the arc of one row that pays first."""
    kinds[row], first[0, row], first[1, row], first[2, row] = -1, 1.0, 1.0, 1.0
    price(row, low.rows, low.columns_transposed, low.u, low.v, costs, 0)
    price(row, high.rows, high.columns_transposed, high.u, high.v, costs, 1)
    m = len(low.v)
    _ratios(costs, costs, m)
    bound = _least(costs, m) * CLOSE
    for kind in range(m):
        if costs[2, kind] <= bound:
            _take(kinds, first, row, kind, costs[0, kind], costs[1, kind])


@njit(cache=True)
def _look_listed(kinds, first, row, low, high, starts, types):
    """The same among listed arcs."""
    kinds[row], first[0, row], first[1, row], first[2, row] = -1, 1.0, 1.0, 1.0
    for i in range(starts[row], starts[row + 1]):
        rest, cost = arc_cost(row, types[i], low), arc_cost(row, types[i], high)
        if cost < 0:
            _take(kinds, first, row, types[i], rest, rest - cost)


@njit(cache=True)
def arc_cost(row, kind, end):
    """Minus the reduced cost of one arc."""
    total = end.u[row] + end.v[kind]
    for k in range(len(end.columns_transposed)):
        total -= end.rows[row, k] * end.columns_transposed[k, kind]
    return total


@njit(cache=True)
def _take(kinds, first, row, kind, rest, rise):
    """Record an arc as its row's first if it pays before the one recorded."""
    if below(rest, rise, first[0, row], first[1, row]):
        kinds[row] = kind
        first[0, row], first[1, row], first[2, row] = rest, rise, rest / rise


@njit(cache=True, fastmath=True)
def price(node, own, others, dual, duals, costs, row):
    """Minus the reduced costs of all arcs of a node, written to one row of ``costs``.

    own: (p, k) factors of the node's side. others: (k, q) factors of the other side. With whole
    numbers sums are exact in any order.
    """
    into, mine = costs[row], dual[node]
    for i in range(len(duals)):
        into[i] = mine + duals[i]
    for k in range(len(others)):
        factor = own[node, k]
        for i in range(len(duals)):
            into[i] -= factor * others[k, i]


@njit(cache=True, error_model="numpy")  # without its check of divisors it is done four at a time
def _ratios(costs, bounds, size):
    """Turn costs at both ends into rest, rise and ratio; count ratios that are within bounds."""
    count = 0
    for i in range(size):
        rest, cost = costs[0, i], costs[1, i]
        ratio = rest / (rest - cost) if cost < 0 else NEVER
        costs[1, i] = rest - cost
        count += ratio <= bounds[2, i] * CLOSE
        costs[2, i] = ratio
    return count


@njit(cache=True, fastmath=True)
def _least(costs, size):
    """Smallest ratio, or one if that is smaller."""
    least = 1.0
    for i in range(size):
        least = min(least, costs[2, i])
    return least


@njit(cache=True)
def _earliest(first):
    """Row whose arc pays first, the lowest number among ties; -1 if none does."""
    bound = _least(first, first.shape[1]) * CLOSE
    best, rest, rise = -1, 1.0, 1.0
    for row in range(first.shape[1]):
        if first[2, row] <= bound and below(first[0, row], first[1, row], rest, rise):
            best, rest, rise = row, first[0, row], first[1, row]
    return best


@njit(cache=True)
def below(a, b, c, d):
    """Whether a / b < c / d, exactly; whole numbers, b and d positive, a and c not negative."""
    left, right = a * d, c * b
    if abs(left - right) > 1e-15 * (left + right):
        return left < right
    a, b, c, d = np.int64(a), np.int64(b), np.int64(c), np.int64(d)
    while True:
        whole, other = a // b, c // d
        if whole != other:
            return whole < other
        a, c = a - whole * b, c - whole * d
        if c == 0:
            return False
        if a == 0:
            return True
        a, b, c, d = d, c, b, a  # a / b < c / d just if d / c < b / a


@njit(cache=True)
def costs_of_arcs(rows, kinds, end):
    """Reduced costs of listed arcs at one end, their sign turned: gains of the arcs."""
    gains = np.empty(len(rows))
    for i in range(len(rows)):
        gains[i] = -arc_cost(rows[i], kinds[i], end)
    return gains


@njit(cache=True)
def collect_near(low, high, weight, gains):
    """Fill ``gains`` with reduced costs, not both zero, that may be positive at the weight.

    Returns their number; those beyond the length of ``gains`` are only counted.
    """
    n, m = len(low.u), len(low.v)
    costs = np.empty((2, m))
    size = 0
    for row in range(n):
        price(row, low.rows, low.columns_transposed, low.u, low.v, costs, 0)
        price(row, high.rows, high.columns_transposed, high.u, high.v, costs, 1)
        if _count_near(costs, weight):
            for kind in range(m):
                if _is_near(-costs[0, kind], -costs[1, kind], weight):
                    if size < gains.shape[1]:
                        gains[0, size], gains[1, size] = -costs[0, kind], -costs[1, kind]
                    size += 1
    return size


@njit(cache=True)
def _is_near(low, high, weight):
    return ((1 - weight) * low + weight * high > -CERTAIN) & ((low != 0) | (high != 0))


@njit(cache=True)
def _count_near(costs, weight):
    count = 0
    for kind in range(costs.shape[1]):
        count += _is_near(-costs[0, kind], -costs[1, kind], weight)
    return count
