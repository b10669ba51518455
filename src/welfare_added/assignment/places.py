"""Break ties among optimal matchings: rows stay in their own columns, at random, or by a score."""

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


def shuffle_places(
    matching: np.ndarray,
    column_group: np.ndarray,
    row_group: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Permute a matching at random within groups of equal columns and of equal rows.

    As `keep_places`, but each matching that such permutations reach is equally likely.
    """
    return _shuffled(row_group, random)[matching[_shuffled(column_group, random)]]


def _shuffled(group: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A random permutation (n,) that maps every position to one of its own group."""
    result = np.empty(len(group), dtype=int)
    mixed = np.argsort(group + random.random(len(group)), kind="stable")
    result[np.argsort(group, kind="stable")] = mixed
    return result


def best_places(
    matching: np.ndarray, column_group: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """Permute a matching within groups of equal columns to the largest sum of a second score.

    rows, columns: (n, k) factors of the second score, sum_k columns[c, k] rows[j, k]; it need not
    be equal within a group.
    """
    from scipy.optimize import linear_sum_assignment  # late: a third of a second to load

    result = matching.copy()
    order = np.argsort(column_group, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(column_group[order])) + 1):
        if len(group) > 1:
            held = matching[group]
            chosen = linear_sum_assignment(columns[group] @ rows[held].T, maximize=True)[1]
            result[group] = held[chosen]
    return result
