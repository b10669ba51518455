"""Classes of several teachers: rows that share a key, of which one is to be kept."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.district.layout import Table


def one_row_a_key(
    rows: pd.DataFrame, declared: Table, rule: str
) -> tuple[pd.DataFrame, np.ndarray, Mapping[str, int]]:
    """Keep one row of those that share a key because several persons share it.

    Parameters
    ----------
    rows
        A table whose layout names the column of the person and that of the share (``shared``).
        Shares are compared within a key; a missing one is the smallest.
    rule
        ``main``: the person of the largest share is kept; where several have it, nobody, as it
        would be by chance. ``leave_out``: nobody. ``refuse``: all rows stay, and the check of keys
        stops the run.

    Returns
    -------
    tuple
        The rows kept, their positions, and the numbers of keys: shared, those with several persons;
        unnamed, those of them whose person is left empty.

    """
    person, share = declared.shared["person"], declared.shared["share"]
    everywhere = np.arange(len(rows))
    several = rows.duplicated(list(declared.key), keep=False) & ~rows.duplicated(
        [*declared.key, person], keep=False
    )
    if rule == "refuse" or not several.any():
        return rows, everywhere, {"shared": 0, "unnamed": 0}
    shared = rows[several]
    keys = [shared[name] for name in declared.key]
    size = shared[share].fillna(0.0)
    largest = size == size.groupby(keys).transform("max")
    alone = largest.groupby(keys).transform("sum") == 1
    first = shared[largest].drop_duplicates(list(declared.key)).index
    unnamed = first if rule == "leave_out" else first[~alone[first]]
    kept = ~several
    kept[first] = True
    new = rows.copy()
    new.loc[unnamed, person] = None
    counts = {"shared": len(first), "unnamed": len(unnamed)}
    return new[kept].reset_index(drop=True), everywhere[kept.to_numpy()], counts
