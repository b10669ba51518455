"""The control vector of section 3.2 (Eastmond et al. 2024)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.value_added.class_sums import ClassRows, ClassSums, collect
from welfare_added.value_added.student_variables import (
    COLUMNS,
    ETHNICITY,
    LAGS,
    LOWER,
    NUMERIC_TRAITS,
    POWERS,
    SUBJECTS,
    as_batches,
    student_columns,
)


@dataclass(frozen=True)
class Variables:
    """Controls, indicators of the lower-scoring group, and scores, without one row a student.

    A variable is either student-level, one of `COLUMNS`, or class-level, the same for all students
    of a class. Either may be interacted with a grade.

    Attributes
    ----------
    names : list of str, Q
        Controls, then ``lower_ela``, ``lower_math``, ``ela``, ``math``.
    column : (Q,) int array
        Position in `COLUMNS` of student-level variables; -1 for class-level ones.
    in_grade : (G, Q) bool array
        Whether a variable enters in a grade; elsewhere it is zero.
    shared : list of (C,) array or None, Q
        Values of class-level variables before they are set to zero in other grades; None for
        student-level ones.
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
        """Variables of R students, or their means over R groups of students within classes.

        Parameters
        ----------
        values : (R, S) array
            The students' `COLUMNS`, or the groups' means of them.
        classes : (R,) int array
            Row of the class of each student or group.

        Returns
        -------
        (Q, R) array
            Values of the variables.

        """
        follow = len(classes) > 0 and (np.diff(classes) == 1).all()
        at = slice(classes[0], classes[-1] + 1) if follow else classes  # a slice needs no copy
        grade, everywhere = self.grade[at], self.in_grade.all(axis=0)
        table = np.empty((len(self.names), len(classes)))
        for j, (column, shared) in enumerate(zip(self.column, self.shared, strict=True)):
            table[j] = values[:, column] if shared is None else shared[at]
            if not everywhere[j]:
                table[j] *= self.in_grade[grade, j]
        return table

    def class_level_sum(self, coefficients: np.ndarray) -> np.ndarray:
        """Class-level variables times their coefficients, summed: (C,).

        The (Q,) ``coefficients`` are of all variables.
        """
        total = np.zeros(len(self.grade))
        for column, here, coefficient in zip(
            self.shared, self.in_grade.T, coefficients, strict=True
        ):
            if column is not None:
                weight = coefficient if here.all() else (here * coefficient)[self.grade]
                total += weight * column
        return total

    def by_grade(self, coefficients: np.ndarray) -> np.ndarray:
        """Coefficients of `COLUMNS` in each grade, (G, S), from those of all Q variables."""
        varying = self.column >= 0
        table = np.zeros((len(self.in_grade), len(COLUMNS)))
        np.add.at(table.T, self.column[varying], (self.in_grade * coefficients)[:, varying].T)
        return table

    def only(self, names: list[str]) -> "Variables":
        """The same variables, of the controls only the ``names``."""
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
    names : list of str, P
        Names of the columns.

    """

    matrix: np.ndarray
    names: list[str]


def control_vector(students: pd.DataFrame) -> Controls:
    """The controls X of section 3.2 for students in memory; see `variables`."""
    (batch,) = as_batches(students)
    sums = collect([batch], 0)
    columns = variables(sums)
    matrix = columns.rows(student_columns(batch), ClassRows(sums).of(batch))[columns.controls]
    return Controls(matrix.T, [columns.names[j] for j in columns.controls])


def variables(sums: ClassSums) -> Variables:
    """Build the controls X of section 3.2 (Eastmond et al. 2024).

    Cubics in last year's scores by grade; ethnicity, gender, age, last year's absences, special
    education and English learning; cubics in the class's and the school-grade-year's mean of
    last year's scores by grade; class and school-year means of the other traits; class size;
    grade and year indicators. A trait that the district does not record is left out.

    Raises
    ------
    ValueError
        If a trait is recorded for some students only.

    """
    classes = sums.classes
    traits = _traits(sums)
    means = _GroupMeans(sums)
    columns = _VariableList(classes["grade"].to_numpy())
    for lag in LAGS:
        for power in POWERS:
            columns.add_by_grade(f"{lag}^{power}", f"{lag}^{power}")
    columns.add_all(traits)
    for level in ("class", "cohort"):
        for lag in LAGS:
            mean = means.of(level, f"{lag}^1")
            value = np.ones(len(mean))
            for power in POWERS:
                value = value * mean
                columns.add_by_grade(f"{level}_{lag}^{power}", value)
    for level in ("class", "school"):
        for name in traits:
            columns.add(f"{level}_{name}", means.of(level, name))
    columns.add_all(["class_size"])
    for name in ("grade", "year"):
        of_class = classes[name].to_numpy()
        for value in np.unique(of_class)[1:]:
            columns.add(f"{name}_{value}", of_class == value)
    columns.add_all([*LOWER, *SUBJECTS])
    return columns.variables()


class _VariableList:
    """Collects variables; a ``source`` is one of `COLUMNS`, or the values by class."""

    def __init__(self, grade: np.ndarray) -> None:
        self.grades, self.grade = np.unique(grade, return_inverse=True)
        self.items: list[tuple[str, int, np.ndarray, np.ndarray | None]] = []

    def add(self, name: str, source: str | np.ndarray, grade: int | None = None) -> None:
        here = np.full(len(self.grades), grade is None) | (self.grades == grade)
        of_students = isinstance(source, str)
        column, shared = (COLUMNS.index(source), None) if of_students else (-1, source)
        self.items.append((name, column, here, shared))

    def add_all(self, names: Sequence[str]) -> None:
        for name in names:
            self.add(name, name)

    def add_by_grade(self, name: str, source: str | np.ndarray) -> None:
        for grade in self.grades:
            self.add(f"{name}:grade_{grade}", source, grade)

    def variables(self) -> Variables:
        names, column, here, shared = zip(*self.items, strict=True)
        in_grade = np.column_stack(here)
        return Variables(list(names), np.array(column), in_grade, list(shared), self.grade)


def _traits(sums: ClassSums) -> list[str]:
    """Names of the traits recorded; the first ethnicity is left out as the reference category."""
    total = int(sums.count.sum())
    non_missing = dict(zip(COLUMNS, sums.non_missing, strict=True))
    incomplete = [
        name
        for name in (*ETHNICITY[:1], "female", *NUMERIC_TRAITS)
        if 0 < non_missing[name] < total
    ]
    if incomplete:
        trait = incomplete[0].split("_")[0] if incomplete[0] in ETHNICITY else incomplete[0]
        raise UserError(
            f"value added: {trait} is recorded for {non_missing[incomplete[0]]} of {total} "
            "student-years; record it for all, or for none to leave it out of the controls"
        )
    totals = dict(zip(COLUMNS, sums.sums.sum(axis=(0, 1, 2)), strict=True))
    ethnicities = [name for name in ETHNICITY if totals[name] > 0][1:]
    return ethnicities + [name for name in ("female", *NUMERIC_TRAITS) if non_missing[name]]


class _GroupMeans:
    """Means of students' variables over classes, cohorts (school-grade-years) and school-years."""

    def __init__(self, sums: ClassSums) -> None:
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
        """Mean over the class, cohort or school-year (``level``) of each class, (C,) array."""
        group, totals = self.group[level], self.totals[COLUMNS.index(name)]
        return (np.bincount(group, weights=totals) / self.count[level])[group]
