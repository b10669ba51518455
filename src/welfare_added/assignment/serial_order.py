"""Placement by one common order: one after the other, each takes the best seat left."""

import numpy as np
from numba import njit

from welfare_added.assignment.seats import Placement


def serial_order(
    order: np.ndarray, lists: np.ndarray, seats: np.ndarray, kinds: np.ndarray
) -> Placement:
    """Place applicants in their order at the first school of their list with a seat open to them.

    order: (n,) keys, larger first, all different. lists: (n, L), seats: (S, K) as in `Market`;
    kinds: (n, K) whether a kind is open to an applicant. Since nobody later in the order can
    displace anyone, this is what student-proposing deferred acceptance finds.
    Raises ValueError where two applicants have the same key.
    """
    by_order = np.argsort(-order, kind="stable")
    ordered = order[by_order]
    ties = np.count_nonzero(ordered[1:] == ordered[:-1])
    if ties:
        raise ValueError(f"{ties} keys recur: who comes first is undecided. Break ties first")
    return Placement(*_place(by_order, lists, seats.astype(np.int64), kinds))


@njit(cache=True)
def _place(by_order, lists, left, kinds):
    """Choice and kind of each applicant; ``left`` is used up."""
    n, length = lists.shape
    choice, kind = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    for i in by_order:
        for rank in range(length):
            school = lists[i, rank]
            if school < 0:
                break
            for k in range(left.shape[1]):
                if kinds[i, k] and left[school, k] > 0:
                    left[school, k] -= 1
                    choice[i], kind[i] = rank, k
                    break
            if choice[i] >= 0:
                break
    return choice, kind
