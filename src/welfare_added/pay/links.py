"""Which teachers teach which cells: the tested subjects of a school, grade and year."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.pay.frames import SUBJECTS, TAUGHT

CELL = ["school_id", "grade", "year", "subject"]


def teacher_links(
    staff: pd.DataFrame,
    cells: pd.DataFrame,
    taught: Mapping[str, Sequence[str]] = TAUGHT,
) -> pd.DataFrame:
    """Link teachers to cells by the grades and subjects of their assignments (appendix D).

    An assignment's FTE is divided evenly among its grades, those without tests included.

    Parameters
    ----------
    staff
        Assignments of teachers: teacher_id, year, school_id, subject, grade_low, grade_high, fte.
    cells
        Keys of the cells; links to others are left out.
    taught
        Tested subjects by what is taught.

    Returns
    -------
    DataFrame
        teacher_id, school_id, grade, year, subject, fte (of all her assignments in the cell), and
        share: of the FTE of the cell's teachers, equal shares where none of them has any.

    """
    rows = staff[staff["subject"].isin(taught) & staff["school_id"].notna()]
    rows = rows[rows["school_id"].isin(cells["school_id"])]
    number = (rows["grade_high"] - rows["grade_low"] + 1).to_numpy()
    repeated = np.repeat(np.arange(len(rows)), number)
    within = np.arange(len(repeated)) - np.repeat(np.cumsum(number) - number, number)
    names = ["teacher_id", "school_id", "year", "subject"]
    by_grade = rows[names].iloc[repeated].reset_index(drop=True)
    by_grade["grade"] = rows["grade_low"].to_numpy()[repeated] + within
    by_grade["fte"] = (rows["fte"].to_numpy() / number)[repeated]
    parts = []
    for subject in SUBJECTS:
        own = by_grade["subject"].isin([one for one, tests in taught.items() if subject in tests])
        parts.append(by_grade[own].assign(subject=subject))
    made = pd.concat(parts, ignore_index=True).merge(cells[CELL], on=CELL)
    key = ["teacher_id", *CELL]
    made = made.groupby(key, as_index=False)["fte"].sum()
    made["fte"] = made["fte"].round(9)
    groups = made.groupby(CELL)["fte"]
    total, size = groups.transform("sum"), groups.transform("size")
    share = np.where(total > 0, made["fte"] / total.where(total > 0, 1.0), 1.0 / size)
    return made.assign(share=share)
