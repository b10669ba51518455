"""What the checks of a state's raw tables share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem
from welfare_added.district.values import RawTables


def rows_in(table: pd.DataFrame, others: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Whether each row's values of ``names`` occur together in another table, (n,) bool."""
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


def missing_years(raw: RawTables, table: str, years: tuple[int, int]) -> list[Problem]:
    """A problem of the studied years in which a table has no row."""
    there = set(raw.tables[table]["year"])
    lacking = [str(year) for year in range(years[0], years[1] + 1) if year not in there]
    if not lacking:
        return []
    what = f"no row of {', '.join(lacking)}"
    remedy = "add them, or choose other pay.years in config.yaml"
    return [Problem(str(raw.files[table]), what, remedy, "year")]


def studied(raw: RawTables, table: str, years: tuple[int, int]) -> np.ndarray:
    """Whether each row is of a studied year, (n,) bool."""
    return raw.tables[table]["year"].between(*years).to_numpy()
