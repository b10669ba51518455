"""The control vector of section 3.2."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.value_added.columns import (
    CLASS,
    COLUMNS,
    ETHNICITY,
    LAGS,
    LOWER,
    NUMBERS,
    POWERS,
    SUBJECTS,
    as_batches,
    student_columns,
)
from welfare_added.value_added.sums import Sums, add_rows, collect


@dataclass(frozen=True)
class Variables:
    """Controls, indicators of the group and scores, in a form as small as the classes.

    A variable either differs between students, and then is one of `COLUMNS` (in one grade or in
    all), or is the same for a whole class.

    Attributes
    ----------
    names : list of str, Q
        Controls, then ``lower_ela``, ``lower_math``, ``ela``, ``math``.
    column : (Q,) int array
        Column of the students' variables; -1 for what a class shares.
    in_grade : (G, Q) bool array
        Whether a variable counts in a grade.
    shared : (Q, C) array
        Values of what a class shares, zero elsewhere.
    grade : (C,) int array
        Row in ``in_grade`` of each class's grade.

    """

    names: list[str]
    column: np.ndarray
    in_grade: np.ndarray
    shared: np.ndarray
    grade: np.ndarray

    @property
    def controls(self) -> list[int]:
        """Positions of the controls."""
        return list(range(len(self.names) - len(LOWER) - len(SUBJECTS)))

    def rows(self, values: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Variables of students, or of groups of them within classes.

        Parameters
        ----------
        values : (R, S) array
            Their `COLUMNS`, or means of them.
        classes : (R,) int array
            Row of each one's class.

        Returns
        -------
        (R, Q) array

        """
        own = self.column >= 0
        found = np.ascontiguousarray(self.shared[:, classes].T)
        found[:, own] = values[:, self.column[own]] * self.in_grade[self.grade[classes]][:, own]
        return found

    def by_grade(self, coefficients: np.ndarray) -> np.ndarray:
        """Coefficients of what differs between students, a row a grade: (G, S) array."""
        own = self.column >= 0
        found = np.zeros((len(self.in_grade), len(COLUMNS)))
        np.add.at(found.T, self.column[own], (self.in_grade * coefficients)[:, own].T)
        return found

    def only(self, names: list[str]) -> "Variables":
        """The same with these controls alone."""
        chosen = [self.names.index(name) for name in (*names, *LOWER, *SUBJECTS)]
        return Variables(
            [self.names[j] for j in chosen],
            self.column[chosen],
            self.in_grade[:, chosen],
            self.shared[chosen],
            self.grade,
        )


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
    """The controls X of section 3.2, of students in memory; see `variables`."""
    (batch,) = as_batches(students)
    sums = collect([batch], 0)
    found = variables(sums)
    places = pd.MultiIndex.from_frame(sums.classes[CLASS])
    classes = places.get_indexer(pd.MultiIndex.from_frame(students[CLASS]))
    matrix = found.rows(student_columns(batch)[0].T, classes)[:, found.controls]
    return Controls(matrix, [found.names[j] for j in found.controls])


def variables(sums: Sums) -> Variables:
    """Build the controls X of section 3.2 (Eastmond et al. 2024).

    Cubics in last year's scores by grade; ethnicity, gender, age, last year's absences, special
    education and English learning; cubics in the class's and the school-grade-year's mean of
    last year's scores by grade; class and school-year means of the other traits; class size;
    grade and year indicators. A trait that the district does not know is left out.

    Raises
    ------
    ValueError
        If a trait is known of some students only.

    """
    classes = sums.classes
    grades, grade = np.unique(classes["grade"], return_inverse=True)
    traits = _traits(sums)
    means = _Means(sums)
    everywhere = np.ones(len(grades), dtype=bool)
    only = {f"grade_{g}": everywhere & (grades == g) for g in grades}
    columns: list[tuple[str, str | np.ndarray, np.ndarray]] = []
    for lag in LAGS:
        columns += _by_grade(only, {f"{lag}^{power}": f"{lag}^{power}" for power in POWERS})
    columns += [(name, name, everywhere) for name in traits]
    for level in ("class", "cohort"):
        for lag in LAGS:
            mean = means.of(level, f"{lag}^1")
            columns += _by_grade(only, {f"{level}_{lag}^{power}": mean**power for power in POWERS})
    for level in ("class", "school"):
        columns += [(f"{level}_{name}", means.of(level, name), everywhere) for name in traits]
    columns.append(("class_size", "class_size", everywhere))
    for name in ("grade", "year"):
        for value in np.unique(classes[name])[1:]:
            here = (classes[name] == value).to_numpy(float)
            columns.append((f"{name}_{value}", here, everywhere))
    columns += [(name, name, everywhere) for name in (*LOWER, *SUBJECTS)]
    return _assembled(columns, grade)


def _by_grade(only: dict, powers: dict) -> list[tuple]:
    return [
        (f"{name}:{grade}", source, where)
        for name, source in powers.items()
        for grade, where in only.items()
    ]


def _assembled(columns: list[tuple], grade: np.ndarray) -> Variables:
    names = [name for name, _, _ in columns]
    in_grade = np.column_stack([where for _, _, where in columns])
    shared = np.zeros((len(columns), len(grade)))
    column = np.full(len(columns), -1)
    for j, (_, source, where) in enumerate(columns):
        if isinstance(source, str):
            column[j] = COLUMNS.index(source)
        else:
            shared[j] = source if where.all() else source * where[grade]
    return Variables(names, column, in_grade, shared, grade)


def _traits(sums: Sums) -> list[str]:
    """Names of the traits that are known; the first ethnicity is what others are compared with."""
    total = int(sums.count.sum())
    known = dict(zip(COLUMNS, sums.known, strict=True))
    partly = [name for name in (*ETHNICITY[:1], "female", *NUMBERS) if 0 < known[name] < total]
    if partly:
        name = partly[0].split("_")[0] if partly[0] in ETHNICITY else partly[0]
        raise ValueError(
            f"value added: {name} is known of {known[partly[0]]} of {total} student-years; it "
            "must be known of all, or of none to be left out"
        )
    seen = dict(zip(COLUMNS, sums.sums.sum(axis=0), strict=True))
    found = [name for name in ETHNICITY if seen[name] > 0][1:]
    return found + [name for name in ("female", *NUMBERS) if known[name]]


class _Means:
    """Means of students' variables over classes, cohorts and schools, by class."""

    def __init__(self, sums: Sums) -> None:
        classes = sums.classes
        self.totals = add_rows(sums.sums, sums.class_of, len(classes))
        keys = {
            "class": ["class_id", "year"],
            "cohort": ["school_id", "grade", "year"],
            "school": ["school_id", "year"],
        }
        self.group = {
            level: classes.groupby(by, sort=False).ngroup().to_numpy() for level, by in keys.items()
        }
        self.count = {
            level: np.bincount(of, weights=classes["students"]) for level, of in self.group.items()
        }

    def of(self, level: str, name: str) -> np.ndarray:
        """Mean over a class's group, (C,) array."""
        group, totals = self.group[level], self.totals[:, COLUMNS.index(name)]
        return (np.bincount(group, weights=totals) / self.count[level])[group]
