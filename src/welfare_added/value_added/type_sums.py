"""Scores residualised within classrooms and student types (Bates et al. 2022, eq. 4).

Sums over students by class and type are all that later steps need. Students are first put in one
order, so that no digit depends on the order of the file.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from welfare_added.run.errors import UserError
from welfare_added.value_added.residuals import NormalEquations
from welfare_added.value_added.type_loops import add_cells
from welfare_added.value_added.type_students import (
    POWERS,
    TYPES,
    StudentColumns,
    class_order,
    groups_of,
    kinds_of,
)

STUDENTS_AT_ONCE = 200_000


@dataclass(frozen=True)
class TypeSums:
    """Mean residuals of the U groups of students of one type in a class.

    Attributes
    ----------
    classes : DataFrame, C rows
        teacher_id, year, class_id, grade, school_id, sorted by teacher, year and class;
        ``students``.
    group_class, kind, students : (U,) int arrays
        Row of the class, ascending; type of the students, 0 or 1; their number.
    mean : (U,) array
        Mean of A = score - X b [student SD].
    squares : (2,) array
        By type, the sum of squared deviations of students' A from the mean of their group.
    slopes : DataFrame
        control, slope [student SD per unit]; controls that do not vary within groups, or are
        collinear with those before them, are left out.

    """

    classes: pd.DataFrame
    group_class: np.ndarray
    kind: np.ndarray
    students: np.ndarray
    mean: np.ndarray
    squares: np.ndarray
    slopes: pd.DataFrame


def type_sums(students: pa.Table, *, trait: str, minimum_class_size: int) -> TypeSums:
    """Regress scores on controls within classes and types, and average what is left.

    Controls that vary within a class: cubics in last year's score by grade, gender, ethnicity and
    whichever of age, absences, special education, English learning and economic disadvantage the
    table has. Means of classes and schools, grade and year are absorbed.

    Parameters
    ----------
    students
        One row a student and year: student_id, teacher_id, year, class_id, grade, school_id, score
        and lagged_score [student SD], the trait, and controls.
    trait
        Column of 0 and 1 by which students are of type 0 or 1; or ``nonwhite``, made from
        ethnicity.
    minimum_class_size
        Classes with fewer students are left out.

    Raises
    ------
    UserError
        If there are no students or too few, a column is missing or incomplete, the trait is not 0
        or 1, or a student is in a class twice.

    """
    kind = kinds_of(students, trait)
    order, classes = class_order(students, kind, minimum_class_size)
    students, kind = students.take(order.rows), kind[order.rows]
    group, group_class, group_kind = groups_of(order.number, kind)
    columns = StudentColumns(students)
    grades, grade = np.unique(classes["grade"].to_numpy(), return_inverse=True)
    sums = np.zeros((len(group_class), len(columns.names)))
    products = np.zeros((len(grades) * len(TYPES), *(len(columns.names),) * 2))
    part = grade[order.number] * len(TYPES) + kind
    for start in range(0, len(group), STUDENTS_AT_ONCE):
        rows = slice(start, start + STUDENTS_AT_ONCE)
        add_cells(columns.values(rows), group[rows], part[rows], sums, products)
    count = np.bincount(group, minlength=len(group_class))
    within = _Within(columns.names, sums, products, count, grade[group_class], group_kind)
    slopes = within.slopes(grades, trait)
    mean, squares = within.residuals(slopes)
    return TypeSums(classes, group_class, group_kind, count, mean, squares, slopes.table())


@dataclass(frozen=True)
class _Slopes:
    """Slopes by grade on the K variables, (G, K), zero on the score; and their names."""

    by_grade: np.ndarray
    names: list[str]
    values: np.ndarray

    def table(self) -> pd.DataFrame:
        return pd.DataFrame({"control": self.names, "slope": self.values})


@dataclass(frozen=True)
class _Within:
    """Cross-products of students' K variables within groups.

    sums: (U, K) by group; products: (G * 2, K, K) by grade and type; count, grade, kind: (U,).
    """

    names: list[str]
    sums: np.ndarray
    products: np.ndarray
    count: np.ndarray
    grade: np.ndarray
    kind: np.ndarray

    def _deviations(self) -> np.ndarray:
        """Cross-products of deviations from the groups' means by grade and type, (G, 2, K, K)."""
        scaled = self.sums / np.sqrt(self.count)[:, None]
        part = self.grade * len(TYPES) + self.kind
        inside = self.products.copy()
        for number in range(len(inside)):
            rows = scaled[part == number]
            inside[number] -= rows.T @ rows
        return inside.reshape(-1, len(TYPES), *inside.shape[1:])

    def slopes(self, grades: np.ndarray, trait: str) -> _Slopes:
        """Slopes of the score on the controls; those in last year's score differ by grade."""
        lagged = range(1, 1 + len(POWERS))
        everywhere = range(1 + len(POWERS), len(self.names))
        design = [(j, g) for j in lagged for g in range(len(grades))]
        design += [(j, None) for j in everywhere] + [(0, None)]
        column = np.array([j for j, _ in design])
        here = np.array([[g in (None, at) for _, g in design] for at in range(len(grades))])
        within, raw = (
            sum(
                table[np.ix_(column, column)] * np.outer(mask, mask)
                for table, mask in zip(tables, here, strict=True)
            )
            for tables in (self._deviations().sum(axis=1), self._by_grade())
        )
        students = int(self.count.sum())
        totals = sum(
            self.sums[self.grade == g][:, column].sum(axis=0) * mask for g, mask in enumerate(here)
        )
        level = np.diag(raw) / students
        spread = np.sqrt(np.maximum(level - (totals / students) ** 2, 0.0))
        equations = NormalEquations(within, spread, np.sqrt(level), students)
        controls = list(range(len(design) - 1))
        found = equations.regress(len(design) - 1, controls)
        _require_students(students, len(self.count), found.count, trait)
        by_grade = np.zeros((len(grades), len(self.names)))
        np.add.at(by_grade.T, column[controls], (here * found.values)[:, controls].T)
        kept = [j for j in controls if j not in found.dropped]
        label = [self.names[j] + ("" if g is None else f":grade_{grades[g]}") for j, g in design]
        return _Slopes(by_grade, [label[j] for j in kept], found.values[kept])

    def _by_grade(self) -> np.ndarray:
        return self.products.reshape(-1, len(TYPES), *self.products.shape[1:]).sum(axis=1)

    def residuals(self, slopes: _Slopes) -> tuple[np.ndarray, np.ndarray]:
        """Mean residual by group (U,), and squares within groups by type (2,)."""
        weights = -slopes.by_grade
        weights[:, 0] += 1.0
        mean = (self.sums * weights[self.grade]).sum(axis=1) / self.count
        inside = self._deviations()
        return mean, np.einsum("gj,gmjk,gk->m", weights, inside, weights)


def _require_students(students: int, groups: int, slopes: int, trait: str) -> None:
    if students - groups - slopes <= 0:
        raise UserError(
            f"value added by {trait}: {students:,} students in {groups:,} groups of one class and "
            f"type are too few for {slopes} controls; study more years or grades"
        )
