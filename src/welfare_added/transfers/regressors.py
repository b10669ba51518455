"""Regressors of outcomes, supply and demand by name (Laverde et al. 2023, table A3)."""

from collections.abc import Mapping

import numpy as np

from welfare_added.transfers.traits import RACES, STUDENT_FLAGS, STUDENT_SHARES, TEACHER_SHARES

Columns = Mapping[str, np.ndarray]
INTERACTIONS = (
    *("education_x_minority", "education_x_average_score"),
    *("experience_x_minority", "experience_x_average_score", "experience_x_average_experience"),
)
SUPPLY = (
    *STUDENT_SHARES,
    "average_score",
    *TEACHER_SHARES,
    *("average_experience", "students_match_minority", "teachers_match_minority"),
    *INTERACTIONS,
    "driving_minutes",
)
CONSTANT = "constant"
DEMAND = (
    *("male", "education", *RACES, "experience"),
    *("match_minority_students", "match_minority_teachers"),
    *INTERACTIONS,
)
EXPERIENCE = ("experience_2_3", "experience_4_6", "experience_7_up")
# Terms of eq. 1 of a teacher that are the same for all students, and those that meet their traits.
MAIN = ("teacher_male", "education", *(f"teacher_{race}" for race in RACES), *EXPERIENCE)
MATCHES = (
    *("match_minority", "match_gender", "minority_x_education", "prev_score_x_education"),
    *("minority_x_experience", "prev_score_x_experience"),
)
OUTCOMES = (
    *("prev_score", "prev_score_sq", "prev_score_cube"),
    *(*RACES, "male", *STUDENT_FLAGS),
    *MAIN,
    *(*STUDENT_SHARES, "low_income_x_share_low_income", "class_size"),
    *MATCHES,
    "redesigned",
)


def supply_regressors(teachers: Columns, schools: Columns, minutes: np.ndarray) -> np.ndarray:
    """Regressors of teachers' utility (eq. 2), (n, len(SUPPLY)); inertia is not among them.

    teachers: columns of `teacher_traits`; schools: of `school_traits`; minutes: of driving; one
    entry a teacher and school, (n,) each.
    """
    named = {
        **{name: schools[name] for name in (*STUDENT_SHARES, "average_score", *TEACHER_SHARES)},
        "average_experience": schools["average_experience"],
        "students_match_minority": _alike(teachers["minority"], schools["share_minority"]),
        "teachers_match_minority": _alike(teachers["minority"], schools["teachers_minority"]),
        **_interactions(teachers, schools),
        "driving_minutes": minutes,
    }
    return np.column_stack([named[name] for name in SUPPLY])


def demand_regressors(teachers: Columns, schools: Columns) -> np.ndarray:
    """Regressors of schools' utility (eq. 3) but the constant, (n, len(DEMAND)); as for supply."""
    named = {
        **{name: teachers[name] for name in ("male", "education", *RACES, "experience")},
        "match_minority_students": _alike(teachers["minority"], schools["share_minority"]),
        "match_minority_teachers": _alike(teachers["minority"], schools["teachers_minority"]),
        **_interactions(teachers, schools),
    }
    return np.column_stack([named[name] for name in DEMAND])


def _alike(minority: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Share of persons who are a minority if the teacher is, and not if she is not."""
    return minority * share + (1.0 - minority) * (1.0 - share)


def _interactions(teachers: Columns, schools: Columns) -> dict[str, np.ndarray]:
    education, experience = teachers["education"], teachers["experience"]
    return {
        "education_x_minority": education * schools["share_minority"],
        "education_x_average_score": education * schools["average_score"],
        "experience_x_minority": experience * schools["share_minority"],
        "experience_x_average_score": experience * schools["average_score"],
        "experience_x_average_experience": experience * schools["average_standardised_experience"],
    }


def outcome_regressors(
    students: Columns, teachers: Columns, schools: Columns, pair: Columns
) -> np.ndarray:
    """Regressors of test scores (eq. 1) but for constant, school and year effects.

    Parameters
    ----------
    students, teachers, schools
        Columns of `student_traits`, `teacher_traits` and `school_traits`, one entry a pair.
    pair
        previous (score of the subject last year), class_size (FTE per student), redesigned.

    Returns
    -------
    array (n, len(OUTCOMES))

    """
    named = {
        **_of_student(students, pair["previous"]),
        **{name: schools[name] for name in STUDENT_SHARES},
        "low_income_x_share_low_income": students["low_income"] * schools["share_low_income"],
        "class_size": pair["class_size"],
        "redesigned": pair["redesigned"],
        **teacher_part(students, teachers, pair["previous"]),
    }
    return np.column_stack([named[name] for name in OUTCOMES])


def _of_student(students: Columns, previous: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "prev_score": previous,
        "prev_score_sq": previous**2,
        "prev_score_cube": previous**3,
        **{name: students[name] for name in (*RACES, "male", *STUDENT_FLAGS)},
    }


def teacher_part(
    students: Columns, teachers: Columns, previous: np.ndarray
) -> dict[str, np.ndarray]:
    """Those of the regressors of outcomes that change with the teacher, by name.

    Arrays need only broadcast against each other: a student's pairs with all teachers are students
    (n, 1) against teachers (1, m).
    """
    years, minority = teachers["years"], students["minority"]
    education, experience = teachers["education"], teachers["experience"]
    same_gender = students["male"] == teachers["male"]
    return {
        "teacher_male": teachers["male"],
        "education": education,
        **{f"teacher_{race}": teachers[race] for race in RACES},
        "experience_2_3": np.where((years >= 2) & (years < 4), 1.0, 0.0),
        "experience_4_6": np.where((years >= 4) & (years < 7), 1.0, 0.0),
        "experience_7_up": np.where(years >= 7, 1.0, 0.0),
        "match_minority": (minority == teachers["minority"]).astype(float),
        "match_gender": same_gender.astype(float),
        "minority_x_education": minority * education,
        "prev_score_x_education": previous * education,
        "minority_x_experience": minority * experience,
        "prev_score_x_experience": previous * experience,
    }
