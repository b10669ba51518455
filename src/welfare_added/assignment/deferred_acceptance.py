"""Student-proposing deferred acceptance where every kind of seat has its own order."""

from collections.abc import Iterable, Iterator

import numpy as np
from numba import njit

from welfare_added.assignment.seats import Market, Placement


def deferred_acceptance(market: Market) -> Placement:
    """Applicant-optimal stable placement, kinds of seats taking precedence in their order.

    Each applicant proposes to the kinds of seat of her first school, then of her second, and so
    on; a kind holds the applicants of highest keys so far (slot-specific priorities: Kominers and
    Sonmez 2016). Raises ValueError where a seat is given or taken away by one of two equal keys.
    """
    return next(acceptances(market, [market.seats]))


def acceptances(market: Market, seats: Iterable[np.ndarray]) -> Iterator[Placement]:
    """Deferred acceptance with one number of seats after another, (S, K), the rest as it is.

    Raises ValueError as `deferred_acceptance` does.
    """
    # In whatever order they propose the outcome is the same; with the highest first fewer are
    # displaced.
    waiting = np.argsort(market.keys[:, :1, 0].max(axis=1, initial=-np.inf), kind="stable")
    for split in seats:
        choice, kind, ties = _propose(
            market.lists, split.astype(np.int64), market.keys, waiting.copy()
        )
        if ties:
            raise ValueError(
                f"{ties} times applicants of the same key compete for the last seat: who gets it "
                "is undecided. Break ties first"
            )
        yield Placement(choice, kind)


@njit(cache=True)
def _propose(lists, seats, keys, waiting):
    """Choice and kind of each applicant, and how often equal keys competed for a last seat.

    waiting: all applicants, of whom the last proposes first; used up.
    """
    n, length = lists.shape
    kinds = seats.shape[1]
    starts = np.zeros(seats.size + 1, np.int64)  # of each slot's heap, the lowest key on top
    for slot in range(seats.size):
        starts[slot + 1] = starts[slot] + seats[slot // kinds, slot % kinds]
    holder = np.full(starts[-1], -1, np.int64)
    held = np.empty(starts[-1])
    size = np.zeros(seats.size, np.int64)
    following = np.zeros(n, np.int64)  # proposal that each applicant makes next
    last, ties = n - 1, 0
    while last >= 0:
        i = waiting[last]
        last -= 1
        while i >= 0 and following[i] < length * kinds:
            rank, k = following[i] // kinds, following[i] % kinds
            school = lists[i, rank]
            if school < 0:
                following[i] = length * kinds
                break
            following[i] += 1
            slot = school * kinds + k
            key, first = keys[i, rank, k], starts[slot]
            if key == -np.inf or seats[school, k] == 0:
                continue
            if size[slot] < seats[school, k]:
                _add(held, holder, first, size[slot], key, i)
                size[slot] += 1
                i = -1
                continue
            lowest = held[first]
            if key > lowest:
                i = _replace_lowest(held, holder, first, size[slot], key, i)
            ties += lowest == (held[first] if key > lowest else key)
    choice, kind = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    for slot in range(seats.size):
        for at in range(starts[slot], starts[slot] + size[slot]):
            made = following[holder[at]] - 1
            choice[holder[at]], kind[holder[at]] = made // kinds, made % kinds
    return choice, kind, ties


@njit(cache=True)
def _add(held, holder, first, size, key, newcomer):
    """Add a newcomer to a heap of some size."""
    at = size
    while at > 0 and held[first + (at - 1) // 2] > key:
        above = (at - 1) // 2
        held[first + at], holder[first + at] = held[first + above], holder[first + above]
        at = above
    held[first + at], holder[first + at] = key, newcomer


@njit(cache=True)
def _replace_lowest(held, holder, first, size, key, newcomer):
    """Put a newcomer in the place of a heap's lowest; returns whom she displaces."""
    displaced, at = holder[first], 0
    while True:
        child = 2 * at + 1
        if child + 1 < size and held[first + child + 1] < held[first + child]:
            child += 1
        if child >= size or held[first + child] >= key:
            break
        held[first + at], holder[first + at] = held[first + child], holder[first + child]
        at = child
    held[first + at], holder[first + at] = key, newcomer
    return displaced
