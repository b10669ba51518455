"""The control vector of section 3.2."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.value_added.class_sums import ClassRows, Sums, collect
from welfare_added.value_added.student_variables import (
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
    shared : list of (C,) array or None, Q
        Values of what a class shares, whether or not they count in its grade.
    grade : (C,) int array
        Row in ``in_grade`` of each class's grade.

    """

    names: list[str]
    column: np.ndarray
    in_grade: np.ndarray
    shared: list[np.ndarray | None]
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
        (Q, R) array

        """
        follow = len(classes) > 0 and (np.diff(classes) == 1).all()
        at = slice(classes[0], classes[-1] + 1) if follow else classes  # a slice needs no copy
        grade, everywhere = self.grade[at], self.in_grade.all(axis=0)
        found = np.empty((len(self.names), len(classes)))
        for j, (own, shared) in enumerate(zip(self.column, self.shared, strict=True)):
            found[j] = values[:, own] if shared is None else shared[at]
            if not everywhere[j]:
                found[j] *= self.in_grade[grade, j]
        return found

    def of_classes(self, coefficients: np.ndarray) -> np.ndarray:
        """What a class shares times its (Q,) coefficients: (C,)."""
        found = np.zeros(len(self.grade))
        for column, here, coefficient in zip(
            self.shared, self.in_grade.T, coefficients, strict=True
        ):
            if column is not None:
                own = coefficient if here.all() else (here * coefficient)[self.grade]
                found += own * column
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
            [self.shared[j] for j in chosen],
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
    matrix = found.rows(student_columns(batch), ClassRows(sums).of(batch))[found.controls]
    return Controls(matrix.T, [found.names[j] for j in found.controls])


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
    traits = _traits(sums)
    means = _Means(sums)
    made = _Columns(classes["grade"].to_numpy())
    for lag in LAGS:
        for power in POWERS:
            made.add_by_grade(f"{lag}^{power}", f"{lag}^{power}")
    made.add_all(traits)
    for level in ("class", "cohort"):
        for lag in LAGS:
            mean = means.of(level, f"{lag}^1")
            value = np.ones(len(mean))
            for power in POWERS:
                value = value * mean
                made.add_by_grade(f"{level}_{lag}^{power}", value)
    for level in ("class", "school"):
        for name in traits:
            made.add(f"{level}_{name}", means.of(level, name))
    made.add_all(["class_size"])
    for name in ("grade", "year"):
        of_class = classes[name].to_numpy()
        for value in np.unique(of_class)[1:]:
            made.add(f"{name}_{value}", of_class == value)
    made.add_all([*LOWER, *SUBJECTS])
    return made.variables()


class _Columns:
    """Variables one after the other; a name stands for what differs between students."""

    def __init__(self, grade: np.ndarray) -> None:
        self.grades, self.grade = np.unique(grade, return_inverse=True)
        self.found: list[tuple[str, int, np.ndarray, np.ndarray | None]] = []

    def add(self, name: str, source: str | np.ndarray, grade: int | None = None) -> None:
        here = np.full(len(self.grades), grade is None) | (self.grades == grade)
        of_students = isinstance(source, str)
        column, shared = (COLUMNS.index(source), None) if of_students else (-1, source)
        self.found.append((name, column, here, shared))

    def add_all(self, names: Sequence[str]) -> None:
        for name in names:
            self.add(name, name)

    def add_by_grade(self, name: str, source: str | np.ndarray) -> None:
        for grade in self.grades:
            self.add(f"{name}:grade_{grade}", source, grade)

    def variables(self) -> Variables:
        names, column, here, shared = zip(*self.found, strict=True)
        in_grade = np.column_stack(here)
        return Variables(list(names), np.array(column), in_grade, list(shared), self.grade)


def _traits(sums: Sums) -> list[str]:
    """Names of the traits that are known; the first ethnicity is what others are compared with."""
    total = int(sums.count.sum())
    known = dict(zip(COLUMNS, sums.known, strict=True))
    partly = [name for name in (*ETHNICITY[:1], "female", *NUMBERS) if 0 < known[name] < total]
    if partly:
        name = partly[0].split("_")[0] if partly[0] in ETHNICITY else partly[0]
        raise UserError(
            f"value added: {name} is known of {known[partly[0]]} of {total} student-years; it "
            "must be known of all, or of none to be left out"
        )
    seen = dict(zip(COLUMNS, sums.sums.sum(axis=(0, 1, 2)), strict=True))
    found = [name for name in ETHNICITY if seen[name] > 0][1:]
    return found + [name for name in ("female", *NUMBERS) if known[name]]


class _Means:
    """Means of students' variables over classes, cohorts and schools, by class."""

    def __init__(self, sums: Sums) -> None:
        classes = sums.classes
        self.totals = np.ascontiguousarray(sums.totals.T)
        keys = {
            "class": ["class", "year"],
            "cohort": ["school", "grade", "year"],
            "school": ["school", "year"],
        }
        self.group = {
            level: classes.groupby(by, sort=False).ngroup().to_numpy() for level, by in keys.items()
        }
        self.count = {
            level: np.bincount(of, weights=classes["students"]) for level, of in self.group.items()
        }

    def of(self, level: str, name: str) -> np.ndarray:
        """Mean over a class's group, (C,) array."""
        group, totals = self.group[level], self.totals[COLUMNS.index(name)]
        return (np.bincount(group, weights=totals) / self.count[level])[group]
