"""Students, teachers and schools of the state, prepared for value added and for the market."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.checks import check_coverage, locate
from welfare_added.district.sample import standardise
from welfare_added.district.values import RawTables
from welfare_added.district.years import lag_years
from welfare_added.market.schools import school_table
from welfare_added.market.teacher_records import teacher_traits, teacher_years
from welfare_added.run.errors import UserError

# What the steps of the sample count, and its column.
COUNTED = {"students": "student_id", "teachers": "teacher_id", "schools": "school_id"}
SPLITS = ("economically_disadvantaged", "race", "lagged_median")
STUDENT_COLUMNS = [
    *("student_id", "year", "grade", "school_id", "district_id", "class_id", "teacher_id"),
    *("score", "lagged_score", "type", "economically_disadvantaged", "ethnicity", "gender"),
    "above_median",
]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Records:
    """The state's records as value added and the market use them.

    Attributes
    ----------
    students
        One row a student-year of the sample, columns `STUDENT_COLUMNS`, sorted by year, grade,
        school_id, class_id, student_id: scores in student SD; type 0 or 1; above_median, whether
        last year's score is above the state's median of the grade and year.
    teachers
        One row a teacher-year with a class: see `teacher_years`.
    traits
        One row a teacher of the state's file: see `teacher_traits`.
    schools
        One row a school-year: see `school_table`.
    steps
        Counts after each restriction of the sample: step, student_years, students, classes,
        teachers, schools.

    """

    students: pd.DataFrame
    teachers: pd.DataFrame
    traits: pd.DataFrame
    schools: pd.DataFrame
    steps: pd.DataFrame


def study_records(
    raw: RawTables,
    *,
    years: Sequence[int],
    grades: Sequence[int],
    split: str,
    market: str | None,
    lag: str = "last_year",
) -> Records:
    """Derive the sample of students in mathematics, teacher-years and schools.

    Parameters
    ----------
    raw
        Checked tables enrolments, classes, teachers, schools.
    years, grades
        Springs (first and last) and grades studied; last year's scores may be of one grade below.
    split
        Type 1 is: ``economically_disadvantaged``; by ``race``, everybody not white; by
        ``lagged_median``, who scored last year at or below the state's median.
    market
        district_id of the district with the hiring platform; None: all schools are of it.
    lag
        As of `lag_years`.

    Raises
    ------
    UserError
        If there is no such split or no such district.
    DistrictError
        If a year or the grade below has no row.

    """
    if split not in SPLITS:
        raise UserError(f"config.yaml: district.split is '{split}'; choose {', '.join(SPLITS)}")
    lags, tables = lag_years(years, lag), raw.tables
    check_coverage(tables["enrolments"], raw.files["enrolments"], lags, tuple(grades))
    rows = _with_places(_rows(tables, lags, split), _districts(tables["schools"], market))
    masks = _restrictions(rows, lags, grades)
    codes = {name: pd.factorize(rows[column])[0] for name, column in COUNTED.items()}
    codes = {**codes, "classes": rows["class_row"].to_numpy()}
    steps = pd.DataFrame([_counts(codes, mask, name) for name, mask in masks.items()])
    kept = list(masks.values())[-1]
    enrolled = rows[rows["year"].isin(list(lags)) & rows["grade"].isin(grades)]
    students = rows[kept].sort_values(
        ["year", "grade", "school_id", "class_id", "student_id"], ignore_index=True
    )
    students = students.astype({"type": "int64", "above_median": "int64"})
    log.info("%d student-years in the sample", len(students))
    traits = teacher_traits(tables["teachers"])
    return Records(
        students=students[STUDENT_COLUMNS],
        teachers=teacher_years(enrolled, traits),
        traits=traits,
        schools=school_table(enrolled),
        steps=steps,
    )


def _rows(tables: Mapping[str, pd.DataFrame], lags: Mapping[int, int], split: str) -> pd.DataFrame:
    """Enrolments with standardised scores of this year and last, type, class and teacher."""
    rows = tables["enrolments"]
    rows = rows[rows["year"].isin({*lags, *lags.values()})]
    # Floating-point sums depend on the order of rows, which must not be the file's.
    rows = rows.sort_values(["year", "student_id"], ignore_index=True)
    rows["score"] = standardise(rows, "math_score").astype("float64")
    back = rows["year"] - rows["year"].map(lags).fillna(rows["year"] - 1).astype("int64")
    last = locate(rows, rows, "student_id", back=back.to_numpy())
    rows["lagged_score"] = np.where(last >= 0, rows["score"].to_numpy()[last], np.nan)
    middle = rows.groupby(["year", "grade"])["lagged_score"].transform("median")
    above = (rows["lagged_score"] > middle).astype(float)
    rows["above_median"] = above.where(rows["lagged_score"].notna())
    class_row = locate(rows, tables["classes"], "class_id")
    teacher = tables["classes"]["teacher_id"].take(np.maximum(class_row, 0))
    rows["teacher_id"] = teacher.reset_index(drop=True).where(class_row >= 0, None)
    rows["class_row"] = class_row
    rows["type"] = _type(rows, split)
    return rows


def _with_places(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add what the table of schools has of each row's school; one without a row is elsewhere."""
    place = locate(rows, places, "school_id")
    for name in ("district_id", "in_market", "title1", "latitude", "longitude"):
        values = places[name].take(np.maximum(place, 0)).reset_index(drop=True)
        rows[name] = values.where(place >= 0, False if name == "in_market" else None)
    return rows


def _type(rows: pd.DataFrame, split: str) -> pd.Series:
    """Type of each student, 0 or 1; missing where what decides it is."""
    if split == "race":
        return (rows["ethnicity"] != "white").astype(float).where(rows["ethnicity"].notna())
    if split == "lagged_median":
        return 1 - rows["above_median"]
    return rows["economically_disadvantaged"]


def _districts(schools: pd.DataFrame, market: str | None) -> pd.DataFrame:
    """The table of schools, with whether each is of the market's district."""
    if market is None:
        return schools.assign(in_market=True)
    own = schools["district_id"] == market
    if not own.any():
        raise UserError(
            f"config.yaml: district.market is '{market}', and no school has that district_id: name "
            "the district with the hiring platform, or null if all schools are of it"
        )
    return schools.assign(in_market=own)


def _restrictions(
    rows: pd.DataFrame, lags: Mapping[int, int], grades: Sequence[int]
) -> dict[str, pd.Series]:
    """Restrictions of the sample in order, each with the rows that meet it and all before."""
    conditions = {
        "enrolled in the years and grades studied": rows["year"].isin(list(lags))
        & rows["grade"].isin(grades),
        "linked to a class with a known teacher": rows["teacher_id"].notna(),
        "scored in mathematics this year": rows["score"].notna(),
        "scored in mathematics last year": rows["lagged_score"].notna(),
        "type known": rows["type"].notna(),
        "district known": rows["district_id"].notna() | rows["in_market"].astype(bool),
    }
    mask = pd.Series(True, index=rows.index)
    return {name: (mask := mask & condition) for name, condition in conditions.items()}


def _counts(codes: Mapping[str, np.ndarray], mask: pd.Series, step: str) -> dict:
    """Numbers of different students, classes, teachers and schools among the rows of a mask.

    codes: of each row, negative where there is none.
    """
    kept = mask.to_numpy(bool)
    numbers = {
        name: int(np.count_nonzero(np.bincount(of[kept & (of >= 0)]))) for name, of in codes.items()
    }
    order = ("students", "classes", "teachers", "schools")
    return {
        "step": step,
        "student_years": int(kept.sum()),
        **{name: numbers[name] for name in order},
    }
