"""Moves between districts, exits and first years of teachers (section 3.1, footnote 25)."""

import numpy as np
import pandas as pd

from welfare_added.pay.choices import PayChoices


def career_events(rows: pd.DataFrame, everybody: pd.DataFrame, choices: PayChoices) -> pd.DataFrame:
    """Whether each teacher-year is a move, the last before an exit, or the first.

    Parameters
    ----------
    rows
        Teacher-years of the sample: teacher_id, year.
    everybody
        Main contracts of all teachers, also of those who are not in the sample: teacher_id, year,
        district_id, school_id; one row a teacher and year.
    choices
        years; moves_with_school.

    Returns
    -------
    DataFrame
        moved: another district than the year before; 0 if not a teacher then. exits: not among
        ``everybody`` the year after. new: not among them in any earlier year. Missing in the
        first year (moved, new) and the last (exits). kept_school: another district in the same
        school.

    """
    first, last = choices.years
    key = ["teacher_id", "year"]
    index = pd.MultiIndex.from_frame(everybody[key])
    year = rows["year"].to_numpy()
    at, before, after = (
        index.get_indexer(pd.MultiIndex.from_arrays([rows["teacher_id"], year + shift]))
        for shift in (0, -1, 1)
    )
    if (at < 0).any():
        raise ValueError("rows of the sample that are not among all teachers")
    district = everybody["district_id"].to_numpy()
    school = everybody["school_id"].to_numpy()
    differs = (before >= 0) & (district[before] != district[at])
    kept_school = differs & (school[before] == school[at])
    moved = differs & ~kept_school if choices.moves_with_school == "stay" else differs
    earliest = everybody.groupby("teacher_id")["year"].min()
    new = rows["teacher_id"].map(earliest).to_numpy() == year
    return pd.DataFrame(
        {
            "moved": np.where(year == first, np.nan, moved.astype(float)),
            "exits": np.where(year == last, np.nan, (after < 0).astype(float)),
            "new": np.where(year == first, np.nan, new.astype(float)),
            "kept_school": kept_school,
        },
        index=rows.index,
    )
