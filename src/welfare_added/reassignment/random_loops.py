"""Compiled exchanges of two teachers."""

from numba import njit


@njit(cache=True)
def swap(row, allowed, pairs):
    """Exchange the rows of pairs of columns in turn, in place, where both are allowed.

    row: (n,) row of each column; allowed: (n, n); pairs: (k, 2) columns.
    """
    for place in range(len(pairs)):
        first, second = pairs[place, 0], pairs[place, 1]
        if allowed[row[first], second] and allowed[row[second], first]:
            row[first], row[second] = row[second], row[first]
