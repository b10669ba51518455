"""Best assignment of rows to columns that take several rows each: a transportation problem."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from welfare_added.assignment.certificate import CertificateError


@dataclass(frozen=True)
class Transport:
    """A certified optimum.

    column: (n,) column of each row. u: (n,), v: (S,) dual values: u + v is at least the score of
    every pair. value: sum of the scores. relative_gap: (sum of u + sum of seats x v - value) / the
    larger of the sum of absolute matched scores and the largest absolute score.
    """

    column: np.ndarray
    u: np.ndarray
    v: np.ndarray
    value: float
    relative_gap: float


def transport(
    scores: np.ndarray, seats: np.ndarray, tolerance: float = 1e-9, where: str = "transport"
) -> Transport:
    """Give each of n rows a column, and each column as many rows as it has ``seats``.

    scores: (n, S) finite. seats: (S,) whole numbers whose sum is n. Rows are added one at a time
    along the shortest path over columns (Jonker and Volgenant 1987, with seats).
    Raises ValueError where seats and rows do not fit or a score is not finite, CertificateError,
    naming ``where``, where optimality is not proven to ``tolerance``, a relative gap.
    """
    n, columns = scores.shape
    if seats.shape != (columns,) or seats.sum() != n or (seats < 0).any():
        raise ValueError(f"{n} rows, {columns} columns and {seats.sum()} seats do not fit")
    if not np.isfinite(scores).all():
        raise ValueError(f"{int((~np.isfinite(scores)).sum())} scores are missing or infinite")
    column = _shortest_paths(np.ascontiguousarray(scores, dtype=float), seats.astype(np.int64))
    return _certified(scores, seats, column, tolerance, where)


def _certified(scores, seats, column, tolerance, where) -> Transport:
    """Duals by longest paths over columns from the assignment alone, and the gap they prove."""
    if not np.array_equal(np.bincount(column, minlength=len(seats)), seats):
        raise CertificateError(f"{where}: a column does not have as many rows as seats.")
    held = scores[np.arange(len(column)), column]
    largest = float(np.abs(scores).max(initial=0.0))
    open_columns = np.flatnonzero(seats)
    step = np.full((len(seats), len(seats)), -np.inf)  # best gain of moving a row between columns
    np.maximum.at(step, column, scores - held[:, None])
    v = np.zeros(len(seats))
    for _ in range(len(seats) + 1):
        rise = (step[open_columns] + v[open_columns, None]).max(axis=0) - v
        if rise[open_columns].max() <= 1e-14 * largest:
            break
        v[open_columns] += np.maximum(rise[open_columns], 0.0)
    u = (scores - v)[:, open_columns].max(axis=1)
    value = float(held.sum())
    size = max(float(np.abs(held).sum()), largest) or 1.0
    gap = float(u.sum() + (v * seats).sum() - value) / size
    if not abs(gap) <= tolerance:
        raise CertificateError(f"{where}: relative gap {gap:.3g} exceeds {tolerance:g}.")
    return Transport(column, u, v, value, gap)


@njit(cache=True, nogil=True)
def _shortest_paths(scores, seats):
    """Column of each row; v are prices of columns that keep all reduced costs of held rows zero."""
    n, columns = scores.shape
    column, taken = np.full(n, -1, np.int64), np.zeros(columns, np.int64)
    price = np.zeros(columns)
    members = np.full((columns, max(seats.max(), 1)), -1, np.int64)
    distance, via, done = (
        np.empty(columns),
        np.empty(columns, np.int64),
        np.empty(columns, np.bool_),
    )
    before = np.empty(columns, np.int64)
    for row in range(n):
        profit = -np.inf
        for c in range(columns):
            if seats[c] > 0:
                profit = max(profit, scores[row, c] - price[c])
        for c in range(columns):
            done[c] = seats[c] == 0
            distance[c] = np.inf if done[c] else profit - scores[row, c] + price[c]
            via[c], before[c] = row, -1
        last = -1
        while last < 0:
            nearest = -1
            for c in range(columns):
                if not done[c] and (nearest < 0 or distance[c] < distance[nearest]):
                    nearest = c
            done[nearest] = True
            if taken[nearest] < seats[nearest]:
                last = nearest
                break
            for at in range(taken[nearest]):
                i = members[nearest, at]
                start = distance[nearest] + scores[i, nearest] - price[nearest]
                for c in range(columns):
                    if not done[c] and start - scores[i, c] + price[c] < distance[c]:
                        distance[c] = start - scores[i, c] + price[c]
                        via[c], before[c] = i, nearest
        for c in range(columns):
            if seats[c] > 0 and distance[c] < distance[last]:
                price[c] += distance[last] - distance[c]
        _shift(last, via, before, column, members, taken)
    return column


@njit(cache=True, nogil=True)
def _shift(last, via, before, column, members, taken):
    """Move the rows on the path that ends at column ``last`` one column further."""
    taken[last] += 1
    free = taken[last] - 1
    c = last
    while c >= 0:
        i, earlier = via[c], before[c]
        members[c, free] = i
        column[i] = c
        if earlier >= 0:
            for at in range(taken[earlier]):
                if members[earlier, at] == i:
                    free = at
        c = earlier
