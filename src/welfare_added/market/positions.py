"""Positions with the features of their schools."""

import numpy as np
import pandas as pd

FEATURES = [
    *("class_size", "share_disadvantaged", "share_black", "share_hispanic", "share_above_median"),
    "title1",
]


def school_years(rows: pd.DataFrame, schools: pd.DataFrame) -> np.ndarray:
    """Row in the table of schools of each school_id and year, (n,).

    Of the year itself, or else of the latest year before; -1 where there is none.
    """
    order = np.lexsort([schools["year"], schools["school_id"]])
    codes = pd.Index(schools["school_id"].iloc[order].unique())
    own = codes.get_indexer(schools["school_id"])[order] * 10_000
    keys = own + schools["year"].to_numpy()[order]
    code = codes.get_indexer(rows["school_id"])
    wanted = code * 10_000 + rows["year"].to_numpy()
    at = np.searchsorted(keys, wanted, side="right") - 1
    found = (code >= 0) & (at >= 0)
    found &= own[np.maximum(at, 0)] == code * 10_000
    return np.where(found, order[np.maximum(at, 0)], -1)


def position_table(vacancies: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Positions of every cycle with the features of their schools in the year of the job.

    Parameters
    ----------
    vacancies
        position_id, cycle, school_id, posted, closed (days of the season; closed may be missing).
    schools
        Of records.

    Returns
    -------
    DataFrame
        position_id, year, school_id, posted, closed, and `FEATURES`; sorted by year and
        position_id.

    """
    rows = vacancies.rename(columns={"cycle": "year"})
    rows = rows.sort_values(["year", "position_id"], ignore_index=True)
    of_school = schools[FEATURES].iloc[school_years(rows, schools)].reset_index(drop=True)
    return pd.concat(
        [rows[["position_id", "year", "school_id", "posted", "closed"]], of_school], axis=1
    )
