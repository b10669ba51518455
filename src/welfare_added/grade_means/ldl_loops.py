"""Compiled loops: sparse factor LDL' of a symmetric matrix, solutions, the inverse's diagonal.

All that fills in is stored, zero or not: the recursion for the inverse needs every place of the
pattern. (SuperLU leaves out entries that happen to be zero.)
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def count_columns(starts, rows, parent, counts):
    """Elimination tree and number of entries below the diagonal of each column of L, in place.

    starts, rows: the (n, n) matrix by columns, both triangles. parent, counts: (n,) int arrays.
    """
    n = len(parent)
    reached = np.empty(n, np.int64)
    for k in range(n):
        parent[k] = -1
        counts[k] = 0
        reached[k] = k
        for p in range(starts[k], starts[k + 1]):
            i = rows[p]
            while i < k and reached[i] != k:
                if parent[i] == -1:
                    parent[i] = k
                counts[i] += 1
                reached[i] = k
                i = parent[i]


@njit(cache=True, nogil=True)
def factor(starts, rows, values, parent, l_starts, l_rows, l_values, pivots):
    """Fill L, unit lower triangular, by columns, and the diagonal D, row by row without pivoting.

    l_starts: (n + 1,) from `count_columns`. A row of L is solved for with the rows above it.
    """
    n = len(parent)
    filled = np.zeros(n, np.int64)
    row = np.zeros(n)
    reached = np.empty(n, np.int64)
    pattern = np.empty(n, np.int64)
    for k in range(n):
        top = n
        reached[k] = k
        for p in range(starts[k], starts[k + 1]):
            i = rows[p]
            if i > k:
                continue
            row[i] += values[p]
            length = 0
            while reached[i] != k:
                pattern[length] = i
                length += 1
                reached[i] = k
                i = parent[i]
            while length > 0:
                top -= 1
                length -= 1
                pattern[top] = pattern[length]
        pivots[k] = row[k]
        row[k] = 0.0
        for t in range(top, n):
            i = pattern[t]
            value = row[i]
            row[i] = 0.0
            last = l_starts[i] + filled[i]
            for p in range(l_starts[i], last):
                row[l_rows[p]] -= l_values[p] * value
            entry = value / pivots[i]
            pivots[k] -= entry * value
            l_rows[last] = k
            l_values[last] = entry
            filled[i] += 1


@njit(cache=True, nogil=True)
def solve(l_starts, l_rows, l_values, pivots, right):
    """Solve LDL' x = right for a (n, q) array, in place."""
    n, q = right.shape
    for j in range(n):
        for p in range(l_starts[j], l_starts[j + 1]):
            for c in range(q):
                right[l_rows[p], c] -= l_values[p] * right[j, c]
    for j in range(n - 1, -1, -1):
        for c in range(q):
            right[j, c] /= pivots[j]
        for p in range(l_starts[j], l_starts[j + 1]):
            for c in range(q):
                right[j, c] -= l_values[p] * right[l_rows[p], c]


@njit(cache=True, nogil=True)
def diagonal_of_inverse(l_starts, l_rows, l_values, pivots, diagonal):
    """Diagonal of (LDL')^-1, in place, by the recursion of Takahashi, Fagan and Chin (1973).

    From the last column to the first, entries of the inverse where L has entries follow from
    those of later columns.
    """
    n = len(pivots)
    inverse = np.zeros(len(l_values))
    place = np.full(n, -1, np.int64)
    column = np.zeros(n)
    for j in range(n - 1, -1, -1):
        first, last = l_starts[j], l_starts[j + 1]
        for p in range(first, last):
            place[l_rows[p]] = p - first
            column[p - first] = 0.0
        for p in range(first, last):
            k = l_rows[p]
            at = p - first
            own = l_values[p]
            column[at] -= own * diagonal[k]
            for q in range(l_starts[k], l_starts[k + 1]):
                other = place[l_rows[q]]
                if other >= 0:
                    column[other] -= own * inverse[q]
                    column[at] -= l_values[first + other] * inverse[q]
        diagonal[j] = 1.0 / pivots[j]
        for p in range(first, last):
            inverse[p] = column[p - first]
            diagonal[j] -= l_values[p] * inverse[p]
            place[l_rows[p]] = -1
