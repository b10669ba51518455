"""Checks of the cells of scores, and of the composition of schools."""

import numpy as np

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.row_checks import problem_of, rows_in
from welfare_added.district.values import RawTables
from welfare_added.pay.checks import missing_years, studied
from welfare_added.pay.choices import PayChoices

FAR = 15.0  # interquartile ranges from the median; a mean so far away is taken for a code
ENOUGH = 20  # fewest cells whose quartiles are relied on
RACES = ("share_black", "share_hispanic", "share_asian", "share_native")
ROUNDING = 0.02  # by which printed shares may exceed one


def check_cells(raw: RawTables, choices: PayChoices) -> None:
    """Refuse cells and compositions that contradict each other, and codes among mean scores.

    Raises
    ------
    DistrictError
        If a studied year has no cell; a mean score is missing though pupils were tested, or is
        there though none were; a mean is far from all others of the year, grade and subject; a cell
        has no composition; shares of races sum to more than one; or no cell's school has a teacher.

    """
    raise_any(missing_years(raw, "cells", choices.years))
    own = studied(raw, "cells", choices.years)
    raise_any(
        [*_scores(raw, own), *_composition(raw, own), *_races(raw, choices), *_taught(raw, own)]
    )
    raise_any(_codes(raw, own))


def _scores(raw: RawTables, own: np.ndarray) -> list[Problem]:
    cells = raw.tables["cells"]
    scored, tested = cells["mean_score"].notna().to_numpy(), (cells["n_pupils"] > 0).to_numpy()
    return [
        *problem_of(
            *(raw, "cells", "mean_score", own & tested & ~scored),
            "no mean score though pupils were tested",
            "add the score, or leave the row out where it is not published",
        ),
        *problem_of(
            *(raw, "cells", "n_pupils", own & scored & ~tested),
            "mean scores of cells without pupils",
            "correct n_pupils, or leave the row out",
        ),
    ]


def _composition(raw: RawTables, own: np.ndarray) -> list[Problem]:
    cells = raw.tables["cells"]
    there = rows_in(cells, raw.tables["composition"], ["school_id", "grade", "year"])
    return problem_of(
        *(raw, "cells", "school_id", own & ~there),
        "cells without a row of that school, grade and year in the table of composition",
        "add it: value added controls for the composition of pupils",
    )


def _races(raw: RawTables, choices: PayChoices) -> list[Problem]:
    rows = raw.tables["composition"]
    over = rows[list(RACES)].sum(axis=1).to_numpy() > 1 + ROUNDING
    return problem_of(
        *(raw, "composition", "", studied(raw, "composition", choices.years) & over),
        f"shares of races ({', '.join(RACES)}) that sum to more than one",
        "write shares of all pupils of the school, grade and year",
    )


def _taught(raw: RawTables, own: np.ndarray) -> list[Problem]:
    cells, staff = raw.tables["cells"], raw.tables["staff"]
    teachers = staff[staff["position"] == "teacher"]
    if rows_in(cells[own], teachers, ["school_id", "year"]).any():
        return []
    what = "no cell is of a school that has a teacher in the staff file that year"
    remedy = "write school_id alike in staff, cells and composition"
    return [Problem(str(raw.files["cells"]), what, remedy, "school_id")]


def _codes(raw: RawTables, own: np.ndarray) -> list[Problem]:
    cells = raw.tables["cells"]
    group = [cells[name] for name in ("year", "grade", "subject")]
    scores = cells["mean_score"].groupby(group)
    low, middle, high = (scores.transform("quantile", q) for q in (0.25, 0.5, 0.75))
    far = (cells["mean_score"] - middle).abs() > FAR * (high - low)
    wrong = far & (high > low) & (scores.transform("count") >= ENOUGH)
    return problem_of(
        *(raw, "cells", "mean_score", own & wrong.to_numpy()),
        "mean scores far from all others of the year, grade and subject",
        "leave a row out where its score is not published",
    )
