"""Break ties among optimal matchings by keeping as many rows as possible in their own columns."""

import numpy as np


def equal_rows(*columns: np.ndarray) -> np.ndarray:
    """Group label (n,) of each row; rows equal in all columns (n, .) share one."""
    table = np.concatenate(columns, axis=1)
    order = np.lexsort(table.T[::-1])
    ordered = table[order]
    new = np.r_[False, (ordered[1:] != ordered[:-1]).any(axis=1)]
    labels = np.empty(len(table), dtype=int)
    labels[order] = np.cumsum(new)
    return labels


def keep_places(
    matching: np.ndarray, column_group: np.ndarray, row_group: np.ndarray
) -> np.ndarray:
    """Permute a matching within groups of equal columns and equal rows, so that fewer rows move.

    matching: (n,) row of each column; row i is in its own column where matching[i] is i.
    column_group, row_group: (n,) labels of interchangeable columns and of interchangeable rows.
    The value of the matching is unchanged.
    """
    matching = _stay(matching, column_group)
    return np.argsort(_stay(np.argsort(matching), row_group))


def _stay(held: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Permute ``held`` within groups: i at position i where possible, the others in order."""
    n = len(held)
    group_of_item = np.empty(n, dtype=int)
    group_of_item[held] = group
    home = group_of_item == group
    result = np.arange(n)
    away = np.flatnonzero(~home)
    places = away[np.argsort(group[away], kind="stable")]
    result[places] = away[np.argsort(group_of_item[away], kind="stable")]
    return result
