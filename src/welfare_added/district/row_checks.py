"""Checks of raw tables against each other: rows that another table knows, rows that are wrong."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem
from welfare_added.district.values import RawTables


def rows_in(table: pd.DataFrame, others: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Whether each row's values of ``names`` occur together in another table, (n,) bool."""
    if len(names) == 1:
        return table[names[0]].isin(others[names[0]]).to_numpy()
    keys = pd.MultiIndex.from_frame(others[list(names)].drop_duplicates())
    return keys.get_indexer(pd.MultiIndex.from_frame(table[list(names)])) >= 0


def problem_of(
    raw: RawTables, table: str, column: str, wrong: np.ndarray, what: str, remedy: str
) -> list[Problem]:
    """A problem of the rows that are wrong, none if there are none.

    column: whose values are shown; empty: none are.
    """
    rows = np.flatnonzero(wrong)
    return [raw.problem(table, rows, what, remedy, column)] if len(rows) else []
