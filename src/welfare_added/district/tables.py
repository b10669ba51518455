"""A district's tables of students, classes and teachers, read and consistent with each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from welfare_added.district.checks import check_relations, check_scores
from welfare_added.district.files import find_tables
from welfare_added.district.layout import Layout
from welfare_added.district.reading import read_tables
from welfare_added.district.values import RawTables


@dataclass(frozen=True)
class District:
    """A district's raw tables, each as its layout declares it, rows in the files' order.

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


def read_district(
    folder: Path | str, layout: Layout, names: Mapping[str, Mapping[str, str]] | None = None
) -> District:
    """Read and check the tables in a folder: enrolments, classes, teachers, outcomes if any.

    Parameters
    ----------
    folder
        Holds each table as .csv or .parquet; see `read_tables`.
    layout
        What the tables have to be.
    names
        The files' own names of columns, by table and by the project's name; columns not listed
        have the project's name.

    Raises
    ------
    DistrictError
        If a file or a column is missing, a value is not allowed, a key recurs, or the tables
        contradict each other.

    """
    return read_district_files(find_tables(folder, layout), layout, names)


def read_district_files(
    files: Mapping[str, Path | str],
    layout: Layout,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> District:
    """Read and check the tables in the given files, by table; see `read_district`."""
    return district_of(read_tables(files, layout, names))


def district_of(raw: RawTables) -> District:
    """A district's tables, checked against each other; raises DistrictError as `read_district`."""
    check_scores(raw)
    check_relations(raw)
    tables = {"outcomes": None, **raw.tables}
    return District(**tables, files=raw.files, absent=raw.absent)
