"""All weights of an index or bonus at which a school's class has a wanted number of students.

The number is a step function of the weight and need not be monotone where applicants prefer
another school to this one, so that bisection over the whole range can miss. The range is scanned,
and every crossing is bisected.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from welfare_added.admissions.quota import Unreachable

STEPS = 400  # of the scan
INNER = 9  # weights looked at within an interval
LARGEST = 1 << 36  # weight tried before giving up, in units of keys: some 7,000 points


@dataclass(frozen=True)
class Interval:
    """Whole weights first to last, both included, between which every weight tried matches."""

    first: int
    last: int


def matching_weights(
    count: Callable[[int], int], target: int, name: str, start: int, most: int | None = None
) -> list[Interval]:
    """Intervals of weights at which ``count`` is ``target``, in ascending order.

    count: number of students at a whole weight of zero or more. name: of the weight, for errors.
    start: first weight tried, in units of keys; doubled until the target is reached, and then
    twice that range is scanned in `STEPS` steps. most: the largest weight, if there is one.
    Raises Unreachable where no weight reaches the target, or where the number jumps over it.
    """
    count = cache(count)
    largest, limit = start, LARGEST if most is None else most
    while count(largest) < target:
        if largest >= limit:
            raise Unreachable(
                f"{name}: no weight brings {target} students in; the largest gives "
                f"{count(largest)}. Lower the target."
            )
        largest = min(2 * largest, limit)
    largest = min(2 * largest, limit)
    grid = sorted({int(weight) for weight in np.linspace(0, largest, STEPS + 1)})
    inside = {weight for weight in grid if count(weight) == target}
    for low, high in itertools.pairwise(grid):
        if (count(low) - target) * (count(high) - target) < 0:
            inside |= _between(count, target, low, high)
    if not inside:
        raise Unreachable(
            f"{name}: no weight meets {target} students; without it there are {count(0)}, "
            "and where the number passes the target it jumps over it"
        )
    joined = _joined([_widened(count, target, weight, largest) for weight in sorted(inside)])
    return [part for one in joined for part in _split(count, target, one)]


def _between(count: Callable[[int], int], target: int, low: int, high: int) -> set[int]:
    """A weight at which the count is the target, if bisection meets one; else none."""
    rising = count(low) < target
    while high - low > 1:
        middle = (low + high) // 2
        if count(middle) == target:
            return {middle}
        if (count(middle) < target) == rising:
            low = middle
        else:
            high = middle
    return set()


def _widened(count: Callable[[int], int], target: int, weight: int, largest: int) -> Interval:
    """Ends of an interval around a weight, within one step of the scan to either side."""
    step = max(largest // STEPS, 1)
    return Interval(
        _last_equal(count, target, weight, max(weight - step, 0)),
        _last_equal(count, target, weight, min(weight + step, largest)),
    )


def _last_equal(count: Callable[[int], int], target: int, inside: int, outside: int) -> int:
    """The weight farthest towards ``outside`` that bisection finds to give the target."""
    if count(outside) == target:
        return outside
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        if count(middle) == target:
            inside = middle
        else:
            outside = middle
    return inside


def within(one: Interval) -> list[int]:
    """Up to `INNER` weights of an interval at equal distances, its ends included, ascending."""
    return sorted({int(weight) for weight in np.linspace(one.first, one.last, INNER)})


def _split(count: Callable[[int], int], target: int, one: Interval) -> list[Interval]:
    """Parts of an interval, cut where a weight within it does not match."""
    wrong = next((weight for weight in within(one) if count(weight) != target), None)
    if wrong is None:
        return [one]
    left = Interval(one.first, _last_equal(count, target, one.first, wrong))
    right = Interval(_last_equal(count, target, one.last, wrong), one.last)
    return [part for half in (left, right) for part in _split(count, target, half)]


def _joined(intervals: list[Interval]) -> list[Interval]:
    """Intervals that overlap or touch, united."""
    united = [intervals[0]]
    for one in intervals[1:]:
        if one.first <= united[-1].last + 1:
            united[-1] = Interval(united[-1].first, max(united[-1].last, one.last))
        else:
            united.append(one)
    return united
