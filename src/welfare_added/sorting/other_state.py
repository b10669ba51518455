"""Who enters, moves and leaves in a second state, without a reform (figure A7)."""

from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.trends import state_flows

COLUMNS = ("teacher_id", "year", "district_id")
KEY = ["teacher_id", "year"]


def read_other_staff(path: Path | str) -> pd.DataFrame:
    """Teachers of a second state: teacher_id, year (spring) and district_id, one row a year each.

    Raises
    ------
    UserError
        If a column is missing, a value is empty or no year, a teacher recurs in a year, or there
        are fewer than two years.

    """
    table = pd.read_csv(path, dtype=str)
    if lacking := [name for name in COLUMNS if name not in table]:
        raise UserError(f"{path}: no column {', '.join(lacking)}; want {', '.join(COLUMNS)}")
    table = table[list(COLUMNS)]
    for name in COLUMNS:
        if empty := int(table[name].isna().sum()):
            raise UserError(f"{path}, column {name}: {empty:,} empty rows; fill or delete them")
    year = pd.to_numeric(table["year"], errors="coerce")
    if wrong := int((~year.between(1900, 2200) | (year % 1 != 0)).sum()):
        raise UserError(
            f"{path}, column year: {wrong:,} rows are no spring of a school year; write 2012 for "
            "2011-12"
        )
    table = table.assign(year=year.astype(int))
    if again := int(table.duplicated(KEY).sum()):
        raise UserError(
            f"{path}, columns {', '.join(KEY)}: {again:,} rows recur; keep a teacher's main "
            "district of each year"
        )
    if table["year"].nunique() < 2:
        raise UserError(f"{path}, column year: one year; who moves or leaves needs two or more")
    return table.sort_values(KEY, ignore_index=True)


def other_state_flows(staff: pd.DataFrame) -> pd.DataFrame:
    """`state_flows` of `read_other_staff`, as figure A6 has them of the state that is studied.

    Moves and entries are unknown in the first year, and exits in the last.
    """
    year, index = staff["year"], pd.MultiIndex.from_frame(staff[KEY])
    before, after = (
        index.get_indexer(pd.MultiIndex.from_arrays([staff["teacher_id"], year + shift]))
        for shift in (-1, 1)
    )
    district = staff["district_id"].to_numpy()
    moved = (before >= 0) & (district[before] != district)
    new = year == staff.groupby("teacher_id")["year"].transform("min")
    first, last = year == year.min(), year == year.max()
    flags = {
        "moved": np.where(first, np.nan, moved.astype(float)),
        "exits": np.where(last, np.nan, (after < 0).astype(float)),
        "new": np.where(first, np.nan, new.astype(float)),
    }
    return state_flows(staff.assign(**flags))
