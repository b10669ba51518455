"""Every class that a school has as one weight grows: exact, from one change to the next.

Applicants are placed in the order of ``start + weight * slope``. While, at every full school,
nobody who is refused overtakes somebody who is admitted, the placement stays stable, and with one
common order there is only one stable placement. The next weight at which somebody does overtake
is found by Newton's method: the difference between the lowest admitted and the highest refused sum
is concave in the weight.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

WINDOWS = 48  # parts of the range, each with applicants of its own who can matter in it


@dataclass(frozen=True)
class ClassSteps:
    """Classes of one school as the weight grows.

    Attributes
    ----------
    weights
        (m,) whole weights at which the class becomes another one, from 0, ascending.
    largest
        Last weight looked at.
    classes
        (m, seats) rows of the applicants from each of the weights on, ascending; -1 past the
        class's end, where seats stay free.

    """

    weights: np.ndarray
    largest: int
    classes: np.ndarray

    def last(self) -> np.ndarray:
        """Last weight of each class, (m,)."""
        return np.append(self.weights[1:] - 1, self.largest)

    def until(self, largest: int) -> "ClassSteps":
        """The classes up to a weight that is not larger than the last one looked at."""
        count = np.searchsorted(self.weights, largest, side="right")
        return ClassSteps(self.weights[:count], largest, self.classes[:count])


def class_steps(
    start: np.ndarray,
    slope: np.ndarray,
    lists: np.ndarray,
    seats: np.ndarray,
    school: int,
    largest: int,
) -> ClassSteps:
    """Classes of a school at all whole weights from 0 to ``largest``, applicants in one order.

    start, slope: (n,) whole numbers; the larger ``start + weight * slope`` comes first, and of two
    equal ones the larger start. slope may not be negative, and starts must differ. lists: (n, L)
    and seats: (S,), all of one kind, as in `Market`. Raises ValueError otherwise.
    """
    if (slope < 0).any():
        raise ValueError("a slope is negative")
    by_start = np.argsort(-start, kind="stable")
    ordered = start[by_start]
    if (ordered[1:] == ordered[:-1]).any():
        raise ValueError("starts recur: who comes first is undecided. Break ties first")
    most = int(np.abs(start).max(initial=0)) + int(largest) * int(slope.max(initial=0))
    if most >= 1 << 62:
        raise ValueError("the largest sum of start and weight does not fit in 62 bits")
    if len(seats) > np.iinfo(np.int16).max:
        raise ValueError(f"{len(seats)} schools are more than this can tell apart")
    weights, classes = _all_steps(
        ordered.astype(np.int64),
        slope[by_start].astype(np.int64),
        lists[by_start].astype(np.int16),
        seats.astype(np.int64),
        school,
        int(largest),
        largest // WINDOWS + 1,
    )
    rows = np.sort(np.where(classes < 0, len(start), np.append(by_start, -1)[classes]), axis=1)
    return ClassSteps(weights, int(largest), np.where(rows == len(start), -1, rows))


@njit(cache=True)
def _all_steps(start, slope, lists, seats, school, largest, width):
    """Weights and classes; rows are in descending order of ``start``."""
    weights, classes, m = np.empty(64, np.int64), np.empty((64, seats[school]), np.int64), 0
    inside, size = np.zeros(len(start), np.bool_), 0
    weight, jump = 0, max(width // 64, 1)
    while weight <= largest:
        last = min(weight - weight % width + width - 1, largest)
        some = _who_can_matter(start, slope, lists, seats, school, weight, last)
        starts, slopes, wanted = start[some], slope[some], lists[some]
        order = np.argsort(-(starts + weight * slopes), kind="mergesort")
        while weight <= last:
            _sort(order, starts, slopes, weight)
            taken, full = _place(order, wanted, seats)
            rows = some[_class_of(order, taken, wanted, school)]
            if m == 0 or len(rows) != size or not inside[rows].all():
                if m == len(weights):
                    weights, classes = _doubled(weights, classes)
                inside[:], size = False, len(rows)
                inside[rows] = True
                weights[m], classes[m] = weight, -1
                classes[m, :size] = rows
                m += 1
            following = _next_change(order, taken, full, starts, slopes, wanted, weight, last, jump)
            jump = max((following - weight) * 2, 1)
            weight = following
    return weights[:m].copy(), classes[:m].copy()


@njit(cache=True)
def _who_can_matter(start, slope, lists, seats, school, first, last):
    """Applicants who can be above the school's lowest between two weights.

    The school's lowest is at least the last of as many as it has seats of those who list it first.
    """
    own = (start + first * slope)[lists[:, 0] == school]
    if len(own) < seats[school] or seats[school] == 0:
        return np.arange(len(start))
    lowest = np.partition(own, len(own) - seats[school])[len(own) - seats[school]]
    return np.flatnonzero(start + last * slope >= lowest)


@njit(cache=True)
def _sort(order, start, slope, weight):
    """Sort by insertion what is almost sorted; equal sums by row."""
    for at in range(1, len(order)):
        i = order[at]
        value = start[i] + weight * slope[i]
        to = at
        while to > 0:
            j = order[to - 1]
            other = start[j] + weight * slope[j]
            if other > value or (other == value and j < i):
                break
            order[to] = j
            to -= 1
        order[to] = i


@njit(cache=True)
def _place(order, lists, seats):
    """Place on the list that each applicant gets in order, (-1: none), and which schools fill."""
    left = seats.copy()
    taken = np.full(len(order), -1, np.int64)
    for at in range(len(order)):
        i = order[at]
        for rank in range(lists.shape[1]):
            t = lists[i, rank]
            if t < 0:
                break
            if left[t] > 0:
                left[t] -= 1
                taken[at] = rank
                break
    return taken, left == 0


@njit(cache=True)
def _class_of(order, taken, lists, school):
    """Applicants whom a school gets."""
    here = np.empty(len(order), np.int64)
    size = 0
    for at in range(len(order)):
        if taken[at] >= 0 and lists[order[at], taken[at]] == school:
            here[size] = order[at]
            size += 1
    return here[:size]


@njit(cache=True)
def _doubled(weights, classes):
    """Arrays of twice the length that begin with these."""
    longer = np.empty(2 * len(weights), np.int64)
    wider = np.empty((2 * len(weights), classes.shape[1]), np.int64)
    longer[: len(weights)] = weights
    wider[: len(weights)] = classes
    return longer, wider


@njit(cache=True)
def _next_change(order, taken, full, start, slope, lists, weight, last, jump):
    """First weight after this one at which somebody refused is above somebody admitted.

    One past the last weight if there is none.
    """
    lowest, highest = np.empty(len(full), np.int64), np.empty(len(full), np.int64)
    following, sound = last + 1, weight  # an overtaking at the one, none up to the other
    at = min(weight + jump, last)
    while at > sound:
        sums = start[order] + at * slope[order]
        _extremes(order, sums, taken, full, lists, lowest, highest)
        crossing = following
        for t in range(len(full)):
            if lowest[t] >= 0 and highest[t] >= 0:
                a, b = order[lowest[t]], order[highest[t]]
                if _is_above(sums, order, highest[t], lowest[t]):
                    crossing = min(crossing, _overtakes(a, b, start, slope))
        if crossing < following:
            following = crossing
            at = following - 1
        else:
            sound = at
            at = min(weight + 2 * (at - weight), following - 1)
    return following


@njit(cache=True)
def _extremes(order, sums, taken, full, lists, lowest, highest):
    """Position of the lowest admitted and of the highest refused at every full school; else -1."""
    lowest[:] = -1
    highest[:] = -1
    for at in range(len(order)):
        i = order[at]
        for rank in range(lists.shape[1]):
            t = lists[i, rank]
            if t < 0:
                break
            if rank == taken[at]:
                if full[t] and (lowest[t] < 0 or _is_above(sums, order, lowest[t], at)):
                    lowest[t] = at
                break
            if highest[t] < 0 or _is_above(sums, order, at, highest[t]):
                highest[t] = at


@njit(cache=True)
def _is_above(sums, order, one, other):
    """Whether one position's applicant comes before another's; equal sums by row."""
    return sums[one] > sums[other] or (sums[one] == sums[other] and order[one] < order[other])


@njit(cache=True)
def _overtakes(a, b, start, slope):
    """First weight at which applicant b is above a, who starts above and grows more slowly."""
    return (start[a] - start[b]) // (slope[b] - slope[a]) + 1
