"""Compiled loops over students.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules, whose changes it would miss. Rows are copied number by number: numba takes two
seconds to compile an assignment of slices, for the text of its error.
"""

import numpy as np
from numba import njit

# Compile-time constants make the loops twice as fast.
NUMERIC_VARIABLES = 12
POWERED = 2  # variables that enter with their powers; they come first
HIGHEST_POWER = 3
NUMERIC_COLUMNS = NUMERIC_VARIABLES + POWERED * (HIGHEST_POWER - 1)
BUFFERED = 8  # students whose products are added together, so that sums stay in registers


@njit(cache=True, nogil=True)
def add_students(values, ethnicity, sums_row, products_row, sums, products, non_missing):
    """Add n students' variables to sums, cross-products and counts, in place.

    The S variables are the `NUMERIC_COLUMNS`, zero where missing, and indicators of ethnicity.

    Parameters
    ----------
    values : (NUMERIC_VARIABLES, n) array
        NaN where missing; the `POWERED` ones that enter with their powers come first.
    ethnicity : (n,) int array
        Code of the student's ethnicity, -1 where missing.
    sums_row, products_row : (n,) int array
        Row of ``sums`` and of ``products`` to which a student is added.
    sums : (U, S) array
        Sums of the variables.
    products : (V, S, S) array
        Cross-products of the variables.
    non_missing : (S,) int array
        Number of students with a value.

    """
    buffer = np.empty((len(products), BUFFERED, NUMERIC_COLUMNS))
    count = np.zeros(len(products), dtype=np.int64)
    with_ethnicity = 0
    for i in range(len(sums_row)):
        at = products_row[i]
        student, total, product = buffer[at, count[at]], sums[sums_row[i]], products[at]
        _write_numeric(values, i, student, non_missing)
        for j in range(NUMERIC_COLUMNS):
            total[j] += student[j]
        if ethnicity[i] >= 0:
            column = NUMERIC_COLUMNS + ethnicity[i]
            with_ethnicity += 1
            total[column] += 1.0
            product[column, column] += 1.0
            for j in range(NUMERIC_COLUMNS):
                product[column, j] += student[j]
        count[at] += 1
        if count[at] == BUFFERED:
            _add_products(buffer[at], product)
            count[at] = 0
    for j in range(NUMERIC_COLUMNS, len(non_missing)):
        non_missing[j] += with_ethnicity
    for at in range(len(products)):
        for i in range(count[at], BUFFERED):
            for j in range(NUMERIC_COLUMNS):
                buffer[at, i, j] = 0.0
        _add_products(buffer[at], products[at])
        for j in range(sums.shape[1]):
            for k in range(j):
                products[at, k, j] = products[at, j, k]


@njit(cache=True, nogil=True)
def write_students(values, ethnicity, table):
    """Write the S variables of n students into ``table``, (n, S) zeros; see `add_students`."""
    non_missing = np.zeros(table.shape[1], dtype=np.int64)
    for i in range(len(table)):
        _write_numeric(values, i, table[i], non_missing)
        if ethnicity[i] >= 0:
            table[i, NUMERIC_COLUMNS + ethnicity[i]] = 1.0


@njit(cache=True, nogil=True)
def add_rows(values, group, totals):
    """Add row i of ``values`` (R, S) to row ``group[i]`` of ``totals``."""
    for i in range(len(group)):
        for j in range(values.shape[1]):
            totals[group[i], j] += values[i, j]


@njit(cache=True, nogil=True)
def fold_rows(table, rows, into):
    """Add row ``rows[i]`` of ``table`` (R, S) to its row ``into[i]``, in place."""
    for i in range(len(rows)):
        for j in range(table.shape[1]):
            table[into[i], j] += table[rows[i], j]


@njit(cache=True, nogil=True)
def order_rows(table, order):
    """Move row ``order[i]`` of ``table`` (R, S) to row i, without copying the table.

    ``order`` (n,) is a permutation of the first n rows; rows after them stay.
    """
    held = np.empty_like(table[0])
    done = np.zeros(len(order), dtype=np.bool_)
    for start in range(len(order)):
        if done[start]:
            continue
        _copy_row(table[start], held)
        at = start
        while order[at] != start:
            _copy_row(table[order[at]], table[at])
            done[at] = True
            at = order[at]
        _copy_row(held, table[at])
        done[at] = True


@njit(inline="always")
def _copy_row(source, target):
    for j in range(len(source)):
        target[j] = source[j]


@njit(cache=True, nogil=True)
def _write_numeric(values, student, columns, non_missing):
    at = 0
    for row in range(POWERED):
        value = values[row, student]
        power = 1.0
        for _ in range(HIGHEST_POWER):
            power *= value
            columns[at] = 0.0 if np.isnan(value) else power
            non_missing[at] += not np.isnan(value)
            at += 1
    for row in range(POWERED, NUMERIC_VARIABLES):
        value = values[row, student]
        columns[at] = 0.0 if np.isnan(value) else value
        non_missing[at] += not np.isnan(value)
        at += 1


@njit(inline="always")
def _add_products(rows, product):
    for j in range(NUMERIC_COLUMNS):
        for k in range(j + 1):
            total = product[j, k]
            for i in range(BUFFERED):
                total += rows[i, j] * rows[i, k]
            product[j, k] = total
