"""Compiled loops of one-to-one matching: lists, proposals, serial order, rotations, cuts."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def places(order):
    """Place of each partner on each list, from partners in order, both (n, m)."""
    n, m = order.shape
    place = np.empty((n, m), np.int32)
    for i in range(n):
        for at in range(m):
            place[i, order[i, at]] = at
    return place


@njit(cache=True, nogil=True)
def allowed_first(order, allowed):
    """Lists with allowed partners first, order otherwise kept; and how many are allowed."""
    n, m = order.shape
    result, count = np.empty((n, m), np.int32), np.zeros(n, np.int32)
    for i in range(n):
        for at in range(m):
            count[i] += allowed[i, order[i, at]]
        first, last = 0, count[i]
        for at in range(m):
            partner = order[i, at]
            if allowed[i, partner]:
                result[i, first] = partner
                first += 1
            else:
                result[i, last] = partner
                last += 1
    return result, count


@njit(cache=True, nogil=True)
def propose(order, length, place, accepts):
    """Partner of each proposer (n,), -1 if none, where rows of ``order`` propose.

    place: (m, n) place of each proposer on a receiver's list; accepts: (m,) lengths of those.
    """
    n, m = len(order), len(place)
    partner, holds = np.full(n, -1, np.int64), np.full(m, -1, np.int64)
    following = np.zeros(n, np.int64)
    for first in range(n):
        i = first
        while i >= 0 and following[i] < length[i]:
            k = order[i, following[i]]
            following[i] += 1
            held = holds[k]
            if place[k, i] >= accepts[k] or (held >= 0 and place[k, held] < place[k, i]):
                continue
            holds[k], partner[i] = i, k
            if held >= 0:
                partner[held] = -1
            i = held
    return partner


@njit(cache=True, nogil=True)
def pick_in_turn(order, length, turn, m):
    """Partner of each row (n,), -1 if none: in turn, each takes the first that is left."""
    partner, taken = np.full(len(order), -1, np.int64), np.zeros(m, np.bool_)
    for i in turn:
        for at in range(length[i]):
            if not taken[order[i, at]]:
                partner[i] = order[i, at]
                taken[partner[i]] = True
                break
    return partner


@njit(cache=True, nogil=True)
def take_best_pairs(codes, n, m):
    """Partner of each row (n,): pairs, coded row * m + column, are matched in their order."""
    partner, taken = np.full(n, -1, np.int64), np.zeros(m, np.bool_)
    left = min(n, m)
    for code in codes:
        i, k = code // m, code % m
        if partner[i] < 0 and not taken[k]:
            partner[i], taken[k] = k, True
            left -= 1
            if left == 0:
                break
    return partner


@njit(cache=True, nogil=True)
def _next_choice(i, at, order, length, place, accepts, holds):
    """Place on row i's list, after its partner, of the first who wants i more than its own.

    The list's length where there is none: nobody left, or one who has no partner in any stable
    matching would have to be passed.
    """
    while at < length[i]:
        k = order[i, at]
        if place[k, i] < accepts[k]:
            if holds[k] < 0:
                return length[i]
            if place[k, i] < place[k, holds[k]]:
                return at
        at += 1
    return length[i]


@njit(cache=True, nogil=True)
def rotations(order, length, order_of_columns, place_of_rows, accepts, partner):
    """All rotations, from the row-optimal matching (n,) to the column-optimal one.

    Returns rows, columns left and columns taken of all rotations one after the other, where each
    starts, and for each pair (n, m) the rotation that moves its column past the row (-1: none).
    Source: Gusfield and Irving (1989), sections 2.5 and 3.3.
    """
    n, m = order.shape
    held, holds = partner.copy(), np.full(m, -1, np.int64)
    ahead, final = np.zeros(n, np.int64), partner < 0  # final: has its last partner
    place = places(order)
    for i in range(n):
        if held[i] >= 0:
            holds[held[i]] = i
            ahead[i] = place[i, held[i]] + 1
    rows, left, taken = (
        np.empty(n * m, np.int64),
        np.empty(n * m, np.int64),
        np.empty(n * m, np.int64),
    )
    starts, count, size = np.zeros(n * m + 1, np.int64), 0, 0
    passed = np.full((n, m), -1, np.int32)
    path, on_path, depth = np.empty(n, np.int64), np.full(n, -1, np.int64), 0
    for first in range(n):
        while not final[first]:
            if depth == 0:
                path[0], on_path[first], depth = first, 0, 1
            i = path[depth - 1]
            ahead[i] = _next_choice(i, ahead[i], order, length, place_of_rows, accepts, holds)
            j = -1 if ahead[i] == length[i] else holds[order[i, ahead[i]]]
            if j < 0 or final[j]:
                for at in range(depth):
                    final[path[at]], on_path[path[at]] = True, -1
                depth = 0
            elif on_path[j] < 0:
                path[depth], on_path[j] = j, depth
                depth += 1
            else:
                bottom, begin = on_path[j], size
                for at in range(bottom, depth):
                    one = path[at]
                    rows[size], left[size], taken[size] = one, held[one], order[one, ahead[one]]
                    on_path[one] = -1
                    size += 1
                _move(rows[begin:size], taken[begin:size], held, holds, ahead, place,
                      order_of_columns, place_of_rows, passed, count)  # fmt: skip
                count += 1
                starts[count] = size
                depth = bottom
    return (
        rows[:size].copy(),
        left[:size].copy(),
        taken[:size].copy(),
        starts[: count + 1].copy(),
        passed,
    )


@njit(cache=True, nogil=True)
def _move(rows, taken, held, holds, ahead, place, order_of_columns, place_of_rows, passed, label):
    """Give each row of a rotation its next column, and mark the rows that the column passes."""
    for at in range(len(rows)):
        i, k = rows[at], taken[at]
        for between in range(place_of_rows[k, i] + 1, place_of_rows[k, holds[k]]):
            passed[order_of_columns[k, between], k] = label
    for at in range(len(rows)):
        i, k = rows[at], taken[at]
        held[i], holds[k] = k, i
        ahead[i] = place[i, k] + 1


@njit(cache=True, nogil=True)
def precedence(order, place, rows, left, taken, starts, passed):
    """Pairs (earlier, later) of rotations, (E, 2), whose transitive closure is their order.

    Source: Gusfield and Irving (1989), section 3.3: a rotation comes after the one that gave a row
    the column it leaves, and after those that move the columns it skips past the row.
    """
    found, size = np.empty((len(rows) + 16, 2), np.int32), 0
    gave = np.full(order.shape, -1, np.int32)
    for rotation in range(len(starts) - 1):
        for at in range(starts[rotation], starts[rotation + 1]):
            gave[rows[at], taken[at]] = rotation
    for rotation in range(len(starts) - 1):
        for at in range(starts[rotation], starts[rotation + 1]):
            i = rows[at]
            for step in range(place[i, left[at]], place[i, taken[at]]):
                k = order[i, step]
                earlier = gave[i, k] if k == left[at] else passed[i, k]
                if earlier < 0 or earlier == rotation:
                    continue
                if size == len(found):
                    longer = np.empty((2 * size, 2), np.int32)
                    longer[:size] = found
                    found = longer
                found[size, 0], found[size, 1] = earlier, rotation
                size += 1
    return found[:size].copy()


@njit(cache=True, nogil=True)
def minimum_cut(first, heads, capacity, opposite, source, sink):
    """Nodes on the source's side of a minimum cut (N,), and the flow, by shortest paths.

    first: (N + 1,) where each node's arcs start; heads, capacity (whole numbers, changed in place)
    and opposite (number of the arc back): (A,) by arc.
    """
    n, total = len(first) - 1, np.int64(0)
    arc_to, queue = np.empty(n, np.int64), np.empty(n, np.int64)
    while True:
        arc_to[:] = -1
        arc_to[source] = -2
        queue[0], begin, end = source, 0, 1
        while begin < end and arc_to[sink] == -1:
            node = queue[begin]
            begin += 1
            for arc in range(first[node], first[node + 1]):
                if capacity[arc] > 0 and arc_to[heads[arc]] == -1:
                    arc_to[heads[arc]] = arc
                    queue[end] = heads[arc]
                    end += 1
        if arc_to[sink] == -1:
            return arc_to != -1, total
        amount, node = np.int64(2**62), sink
        while node != source:
            amount = min(amount, capacity[arc_to[node]])
            node = heads[opposite[arc_to[node]]]
        node = sink
        while node != source:
            capacity[arc_to[node]] -= amount
            capacity[opposite[arc_to[node]]] += amount
            node = heads[opposite[arc_to[node]]]
        total += amount
