"""Among equally good matchings: no teacher moves for nothing."""

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
    matching: np.ndarray, class_group: np.ndarray, teacher_group: np.ndarray
) -> np.ndarray:
    """Swap teachers among interchangeable classes, and equal teachers, so that more stay put.

    matching: (n,) teacher of each class, slot i being home to teacher i and class i.
    class_group, teacher_group: (n,) labels of interchangeable classes and of equal teachers.
    The value of the matching is unchanged.
    """
    matching = _stay(matching, class_group)
    return np.argsort(_stay(np.argsort(matching), teacher_group))


def _stay(held: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Permute ``held`` within groups of places: own item where present, others in slot order."""
    n = len(held)
    group_of_item = np.empty(n, dtype=int)
    group_of_item[held] = group
    home = group_of_item == group
    result = np.arange(n)
    away = np.flatnonzero(~home)
    places = away[np.argsort(group[away], kind="stable")]
    result[places] = away[np.argsort(group_of_item[away], kind="stable")]
    return result
