"""Columns of the frames that the preparation makes, which the models of salaries and sorting read.

Flags are 0.0 or 1.0, and missing where the years at hand cannot say: nobody is known to have moved
or to be new in the first year, nor to leave in the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

DEGREES = ("BA", "MA", "PhD", "other")
REGIMES = ("IS", "SS", "none")  # individual salaries, a salary schedule, no handbook
LEVELS = ("elementary", "secondary")  # grades to 5, and from 6 on (appendix D)
SUBJECTS = ("math", "reading", "ela")  # of tests
# Subjects of the tests by what an assignment teaches; "all" is a classroom of all subjects.
TAUGHT = {"all": SUBJECTS, "math": ("math",), "reading": ("reading", "ela")}
LOCATIONS = ("urban", "suburban", "rural")

TEACHER_YEARS = {
    "teacher_id": "str",
    "year": "int64",  # spring
    "district_id": "str",  # of the contract with the highest FTE
    "school_id": "str",  # of the highest FTE within it; missing: none
    "fte": "float64",  # of the contract
    "salary": "float64",  # dollars a full-time equivalent and 180 days
    "seniority": "float64",  # years, adjusted (appendix B)
    "seniority_recorded": "float64",  # years: months / 10
    "degree": "str",  # of DEGREES
    "female": "float64",
    "race": "str",
    "birth_year": "float64",
    "subject": "str",  # of the assignment with the highest FTE
    "level": "str",  # of LEVELS, likewise
    "moved": "float64",  # another district than the year before
    "exits": "float64",  # no teacher the year after
    "new": "float64",  # no teacher in any earlier year
    "regime": "str",  # of REGIMES, after Act 10
    "schedule": "float64",  # dollars: modal salary at the recorded seniority; missing: silent
}
LINKS = {
    "teacher_id": "str",
    "school_id": "str",
    "grade": "int64",
    "year": "int64",
    "subject": "str",  # of SUBJECTS
    "share": "float64",  # of the cell's FTE; sums to 1 a cell
    "fte": "float64",  # in the cell
}
CELLS = {
    "school_id": "str",
    "grade": "int64",
    "year": "int64",
    "subject": "str",
    "district_id": "str",
    "n_pupils": "int64",
    "mean_score": "float64",  # scale of the test
    "sd_score": "float64",  # between pupils; missing: not given
}
COMPOSITION = {
    "school_id": "str",
    "grade": "int64",
    "year": "int64",
    "district_id": "str",
    "enrolment": "int64",
    **{
        f"share_{name}": "float64"
        for name in (
            *("female", "black", "hispanic", "asian", "native"),
            *("limited_english", "low_income", "disabled", "migrant"),
        )
    },
}
DISTRICTS = {
    "district_id": "str",
    "year": "int64",
    "market": "int64",  # CESA
    "location": "str",  # of LOCATIONS
    "latitude": "float64",
    "longitude": "float64",
    "enrolment": "int64",
    "property_value": "float64",  # dollars a pupil
    "disadvantaged": "float64",  # share of pupils
    "black": "float64",  # share of pupils
    "wage_bill": "float64",  # dollars
    "regime": "str",
}
STEPS = {"step": "str", "what": "str", "rows": "int64", "left_out": "int64"}
FRAMES = {
    "teacher_years": TEACHER_YEARS,
    "links": LINKS,
    "cells": CELLS,
    "composition": COMPOSITION,
    "districts": DISTRICTS,
    "steps": STEPS,
}
KEYS = {
    "teacher_years": ("teacher_id", "year"),
    "links": ("teacher_id", "school_id", "grade", "year", "subject"),
    "cells": ("school_id", "grade", "year", "subject"),
    "composition": ("school_id", "grade", "year"),
    "districts": ("district_id", "year"),
    "steps": ("step",),
}


@dataclass(frozen=True)
class PayRecords:
    """What the preparation makes of the raw tables; columns as above, rows sorted by `KEYS`.

    Attributes
    ----------
    teacher_years, links, cells, composition, districts
        As `FRAMES` declares them.
    steps
        Rows kept and left out by each step of the preparation, in its order.

    """

    teacher_years: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    composition: pd.DataFrame = field(repr=False)
    districts: pd.DataFrame = field(repr=False)
    steps: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All frames by name."""
        return {name: getattr(self, name) for name in FRAMES}


def framed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table with the columns, types and order of rows of a frame of `FRAMES`.

    Raises
    ------
    ValueError
        If a column is missing or a key recurs.

    """
    columns: Mapping[str, str] = FRAMES[name]
    lacking = [one for one in columns if one not in table]
    if lacking:
        raise ValueError(f"{name}: no column {', '.join(lacking)}")
    made = table[list(columns)].astype(columns)
    if name == "steps":
        return made.reset_index(drop=True)
    key = list(KEYS[name])
    if made.duplicated(key).any():
        raise ValueError(f"{name}: {', '.join(key)} recur")
    return made.sort_values(key, ignore_index=True)
