"""A district's tables of students, classes and teachers, read and consistent with each other."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from welfare_added.district.checks import check_relations, check_scores
from welfare_added.district.combination_classes import as_chosen
from welfare_added.district.export import Export
from welfare_added.district.files import find_tables
from welfare_added.district.layout import Layout
from welfare_added.district.reading import read_tables
from welfare_added.district.table_files import TableFiles
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
        Files of each table, for error messages.
    absent
        Optional columns that the files lack, by table; all their values are missing.

    """

    enrolments: pd.DataFrame
    classes: pd.DataFrame
    teachers: pd.DataFrame
    outcomes: pd.DataFrame | None
    files: dict[str, TableFiles]
    absent: dict[str, list[str]] = field(default_factory=dict)


def read_district(folder: Path | str, layout: Layout, export: Export | None = None) -> District:
    """Read and check the tables in a folder: enrolments, classes, teachers, outcomes if any.

    Parameters
    ----------
    folder
        Holds the files of each table; see `find_tables` and `read_tables`.
    layout
        What the tables have to be.
    export
        How the files differ from the layout.

    Raises
    ------
    DistrictError
        If a file or a column is missing, a value is not allowed, a key recurs, or the tables
        contradict each other.

    """
    export = export or Export()
    raw = read_tables(find_tables(folder, layout), layout, export)
    return district_of(as_chosen(raw, export))


def district_of(raw: RawTables) -> District:
    """A district's tables, checked against each other; raises DistrictError as `read_district`."""
    check_scores(raw)
    check_relations(raw)
    tables = {"outcomes": None, **raw.tables}
    return District(**tables, files=raw.files, absent=raw.absent)
