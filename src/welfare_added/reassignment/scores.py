"""Scores of a position's students with each candidate, from sums over students (section 6.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from welfare_added.transfers.regressors import MAIN, MATCHES


@dataclass(frozen=True)
class Teachers:
    """What a draw of the parameters says of the candidates; (m,) each.

    Attributes
    ----------
    effectiveness
        theta and the main effects of traits (eq. 1): the same with all students.
    minority, male
        Of the candidate, 0 or 1.
    on_minority, on_previous
        By how much more she raises scores of minority students, and of students a point higher
        last year.
    match_minority, match_gender
        Coefficients of having a teacher of the same minority status, and of the same gender.

    """

    effectiveness: np.ndarray
    minority: np.ndarray
    male: np.ndarray
    on_minority: np.ndarray
    on_previous: np.ndarray
    match_minority: float
    match_gender: float


def teachers_of_draw(
    traits: Mapping[str, np.ndarray], theta: np.ndarray, coefficients: Mapping[str, float]
) -> Teachers:
    """Candidates in one draw of the parameters.

    Parameters
    ----------
    traits
        (m,) each: `MAIN` by name, with education and experience standardised, minority and male.
    theta
        (m,) general effectiveness.
    coefficients
        Of eq. 1 by name; those that are not there are 0.

    """
    slope = {name: float(coefficients.get(name, 0.0)) for name in (*MAIN, *MATCHES)}
    main = sum(slope[name] * traits[name] for name in MAIN)
    by_education, by_experience = (
        {of: slope[f"{of}_x_{name}"] * traits[name] for of in ("minority", "prev_score")}
        for name in ("education", "experience")
    )
    return Teachers(
        effectiveness=theta + main,
        minority=traits["minority"],
        male=traits["male"],
        on_minority=by_education["minority"] + by_experience["minority"],
        on_previous=by_education["prev_score"] + by_experience["prev_score"],
        match_minority=slope["match_minority"],
        match_gender=slope["match_gender"],
    )


@dataclass(frozen=True)
class Sums:
    """Sums over the students of each position, (n,) each.

    Attributes
    ----------
    students, minority, male
        Numbers of students.
    previous
        Sum of last year's scores.

    """

    students: np.ndarray = field(repr=False)
    minority: np.ndarray = field(repr=False)
    male: np.ndarray = field(repr=False)
    previous: np.ndarray = field(repr=False)


def student_sums(
    position: np.ndarray,
    minority: np.ndarray,
    male: np.ndarray,
    previous: np.ndarray,
    positions: int,
) -> Sums:
    """Sums by position over students' rows (N,)."""

    def total(weights: np.ndarray | None) -> np.ndarray:
        return np.bincount(position, weights, positions).astype(float)

    return Sums(total(None), total(minority), total(male), total(previous))


def match_scores(teachers: Teachers, sums: Sums, eta: np.ndarray) -> np.ndarray:
    """Sum over students of what a candidate's match with them adds, (m, n).

    teachers: of a draw; sums: (n,) each; eta: (m, n) of eta^y at each position's school.
    """
    minority, male = teachers.minority[:, None], teachers.male[:, None]
    alike = np.where(minority == 1, sums.minority, sums.students - sums.minority)
    same = np.where(male == 1, sums.male, sums.students - sums.male)
    return (
        eta * sums.students
        + teachers.match_minority * alike
        + teachers.match_gender * same
        + teachers.on_minority[:, None] * sums.minority
        + teachers.on_previous[:, None] * sums.previous
    )


def total_scores(teachers: Teachers, sums: Sums, eta: np.ndarray) -> np.ndarray:
    """Sum of students' scores that the candidate accounts for, (m, n)."""
    return teachers.effectiveness[:, None] * sums.students + match_scores(teachers, sums, eta)
