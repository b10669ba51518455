"""A bound on every rule by cells: the dual of the linear programme over cutoffs, in whole numbers.

    max  sum_i key_i   over mixtures of cutoffs in each cell, with all seats filled and so many
    minority students

With a price c of a seat and a bonus b for a minority student it is at most

    seats c - target b + sum over cells of max over cutoffs of the sum of (key_i + b minority_i - c)

for any c and b. The smallest such bound is the value of the linear programme. No cell has more
cutoffs than there are seats.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

# Largest bonus tried, in units of keys, over 100,000 points: sums stay exact. Were a larger one
# needed, the bound would still hold, though it would not be the smallest.
LARGEST = 1 << 40


@dataclass(frozen=True)
class Bound:
    """The smallest bound, of whole prices, and these.

    value: no rule, nor a mixture of rules, has a larger sum of keys. seat: what one seat more
    would add to the sum. bonus: what one minority student more would cost; as a bonus for each
    minority student it makes the best rule without a target have as many. In units of keys.
    """

    value: int
    seat: int
    bonus: int


def rule_bound(
    keys: np.ndarray,
    minority: np.ndarray,
    start: np.ndarray,
    seats: int,
    target: int,
    *,
    exactly: bool,
) -> Bound:
    """The smallest bound; see `Bound`.

    keys, minority: (n,), by cell and falling key. start: (C + 1,) where each cell starts. A rule
    must exist. The number of minority students at the best mixture does not fall as the bonus
    grows, so the bonus that minimises the bound is found by bisection; of several, the one nearest
    to none.
    """

    def surplus(bonus: int) -> int:
        return int(_mixture(keys, minority, start, seats, target, bonus)[0])

    without = surplus(0)
    if without == 0 or (without > 0 and not exactly):
        return _at(keys, minority, start, seats, target, [0])
    sign = 1 if without < 0 else -1
    low, high = 0, LARGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sign * surplus(sign * middle) < 0 else (low, middle)
    return _at(keys, minority, start, seats, target, [sign * low, sign * high])


def _at(keys, minority, start, seats, target, bonuses) -> Bound:
    """The smallest of the bounds with these bonuses; of equal ones the first."""
    bounds = []
    for bonus in bonuses:
        _, total, size = _mixture(keys, minority, start, seats, target, bonus)
        for seat in (total // size, -(-total // size)):
            bounds.append(
                Bound(
                    int(_bound(keys, minority, start, seats, target, seat, bonus)),
                    int(seat),
                    int(bonus),
                )
            )
    return min(bounds, key=lambda one: one.value)


@njit(cache=True)
def _blocks(keys, minority, start, seats, bonus):
    """Blocks of applicants whose mean key plus bonus falls from block to block within a cell.

    They are the sides of the concave hull of a cell's sums: a mixture of cutoffs is best at the
    ends of blocks. Returns sum, size and minority students of each.
    """
    n = len(keys)
    total, size, brought = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    last = -1
    for c in range(len(start) - 1):
        first = last + 1
        for i in range(start[c], min(start[c + 1], start[c] + seats)):
            last += 1
            total[last], size[last] = keys[i] + bonus * minority[i], 1
            brought[last] = minority[i]
            while last > first and total[last] * size[last - 1] >= total[last - 1] * size[last]:
                total[last - 1] += total[last]
                size[last - 1] += size[last]
                brought[last - 1] += brought[last]
                last -= 1
    return total[: last + 1], size[: last + 1], brought[: last + 1]


@njit(cache=True)
def _mixture(keys, minority, start, seats, target, bonus):
    """Minority students above the target in the best mixture, times the size of its last block.

    Also the sum and size of that block, whose mean is the price of a seat.
    """
    total, size, brought = _blocks(keys, minority, start, seats, bonus)
    left, above = seats, -target
    for block in np.argsort(-(total / size), kind="mergesort"):
        if size[block] >= left:
            return above * size[block] + left * brought[block], total[block], size[block]
        left -= size[block]
        above += brought[block]
    return np.int64(-1), np.int64(0), np.int64(1)


@njit(cache=True)
def _bound(keys, minority, start, seats, target, seat, bonus):
    total, size, _ = _blocks(keys, minority, start, seats, bonus)
    return seats * seat - target * bonus + np.maximum(total - seat * size, 0).sum()
