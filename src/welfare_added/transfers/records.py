"""Raw tables as numbered teachers, schools and years, with their traits."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.district.checks import check_coverage, check_scores
from welfare_added.district.values import RawTables
from welfare_added.transfers.application_checks import check_transfers
from welfare_added.transfers.position_checks import check_positions
from welfare_added.transfers.positions import in_sample
from welfare_added.transfers.scores import previous_scores, standardised
from welfare_added.transfers.traits import (
    Standards,
    school_traits,
    student_traits,
    teacher_traits,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Study:
    """What is studied.

    Attributes
    ----------
    years
        First and last spring, both studied.
    grades
        Lowest and highest grade.
    standards
        By which education and experience are standardised; None: over the sample's teacher-years.
    unlicensed
        Applications outside the licences: ``refuse``, or ``widen`` the teacher's menu by them.

    """

    years: tuple[int, int]
    grades: tuple[int, int]
    standards: Standards | None = None
    unlicensed: str = "refuse"


@dataclass(frozen=True)
class Records:
    """Teachers, schools, students and positions of the years studied.

    Attributes
    ----------
    teachers, schools
        Identifiers, sorted; the number of each is its place.
    years
        Springs studied.
    teacher_years
        One row a teacher and year: teacher, year, the columns of `teacher_traits`, displaced,
        gave_notice (bool), position (row in ``positions``, -1 if none), own_school (of
        her position, in the sample or outside it; -1 if she has none or is displaced).
    positions
        Of the sample: columns of the raw table, school, and teacher_year (row of who holds it).
    students
        One row an enrolment in the grades studied: student_id, year, grade, school, columns of
        `student_traits`, and for each subject score, previous and redesigned; previous (mean).
    traits
        By year: `school_traits`, each (schools,).
    standards
        By which education and experience are standardised.

    """

    teachers: pd.Index
    schools: pd.Index
    years: tuple[int, ...]
    teacher_years: pd.DataFrame = field(repr=False)
    positions: pd.DataFrame = field(repr=False)
    students: pd.DataFrame = field(repr=False)
    traits: Mapping[int, Mapping[str, np.ndarray]] = field(repr=False)
    standards: Standards


def transfer_records(raw: RawTables, study: Study) -> Records:
    """Check the raw tables against each other and prepare them.

    Raises
    ------
    DistrictError
        If tables contradict each other (`check_positions`, `check_transfers`), or a studied year
        or the grade below has no enrolment.

    """
    tables = raw.tables
    years = tuple(range(study.years[0], study.years[1] + 1))
    lags = {year: year - 1 for year in years}
    grades = tuple(range(study.grades[0], study.grades[1] + 1))
    if "tests" not in tables:
        check_scores(raw)
    check_coverage(tables["enrolments"], raw.files["enrolments"], lags, grades)
    check_positions(raw, years, grades)
    check_transfers(raw, years, study.unlicensed)
    teachers = pd.Index(np.sort(tables["teacher_years"]["teacher_id"].unique()))
    positions = _of_years(tables["positions"], years)
    positions = positions[in_sample(positions)].sort_values(["year", "position_id"])
    positions = positions.reset_index(drop=True)
    schools = pd.Index(np.sort(_school_ids(tables)))
    people = _of_years(tables["teacher_years"], years)
    people = people.sort_values(["year", "teacher_id"], ignore_index=True)
    standards = study.standards or Standards.of_sample(people[_row_of(people, positions)[1] >= 0])
    people, positions = _joined(people, positions, tables, (teachers, schools), standards)
    students = _students(tables, years, grades, schools)
    traits = {year: _traits(students, people, positions, len(schools), year) for year in years}
    log.info("%d teacher-years with %d positions", len(people), len(positions))
    return Records(teachers, schools, years, people, positions, students, traits, standards)


def _of_years(table: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    return table[table["year"].isin(years)]


def _school_ids(tables: Mapping[str, pd.DataFrame]) -> np.ndarray:
    """Schools of positions, vacancies and outside positions; not those of students alone."""
    named = [
        tables[name]["school_id"]
        for name in ("positions", "vacancies", "outside_positions")
        if name in tables
    ]
    return pd.concat(named).unique()


def _row_of(people: pd.DataFrame, positions: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Teacher-year of each position, and position of each teacher-year (-1: none)."""
    keys = pd.MultiIndex.from_frame(people[["teacher_id", "year"]])
    holder = keys.get_indexer(pd.MultiIndex.from_frame(positions[["teacher_id", "year"]]))
    held = np.full(len(people), -1)
    held[holder] = np.arange(len(positions))
    return holder, held


def _joined(people, positions, tables, index, standards):
    """Teacher-years with traits and present school, and positions with their holders."""
    teachers, schools = index
    holder, held = _row_of(people, positions)
    positions = positions.assign(
        school=schools.get_indexer(positions["school_id"]), teacher_year=holder
    )
    own = np.where(held >= 0, positions["school"].to_numpy()[held], -1)
    if "outside_positions" in tables:
        outside = tables["outside_positions"]
        at = pd.MultiIndex.from_frame(outside[["teacher_id", "year"]]).get_indexer(
            pd.MultiIndex.from_frame(people[["teacher_id", "year"]])
        )
        elsewhere = schools.get_indexer(outside["school_id"])[at]
        own = np.where((own < 0) & (at >= 0), elsewhere, own)
    displaced = people["displaced"].to_numpy(bool)
    joined = pd.DataFrame(
        {
            "teacher": teachers.get_indexer(people["teacher_id"]),
            "year": people["year"],
            **teacher_traits(people, standards),
            "displaced": displaced,
            "gave_notice": np.nan_to_num(people["gave_notice"].to_numpy(float)).astype(bool),
            "position": held,
            "own_school": np.where(displaced, -1, own),
        }
    )
    return joined, positions


def _students(tables, years, grades, schools) -> pd.DataFrame:
    """Enrolments of the grades and years studied, with scores and traits."""
    rows = tables["enrolments"].sort_values(["year", "student_id"], ignore_index=True)
    scores = standardised(rows, tables.get("tests"))
    before = previous_scores(rows, scores)
    made = pd.DataFrame(
        {
            **{name: rows[name] for name in ("student_id", "year", "grade")},
            "school": schools.get_indexer(rows["school_id"]),
            **student_traits(rows),
            **scores.rename(columns={"math": "score_math", "reading": "score_reading"}),
            "previous_math": before["math"],
            "previous_reading": before["reading"],
            "previous": before["mean"],
        }
    )
    kept = rows["year"].isin(years) & rows["grade"].isin(grades)
    return made[kept & (made["school"] >= 0)].reset_index(drop=True)


def _traits(students, people, positions, schools: int, year: int) -> dict[str, np.ndarray]:
    """School traits of one year."""
    own = students[students["year"] == year]
    held = positions[positions["year"] == year]
    teaching = people.iloc[held["teacher_year"]].assign(school=held["school"].to_numpy())
    return school_traits(
        {name: own[name].to_numpy() for name in own},
        {name: teaching[name].to_numpy() for name in teaching},
        schools,
    )
