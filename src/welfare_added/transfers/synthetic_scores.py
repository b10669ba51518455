"""Test scores of a synthetic year by eq. 1, and the tables of enrolments and tests."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.transfers.planted import Planted
from welfare_added.transfers.positions import TAUGHT
from welfare_added.transfers.regressors import outcome_regressors
from welfare_added.transfers.scores import SCORE_OF, SUBJECTS
from welfare_added.transfers.synthetic_positions import Positions
from welfare_added.transfers.synthetic_schools import ETHNICITIES
from welfare_added.transfers.synthetic_students import LAST_GRADE, Students
from welfare_added.transfers.synthetic_teachers import Staff

Columns = Mapping[str, np.ndarray]
RAW_DECIMALS = 1


def slot_teachers(positions: Positions, schools: int) -> tuple[np.ndarray, np.ndarray]:
    """Teacher of each school, grade and subject, and FTE there, (S, grades, 2); -1 if none."""
    teacher = np.full((schools, LAST_GRADE + 1, len(SUBJECTS)), -1)
    fte = np.zeros(teacher.shape)
    for one in positions.all:
        subjects = [SUBJECTS.index(name) for name in TAUGHT[one.subject]]
        for grade in one.grades:
            teacher[one.school, grade, subjects] = one.teacher
            fte[one.school, grade, subjects] = 1.0 / (len(one.grades) * len(subjects))
    return teacher, fte


def enrolment_table(students: Students, year: int, school_ids: np.ndarray) -> pd.DataFrame:
    """The table of enrolments of a year, without scores."""
    return pd.DataFrame(
        {
            "student_id": [f"k{number:06d}" for number in students.number],
            "year": year,
            "grade": students.grade,
            "school_id": school_ids[students.school],
            "ethnicity": np.array(ETHNICITIES, dtype=object)[students.ethnicity],
            "gender": np.where(students.male, "male", "female"),
            "special_education": students.special_education.astype("int8"),
            "english_learner": students.english_learner.astype("int8"),
            "low_income": students.low_income.astype("int8"),
        }
    )


def norm(grade: np.ndarray, tests: Mapping) -> tuple[np.ndarray, float]:
    """Mean and SD of the norm group on the scale of raw scores."""
    return tests["mean"]["base"] + tests["mean"]["a_grade"] * grade, float(tests["sd"])


def raw_scores(scores: np.ndarray, grade: np.ndarray, tests: Mapping) -> np.ndarray:
    """Scores (n, 2) on the scale of the tests."""
    mean, sd = norm(grade, tests)
    return np.round(mean[:, None] + sd * scores, RAW_DECIMALS)


def redesigned(year: int, tests: Mapping) -> np.ndarray:
    """Whether the test in each of `SUBJECTS` was redesigned by a year, (2,)."""
    return np.array([float(year >= tests["redesigned"][subject]) for subject in SUBJECTS])


def tests_table(years: range, grades: range, tests: Mapping) -> pd.DataFrame:
    """The table of tests."""
    rows = [
        (year, grade, subject, *norm(grade, tests), int(redesigned(year, tests)[place]))
        for year in years
        for grade in grades
        for place, subject in enumerate(SUBJECTS)
    ]
    return pd.DataFrame(rows, columns=["year", "grade", "subject", "mean", "sd", "redesigned"])


def model_scores(
    year: int,
    studied: Students,
    students: Columns,
    positions: Positions,
    staff: Staff,
    schools: Columns,
    traits: Columns,
    numbers: np.ndarray,
    truth: Planted,
    tests: Mapping,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores by the regressors of eq. 1, and theta + eta^y, (n, 2) each, by subject.

    studied, students: students of the grades studied, and their `student_traits`. schools, traits:
    of all schools, and of the teachers ``numbers``.
    """
    teacher, fte = slot_teachers(positions, len(positions.schools.ids))
    enrolled = np.zeros(teacher.shape[:2])
    np.add.at(enrolled, (studied.school, studied.grade), 1.0)
    of_school = {name: one[studied.school] for name, one in schools.items()}
    expected, effects = np.empty((2, len(studied.school), len(SUBJECTS)))
    for place in range(len(SUBJECTS)):
        own = teacher[studied.school, studied.grade, place]
        at = np.searchsorted(numbers, own)
        cell = studied.school, studied.grade
        pair = {
            "class_size": fte[:, :, place][cell] / enrolled[cell],
            "redesigned": np.full(len(own), redesigned(year, tests)[place]),
            "previous": studied.previous[:, place],
        }
        of_teacher = {name: one[at] for name, one in traits.items()}
        regressors = outcome_regressors(students, of_teacher, of_school, pair)
        expected[:, place] = regressors @ truth.outcomes
        effects[:, place] = staff.theta[own] + staff.eta[own, studied.school, 0]
    return expected, effects


def add_scores(table: pd.DataFrame, raw: np.ndarray) -> pd.DataFrame:
    """A table of enrolments with raw scores (n, 2)."""
    return table.assign(**{name: raw[:, place] for place, name in enumerate(SCORE_OF.values())})
