"""A synthetic city whose students' classes are recorded, to compare both kinds of value added."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import SUBJECTS
from welfare_added.grade_means.careers import Turnover, draw_holders
from welfare_added.run.errors import UserError

FEWEST = 5  # students of a class
DECIMALS = 6  # of scores: further digits depend on the machine's BLAS


@dataclass(frozen=True)
class CityParameters:
    """How a city is drawn; scores are in student SD.

    Attributes
    ----------
    schools, grades, years
        Number of schools; grades that each has; first and last year.
    most_classes
        A grade of a school has 1, 2, ... or so many classes, all equally likely.
    class_size
        Mean number of students of a class, drawn by Poisson (at least `FEWEST`).
    sd_teacher
        SD of teachers' effects, by subject; ``teacher_correlation`` between subjects.
    sd_class, sd_student
        SD of a class's own shock and of what is a student's own.
    persistence
        Effect of last year's score.
    sd_school, sd_sorting
        SD between schools, and between classes of a school, of last year's scores, whose SD is 1.
    ethnicities
        Share of each.
    shares
        Shares of female students, students with disabilities and English learners: female,
        special_education, english_learner.
    effects
        Effects of these on this year's score, besides last year's.
    turnover
        Chances that teachers leave their classes.

    """

    schools: int
    grades: tuple[int, ...]
    years: tuple[int, int]
    most_classes: int
    class_size: float
    sd_teacher: Mapping[str, float]
    teacher_correlation: float
    sd_class: float
    sd_student: float
    persistence: float
    sd_school: float
    sd_sorting: float
    ethnicities: Mapping[str, float]
    shares: Mapping[str, float]
    effects: Mapping[str, float]
    turnover: Turnover = field(default_factory=Turnover)

    def __post_init__(self) -> None:
        """Refuse what no city has."""
        if self.sd_school**2 + self.sd_sorting**2 >= 1:
            raise UserError(
                "city: sd_school and sd_sorting leave no variance of last year's scores within "
                "classes; the sum of their squares must be below 1."
            )
        if abs(sum(self.ethnicities.values()) - 1) > 1e-9:
            raise UserError("city, ethnicities: shares do not add up to 1.")


@dataclass(frozen=True)
class City:
    """A city's analysis sample, and the truth.

    Attributes
    ----------
    students
        One row a student-year, with the columns of the analysis sample that value added needs
        (`district.sample.STUDENT_COLUMNS`); age and absences are not recorded.
    truth
        teacher_id, subject, effect [student SD].

    """

    students: pd.DataFrame
    truth: pd.DataFrame


def draw_city(parameters: CityParameters, seed: int) -> City:
    """Draw a city: A = persistence * last year's score + traits + mu_teacher + class + student.

    Students are drawn anew each year. A class has one teacher, for both subjects.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    places = parameters.schools * len(parameters.grades)
    place = np.repeat(np.arange(places), rng.integers(1, parameters.most_classes + 1, size=places))
    years = np.arange(parameters.years[0], parameters.years[1] + 1)
    school = place // len(parameters.grades)
    holders = draw_holders(school, len(years), parameters.turnover, rng)
    size = np.maximum(rng.poisson(parameters.class_size, holders.size), FEWEST)
    row = np.repeat(np.arange(holders.size), size)  # class-year of each student
    post, teacher = row % len(place), holders.ravel()[row]
    grade = np.array(parameters.grades)[place[post] % len(parameters.grades)]
    students = pd.DataFrame(
        {
            "student_id": _ids("p", np.arange(len(row))),
            "year": years[row // len(place)],
            "grade": grade,
            "school_id": _ids("s", school[post]),
            "class_id": _ids("c", post),
            "teacher_id": _ids("t", teacher),
            "class_size": size[row].astype(float),
            **_traits(parameters, len(row), rng),
        }
    )
    effects = _effects(parameters, int(holders.max()) + 1, rng)
    students = students.assign(
        **_scores(parameters, students, (row, school[post], teacher), effects, rng)
    )
    truth = pd.DataFrame(
        {
            "teacher_id": np.tile(_ids("t", np.arange(len(effects))), len(SUBJECTS)),
            "subject": np.repeat(SUBJECTS, len(effects)),
            "effect": effects.T.ravel(),
        }
    )
    return City(students, truth)


def _ids(letter: str, codes: np.ndarray) -> np.ndarray:
    digits = len(str(int(codes.max())))
    return np.array([f"{letter}{code:0{digits}d}" for code in range(int(codes.max()) + 1)])[codes]


def _traits(parameters: CityParameters, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    names = list(parameters.ethnicities)
    female, special, learner = (
        rng.random(n) < parameters.shares[name]
        for name in ("female", "special_education", "english_learner")
    )
    return {
        "ethnicity": rng.choice(names, size=n, p=list(parameters.ethnicities.values())),
        "gender": np.where(female, "female", "male"),
        "lag_special_education": special.astype(float),
        "lag_english_learner": learner.astype(float),
    }


def _effects(parameters: CityParameters, teachers: int, rng: np.random.Generator) -> np.ndarray:
    """Teachers' effects: (J, 2), by `SUBJECTS`."""
    own, other = rng.normal(size=(2, teachers))
    rho = parameters.teacher_correlation
    both = np.column_stack([own, rho * own + np.sqrt(1 - rho**2) * other])
    return (both * [parameters.sd_teacher[name] for name in SUBJECTS]).round(DECIMALS)


def _scores(
    parameters: CityParameters,
    students: pd.DataFrame,
    places: tuple[np.ndarray, np.ndarray, np.ndarray],
    effects: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Scores of both subjects, last year's, and whether those are below zero."""
    row, school, teacher = places
    n, classes = len(row), int(row.max()) + 1
    traits = (
        parameters.effects["female"] * (students["gender"] == "female")
        + parameters.effects["special_education"] * students["lag_special_education"]
        + parameters.effects["english_learner"] * students["lag_english_learner"]
    ).to_numpy()
    of_school = rng.normal(0.0, parameters.sd_school, int(school.max()) + 1)[school]
    of_class = rng.normal(0.0, parameters.sd_sorting, classes)[row]
    rest = np.sqrt(1 - parameters.sd_school**2 - parameters.sd_sorting**2)
    columns = {}
    for k, subject in enumerate(SUBJECTS):
        lag = of_school + of_class + rng.normal(0.0, rest, n)
        score = parameters.persistence * lag + traits + effects[teacher, k]
        score = score + rng.normal(0.0, parameters.sd_class, classes)[row]
        columns[subject] = (score + rng.normal(0.0, parameters.sd_student, n)).round(DECIMALS)
        columns[f"lag_{subject}"] = lag.round(DECIMALS)
        columns[f"lower_{subject}"] = lag < 0
    return columns
