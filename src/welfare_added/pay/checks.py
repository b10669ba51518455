"""What the checks of a state's raw tables share."""

import numpy as np

from welfare_added.district.problems import Problem
from welfare_added.district.values import RawTables


def missing_years(raw: RawTables, table: str, years: tuple[int, int]) -> list[Problem]:
    """A problem of the studied years in which a table has no row."""
    there = set(raw.tables[table]["year"])
    lacking = [str(year) for year in range(years[0], years[1] + 1) if year not in there]
    if not lacking:
        return []
    what = f"no row of {', '.join(lacking)}"
    remedy = "add them, or choose other district.years in config.yaml"
    return [Problem(str(raw.files[table]), what, remedy, "year")]


def studied(raw: RawTables, table: str, years: tuple[int, int]) -> np.ndarray:
    """Whether each row is of a studied year, (n,) bool."""
    return raw.tables[table]["year"].between(*years).to_numpy()
