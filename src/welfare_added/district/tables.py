"""Schemas of a district's raw tables: columns, types, allowed values."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from welfare_added.district.vocabulary import ETHNICITIES, GENDERS, OUTCOMES


@dataclass(frozen=True)
class District:
    """A district's raw tables, each valid by its schema in `SCHEMAS`, rows in the files' order.

    Attributes
    ----------
    enrolments
        One row a student-year: student_id, year (spring), grade, school_id, class_id (missing: not
        linked to a class), ela_score and math_score (scale points; missing: not tested),
        ethnicity, gender, age (years), share_absent (0 to 1), special_education and
        english_learner (0 or 1).
    classes
        One row a class-year: class_id, year, grade, school_id, teacher_id (missing: unknown).
    teachers
        teacher_id, first_year (first spring employed; may be missing).
    outcomes
        student_id and later outcomes (0, 1 or missing), or None when the district has none.
    files
        File of each table, for error messages.
    absent
        Optional columns that the files lack, by table; all their values are missing.

    """

    enrolments: pd.DataFrame
    classes: pd.DataFrame
    teachers: pd.DataFrame
    outcomes: pd.DataFrame | None
    files: dict[str, Path]
    absent: dict[str, list[str]] = field(default_factory=dict)


def _text(remedy: str, *, nullable: bool = False) -> pa.Column:
    return pa.Column(str, nullable=nullable, metadata={"remedy": remedy})


def _one_of(values: tuple[str, ...]) -> pa.Column:
    allowed = ", ".join(values)
    check = pa.Check.isin(values, error="values that are not allowed")
    remedy = f"use one of {allowed}; leave it empty where it is unknown"
    return pa.Column(str, check, nullable=True, metadata={"remedy": remedy})


def _whole(low: int, high: int, remedy: str) -> pa.Column:
    check = pa.Check.in_range(low, high, error=f"values outside {low} to {high}")
    return pa.Column(int, check, metadata={"remedy": remedy})


def _number(low: float, high: float, remedy: str) -> pa.Column:
    check = pa.Check.in_range(low, high, error=f"values outside {low} to {high}")
    return pa.Column(float, check, nullable=True, metadata={"remedy": remedy})


def _flag() -> pa.Column:
    check = pa.Check.isin((0, 1), error="values other than 0 and 1")
    remedy = "write 1 for yes and 0 for no; leave it empty where it is unknown"
    return pa.Column(float, check, nullable=True, metadata={"remedy": remedy})


def _score() -> pa.Column:
    finite = pa.Check(np.isfinite, error="values that are not finite")
    remedy = "write scores as plain numbers; leave them empty where a student was not tested"
    return pa.Column(float, finite, nullable=True, metadata={"remedy": remedy})


def _year() -> pa.Column:
    return _whole(1900, 2200, "write the spring of the school year, 2004 for 2003-04")


def _grade() -> pa.Column:
    return _whole(-2, 13, "write the grade as a whole number, kindergarten as 0")


def _id(name: str) -> pa.Column:
    return _text(f"give every row its {name}, as in the other tables")


SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "enrolments": pa.DataFrameSchema(
        {
            "student_id": _id("student_id"),
            "year": _year(),
            "grade": _grade(),
            "school_id": _id("school_id"),
            "class_id": _text("", nullable=True),
            "ela_score": _score(),
            "math_score": _score(),
            "ethnicity": _one_of(ETHNICITIES),
            "gender": _one_of(GENDERS),
            "age": _number(2, 25, "write the age in years; leave it empty where it is unknown"),
            "share_absent": _number(0, 1, "write the share of days absent, 0.05 for 5 percent"),
            "special_education": _flag(),
            "english_learner": _flag(),
        },
        unique=["student_id", "year"],
        metadata={"remedy": "keep one row a student and year"},
    ),
    "classes": pa.DataFrameSchema(
        {
            "class_id": _id("class_id"),
            "year": _year(),
            "grade": _grade(),
            "school_id": _id("school_id"),
            "teacher_id": _text("", nullable=True),
        },
        unique=["class_id", "year"],
        metadata={"remedy": "keep one row a class and year, with its main teacher"},
    ),
    "teachers": pa.DataFrameSchema(
        {
            "teacher_id": _id("teacher_id"),
            "first_year": _number(1900, 2200, "write the first spring employed, or leave it empty"),
        },
        unique=["teacher_id"],
        metadata={"remedy": "keep one row a teacher"},
    ),
    "outcomes": pa.DataFrameSchema(
        {"student_id": _id("student_id"), **{name: _flag() for name in OUTCOMES}},
        unique=["student_id"],
        metadata={"remedy": "keep one row a student"},
    ),
}
