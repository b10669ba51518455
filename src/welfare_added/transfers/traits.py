"""Traits of teachers, students and schools in a year (Laverde et al. 2023, table A3)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

RACES = ("black", "hispanic", "other")  # white is the omitted category (table A3, note)
STUDENT_FLAGS = ("low_income", "english_learner", "special_education")
# Traits of a school and year: means over its students, and over its teachers.
STUDENT_SHARES = (
    *(f"share_{race}" for race in RACES),
    *(f"share_{flag}" for flag in STUDENT_FLAGS),
)
TEACHER_SHARES = tuple(f"teachers_{race}" for race in RACES)
SCHOOL = (
    *STUDENT_SHARES,
    *("share_minority", "average_score"),
    *TEACHER_SHARES,
    *("teachers_minority", "average_experience", "average_standardised_experience"),
)


@dataclass(frozen=True)
class Standards:
    """Mean and SD by which teachers' education and experience are standardised ("St." in table A3).

    Attributes
    ----------
    education, experience
        Mean and SD [years].

    """

    education: tuple[float, float]
    experience: tuple[float, float]

    @classmethod
    def of_sample(cls, teacher_years: pd.DataFrame) -> "Standards":
        """Means and SDs over all teacher-years (years_of_education, experience)."""
        pairs = (
            (float(teacher_years[name].mean()), float(teacher_years[name].std(ddof=0)))
            for name in ("years_of_education", "experience")
        )
        return cls(*((mean, sd or 1.0) for mean, sd in pairs))


def race_indicators(ethnicity: pd.Series) -> dict[str, np.ndarray]:
    """Indicators black, hispanic, other (none of these, nor white) and minority, (n,) each."""
    codes = {name: (ethnicity == name).to_numpy(float) for name in ("black", "hispanic", "white")}
    minority = 1.0 - codes["white"]
    return {
        "black": codes["black"],
        "hispanic": codes["hispanic"],
        "other": minority - codes["black"] - codes["hispanic"],
        "minority": minority,
    }


def teacher_traits(teacher_years: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    """Traits of teachers as the regressors use them, one row a teacher-year.

    teacher_years: ethnicity, gender, years_of_education, experience. Returns male, the indicators
    of `race_indicators`, education and experience (standardised) and years (of experience).
    """
    education = teacher_years["years_of_education"].to_numpy(float)
    years = teacher_years["experience"].to_numpy(float)
    return pd.DataFrame(
        {
            "male": (teacher_years["gender"] == "male").to_numpy(float),
            **race_indicators(teacher_years["ethnicity"]),
            "education": (education - standards.education[0]) / standards.education[1],
            "experience": (years - standards.experience[0]) / standards.experience[1],
            "years": years,
        },
        index=teacher_years.index,
    )


def student_traits(enrolments: pd.DataFrame) -> pd.DataFrame:
    """Traits of students as the regressors use them, one row an enrolment."""
    return pd.DataFrame(
        {
            "male": (enrolments["gender"] == "male").to_numpy(float),
            **race_indicators(enrolments["ethnicity"]),
            **{name: enrolments[name].to_numpy(float) for name in STUDENT_FLAGS},
        },
        index=enrolments.index,
    )


def school_traits(
    students: Mapping[str, np.ndarray], teachers: Mapping[str, np.ndarray], schools: int
) -> dict[str, np.ndarray]:
    """Traits of every school in one year.

    Parameters
    ----------
    students
        One entry a student of the grades studied: ``school`` (number), ``previous`` (mean of last
        year's scores, NaN if none) and the columns of `student_traits`.
    teachers
        One entry a teacher with a position: ``school`` and the columns of `teacher_traits`.
    schools
        Number of schools.

    Returns
    -------
    dict
        Each of `SCHOOL`, (schools,); NaN where a school has no student, scored student or teacher.

    """
    own, place = students["school"], teachers["school"]
    traits = {
        f"share_{name}": _mean(own, students[name], schools)
        for name in (*RACES, *STUDENT_FLAGS, "minority")
    }
    scored = ~np.isnan(students["previous"])
    traits["average_score"] = _mean(own[scored], students["previous"][scored], schools)
    for name in (*RACES, "minority"):
        traits[f"teachers_{name}"] = _mean(place, teachers[name], schools)
    traits["average_experience"] = _mean(place, teachers["years"], schools)
    traits["average_standardised_experience"] = _mean(place, teachers["experience"], schools)
    return {name: traits[name] for name in SCHOOL}


def _mean(group: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    """Mean of values by group, (groups,); NaN where there are none."""
    number = np.bincount(group, minlength=groups)
    total = np.bincount(group, weights=values, minlength=groups)
    return np.divide(total, number, out=np.full(groups, np.nan), where=number > 0)
