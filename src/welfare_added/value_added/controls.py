"""The control vector of section 3.2."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

SUBJECTS = ("ela", "math")
POWERS = (1, 2, 3)


@dataclass(frozen=True)
class Controls:
    """Control variables.

    Attributes
    ----------
    matrix : (N, P) array
        One row a student-year.
    names : list of str
        One name a column.

    """

    matrix: np.ndarray
    names: list[str]


def control_vector(students: pd.DataFrame) -> Controls:
    """Build the controls X of section 3.2 (Eastmond et al. 2024).

    Cubics in last year's scores by grade; ethnicity, gender, age, last year's absences, special
    education and English learning; cubics in the class's and the school-grade-year's mean of
    last year's scores by grade; class and school-year means of the other traits; class size;
    grade and year indicators. A trait that the district does not know is left out.

    Parameters
    ----------
    students
        The analysis sample.

    """
    grades = pd.get_dummies(students["grade"], prefix="grade", dtype=float)
    years = pd.get_dummies(students["year"], prefix="year", dtype=float)
    traits = _traits(students)
    class_of = students.groupby(["class_id", "year"], sort=False).ngroup().to_numpy()
    cohort_of = students.groupby(["school_id", "grade", "year"], sort=False).ngroup().to_numpy()
    school_of = students.groupby(["school_id", "year"], sort=False).ngroup().to_numpy()
    lags = {f"lag_{s}": students[f"lag_{s}"].to_numpy(float) for s in SUBJECTS}
    columns = _cubics(lags, grades) | traits
    for level, of in (("class", class_of), ("cohort", cohort_of)):
        means = {f"{level}_{name}": group_mean(lag, of) for name, lag in lags.items()}
        columns |= _cubics(means, grades)
    for level, of in (("class", class_of), ("school", school_of)):
        columns |= {f"{level}_{name}": group_mean(trait, of) for name, trait in traits.items()}
    columns["class_size"] = students["class_size"].to_numpy(float)
    for dummies in (grades, years):
        columns |= {name: dummies[name].to_numpy() for name in list(dummies)[1:]}
    return Controls(np.column_stack(list(columns.values())), list(columns))


def group_mean(values: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Mean of ``values`` over each entry's group, groups coded 0, 1, ..."""
    return (np.bincount(of, weights=values) / np.bincount(of))[of]


def _traits(students: pd.DataFrame) -> dict[str, np.ndarray]:
    ethnicity = pd.get_dummies(students["ethnicity"], prefix="ethnicity", dtype=float)
    traits = {name: ethnicity[name].to_numpy() for name in sorted(ethnicity)[1:]}
    if students["gender"].notna().any():
        traits["female"] = (students["gender"] == "female").to_numpy(float)
    for name in ("age", "lag_share_absent", "lag_special_education", "lag_english_learner"):
        if students[name].notna().any():
            traits[name] = students[name].to_numpy(float)
    return traits


def _cubics(variables: dict[str, np.ndarray], grades: pd.DataFrame) -> dict[str, np.ndarray]:
    """Powers one to three of each variable, a set for each grade."""
    return {
        f"{name}^{power}:{grade}": values**power * grades[grade].to_numpy()
        for name, values in variables.items()
        for power in POWERS
        for grade in grades
    }
