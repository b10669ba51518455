"""Compiled loops over students.

They use nothing of other modules: what was compiled is kept until this file changes.
"""

import numpy as np
from numba import njit

# Numbers known when compiling make the loops twice as fast.
AMOUNTS = 12
SCORES = 2  # amounts of which powers are taken; they come first
HIGHEST = 3  # power
VARIABLES = AMOUNTS + SCORES * (HIGHEST - 1)
AT_ONCE = 8  # students whose products are added together, so that sums stay in registers


@njit(cache=True, nogil=True)
def add_students(values, kind, unit, cell, sums, products, known):
    """Add students to the sums of units and the products of cells.

    Parameters
    ----------
    values : (AMOUNTS, n) array
        NaN where unknown; the `SCORES` of which powers are taken come first.
    kind : (n,) int array
        Which of K kinds a student is, -1 where unknown.
    unit, cell : (n,) int array
        Row of ``sums`` and of ``products`` to which a student is added.
    sums : (U, S) array
        `VARIABLES`, amounts with the powers, unknown ones as zeros; then indicators of kinds.
    products : (V, S, S) array
    known : (S,) int array
        Students of whom a variable is known.

    """
    waiting = np.empty((len(products), AT_ONCE, VARIABLES))
    count = np.zeros(len(products), dtype=np.int64)
    of_kind = 0
    for i in range(len(unit)):
        at = cell[i]
        one, total, product = waiting[at, count[at]], sums[unit[i]], products[at]
        _write_amounts(values, i, one, known)
        for j in range(VARIABLES):
            total[j] += one[j]
        if kind[i] >= 0:
            own = VARIABLES + kind[i]
            of_kind += 1
            total[own] += 1.0
            product[own, own] += 1.0
            for j in range(VARIABLES):
                product[own, j] += one[j]
        count[at] += 1
        if count[at] == AT_ONCE:
            _add_products(waiting[at], product)
            count[at] = 0
    known[VARIABLES:] += of_kind
    for at in range(len(products)):
        waiting[at, count[at] :] = 0.0
        _add_products(waiting[at], products[at])
        for j in range(sums.shape[1]):
            for k in range(j):
                products[at, k, j] = products[at, j, k]


@njit(cache=True, nogil=True)
def write_students(values, kind, found):
    """Write the S variables of n students to (n, S) zeros; see `add_students`."""
    known = np.zeros(found.shape[1], dtype=np.int64)
    for i in range(len(found)):
        _write_amounts(values, i, found[i], known)
        if kind[i] >= 0:
            found[i, VARIABLES + kind[i]] = 1.0


@njit(cache=True, nogil=True)
def add_rows(values, group, found):
    """Add the rows of (R, S) values to those of ``found`` that ``group`` (R,) names."""
    for i in range(len(group)):
        for j in range(values.shape[1]):
            found[group[i], j] += values[i, j]


@njit(cache=True, nogil=True)
def fold_rows(table, rows, into):
    """Add the rows (n,) of ``table`` (R, S) to its rows ``into`` (n,)."""
    for i in range(len(rows)):
        for j in range(table.shape[1]):
            table[into[i], j] += table[rows[i], j]


@njit(cache=True, nogil=True)
def order_rows(table, order):
    """Put row ``order[i]`` of ``table`` (R, S) in place i, without a copy.

    ``order`` (n,) has each of the first n rows once; rows after them stay.
    """
    held = np.empty_like(table[0])
    done = np.zeros(len(order), dtype=np.bool_)
    for start in range(len(order)):
        if done[start]:
            continue
        held[:] = table[start]
        at = start
        while order[at] != start:
            table[at] = table[order[at]]
            done[at] = True
            at = order[at]
        table[at] = held
        done[at] = True


@njit(cache=True, nogil=True)
def _write_amounts(values, student, found, known):
    at = 0
    for row in range(SCORES):
        value = values[row, student]
        power = 1.0
        for _ in range(HIGHEST):
            power *= value
            found[at] = 0.0 if np.isnan(value) else power
            known[at] += not np.isnan(value)
            at += 1
    for row in range(SCORES, AMOUNTS):
        value = values[row, student]
        found[at] = 0.0 if np.isnan(value) else value
        known[at] += not np.isnan(value)
        at += 1


@njit(inline="always")
def _add_products(rows, product):
    for j in range(VARIABLES):
        for k in range(j + 1):
            found = product[j, k]
            for i in range(AT_ONCE):
                found += rows[i, j] * rows[i, k]
            product[j, k] = found
