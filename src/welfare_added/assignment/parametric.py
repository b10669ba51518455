"""Parametric network simplex, compiled: the optimal basis of one weight followed to the next.

The score of an arc is (1 - w) low + w high. Of a basis two sets of duals are kept, by the low and
by the high scores; its reduced cost at w is then (1 - w) r0 + w r1, both whole numbers. It stays
optimal until the first arc pays, at w = rest / rise with rest = -r0 and rise = r1 - r0. These
ratios are compared exactly. At one weight several arcs may pay; each that enters raises the value
at larger weights, so none is idle.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from welfare_added.assignment.network import exchange, shift

NEVER = 2.0  # ratio of an arc that does not pay below weight one
CLOSE = 1 + 1e-15  # doubles of two ratios further apart than this are in the ratios' own order


class End(NamedTuple):
    """One of the two scores, and the basis's duals by it; all whole numbers.

    teachers: (n, k) factors. across: the same transposed. types: (m, k) factors. classes: the
    same transposed. u, v: (n,), (m,) duals, in place.
    """

    teachers: np.ndarray
    across: np.ndarray
    types: np.ndarray
    classes: np.ndarray
    u: np.ndarray
    v: np.ndarray


@njit(cache=True)
def to_next_vertex(tree, unit, kinds, first, low, high, starts, types):
    """Pivot until the matching changes and no other arc pays at that weight.

    tree: as of `NetworkSimplex`, in place, flows in ``unit`` a class. kinds (n,), first (3, n): of
    each teacher the arc that pays first, its type (-1: none below weight one), and rest, rise and
    rest / rise, in place. low, high: an `End` each, duals in place. starts, types: as of
    `NetworkSimplex.solve`.
    Gives the weight at which it changed, as a ratio of whole numbers; (1, 1) if it does not.
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
        side = 2 * size <= len(tree)  # the smaller one: arcs across have changed, seen from either
        _renew(kinds, first, inside, side, low, high, costs)
        for i in range(size):
            inside[stack[i]] = False


@njit(cache=True)
def renew_all(kinds, first, low, high, starts, types):
    """Find the arc of each teacher that pays first."""
    costs = np.empty((3, len(low.v)))
    for row in range(len(kinds)):
        if len(starts):
            _look_listed(kinds, first, row, low, high, starts, types)
        else:
            _look(kinds, first, row, low, high, costs)


@njit(cache=True)
def _renew(kinds, first, inside, side, low, high, costs):
    """The same after the duals of a part of the tree have moved by as much.

    inside: (nodes,) whether a node is in that part. side: the one whose arcs across are priced.
    """
    n, m = len(kinds), len(low.v)
    for row in range(n):
        if inside[row] == side or (kinds[row] >= 0 and inside[n + kinds[row]] == side):
            _look(kinds, first, row, low, high, costs)
    for kind in range(m):
        if inside[n + kind] != side:
            continue
        price(kind, low.types, low.across, low.v, low.u, costs, 0)
        price(kind, high.types, high.across, high.v, high.u, costs, 1)
        if _ratios(costs, first, n):
            for row in range(n):
                if costs[2, row] <= first[2, row] * CLOSE:
                    _take(kinds, first, row, kind, costs[0, row], costs[1, row])


@njit(cache=True)
def _look(kinds, first, row, low, high, costs):
    """Find the arc of a teacher that pays first."""
    kinds[row], first[0, row], first[1, row], first[2, row] = -1, 1.0, 1.0, 1.0
    price(row, low.teachers, low.classes, low.u, low.v, costs, 0)
    price(row, high.teachers, high.classes, high.u, high.v, costs, 1)
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
    """Less the reduced cost of one arc."""
    total = end.u[row] + end.v[kind]
    for k in range(len(end.classes)):
        total -= end.teachers[row, k] * end.classes[k, kind]
    return total


@njit(cache=True)
def _take(kinds, first, row, kind, rest, rise):
    """Take an arc as its teacher's if it pays before hers."""
    if below(rest, rise, first[0, row], first[1, row]):
        kinds[row] = kind
        first[0, row], first[1, row], first[2, row] = rest, rise, rest / rise


@njit(cache=True, fastmath=True)
def price(node, own, others, dual, duals, costs, row):
    """Less the reduced costs of a node's arcs to all of the other side, into a row of ``costs``.

    own: (p, k) factors of its side. others: (k, q) theirs. All are whole numbers: any order of
    terms will do.
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
    """Turn costs by low and by high costs into rest, rise and ratio; count the ratios in bounds."""
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
    """Smallest ratio, one at most."""
    least = 1.0
    for i in range(size):
        least = min(least, costs[2, i])
    return least


@njit(cache=True)
def _earliest(first):
    """Teacher whose arc pays first, of several the first by number; -1 if none does."""
    bound = _least(first, first.shape[1]) * CLOSE
    best, rest, rise = -1, 1.0, 1.0
    for row in range(first.shape[1]):
        if first[2, row] <= bound and below(first[0, row], first[1, row], rest, rise):
            best, rest, rise = row, first[0, row], first[1, row]
    return best


@njit(cache=True)
def below(a, b, c, d):
    """Whether a / b < c / d, exactly; all whole, b and d positive, a and c not negative."""
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
