"""Student-proposing deferred acceptance where every kind of seat has its own order."""

from collections.abc import Iterator, Sequence

import numpy as np
from numba import njit

from welfare_added.assignment.seats import Market, Placement

BLOCK = 32  # numbers of seats that share the applicants who can be placed


def deferred_acceptance(market: Market) -> Placement:
    """Applicant-optimal stable placement, kinds of seats taking precedence in their order.

    Each applicant proposes to the kinds of seat of her first school, then of her second, and so
    on; a kind holds the applicants of highest keys so far (slot-specific priorities: Kominers and
    Sonmez 2016). Raises ValueError where a seat is given or taken away by one of two equal keys.
    """
    return next(acceptances(market, [market.seats]))


def acceptances(market: Market, seats: Sequence[np.ndarray]) -> Iterator[Placement]:
    """Deferred acceptance with one number of seats after another, (S, K), the rest as it is.

    Raises ValueError as `deferred_acceptance` does. In whatever order applicants propose the
    outcome is the same; with the highest first fewer are displaced.
    """
    rows = np.argsort(market.keys[:, :1, 0].max(axis=1, initial=-np.inf), kind="stable")
    lists, keys = market.lists[rows], _of_rows(market.keys, rows)
    for first in range(0, len(seats), BLOCK):
        block = [one.astype(np.int64) for one in seats[first : first + BLOCK]]
        some = slice(None) if len(block) == 1 else _contenders(lists, keys, block)
        of_some = lists[some], _of_rows(keys, some)
        for split in block:
            choice, kind, ties = _propose(of_some[0], split, of_some[1])
            if ties:
                raise ValueError(
                    f"{ties} times applicants of the same key compete for the last seat: who gets "
                    "it is undecided. Break ties first"
                )
            placement = Placement(np.full(len(rows), -1), np.full(len(rows), -1))
            placement.choice[rows[some]], placement.kind[rows[some]] = choice, kind
            yield placement


def _contenders(lists: np.ndarray, keys: np.ndarray, block: list[np.ndarray]) -> np.ndarray:
    """Rows of those placed with the most seats of every kind: with fewer, nobody else is."""
    choice, _, _ = _propose(lists, np.max(block, axis=0), keys)
    return np.flatnonzero(choice >= 0)


def _of_rows(keys: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
    """Keys of rows; those that are the same at all schools are not repeated."""
    if keys.strides[1]:
        return keys[rows]
    one = keys[:, :1][rows]
    return np.broadcast_to(one, (len(one), *keys.shape[1:]))


@njit(cache=True)
def _propose(lists, seats, keys):
    """Choice and kind of each applicant, and how often equal keys competed for a last seat."""
    n, length = lists.shape
    kinds = seats.shape[1]
    starts = np.zeros(seats.size + 1, np.int64)  # of each slot's heap, the lowest key on top
    for slot in range(seats.size):
        starts[slot + 1] = starts[slot] + seats[slot // kinds, slot % kinds]
    holder = np.full(starts[-1], -1, np.int64)
    held = np.empty(starts[-1])
    size = np.zeros(seats.size, np.int64)
    following = np.zeros(n, np.int64)  # proposal that each applicant makes next
    waiting = np.arange(n)
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
