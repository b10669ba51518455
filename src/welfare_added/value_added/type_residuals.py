"""Residuals of single students (Bates et al. 2022, eq. 4), of which `type_sums` has the means."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from welfare_added.value_added.type_students import StudentColumns, class_order, kinds_of
from welfare_added.value_added.type_sums import STUDENTS_AT_ONCE, type_sums


@dataclass(frozen=True)
class StudentResiduals:
    """Residuals of the N students who are used, by class, type and student.

    Attributes
    ----------
    students : Table, N rows
        As given, in this order.
    classes : DataFrame, C rows
        See `TypeSums`.
    number, kind : (N,) int arrays
        Row of the student's class; type, 0 or 1.
    residual : (N,) array
        A = score - X b [student SD].

    """

    students: pa.Table
    classes: pd.DataFrame
    number: np.ndarray
    kind: np.ndarray
    residual: np.ndarray


def student_residuals(
    students: pa.Table, *, trait: str, minimum_class_size: int
) -> StudentResiduals:
    """Residuals of students; what is taken, left out and raised is as in `type_sums`."""
    kind = kinds_of(students, trait)
    order, classes = class_order(students, kind, minimum_class_size)
    students = students.take(order.rows)  # which are in order, so that they are ordered anew fast
    slopes = type_sums(students, trait=trait, minimum_class_size=minimum_class_size).slopes
    columns = StudentColumns(students)
    grades, grade = np.unique(classes["grade"].to_numpy(), return_inverse=True)
    weights = _weights(columns.names, grades, slopes)
    residual = np.empty(len(order.rows))
    for start in range(0, len(residual), STUDENTS_AT_ONCE):
        rows = slice(start, min(start + STUDENTS_AT_ONCE, len(residual)))
        residual[rows] = (weights[:, grade[order.number[rows]]] * columns.values(rows)).sum(axis=0)
    return StudentResiduals(students, classes, order.number, kind[order.rows], residual)


def _weights(names: list[str], grades: np.ndarray, slopes: pd.DataFrame) -> np.ndarray:
    """Weight of each of K variables in the residual by grade, (K, G): of the score one."""
    slope = dict(zip(slopes["control"], slopes["slope"], strict=True))
    weights = np.zeros((len(names), len(grades)))
    weights[0] = 1.0
    for row, name in zip(weights[1:], names[1:], strict=True):
        row[:] = [-slope.get(f"{name}:grade_{grade}", slope.get(name, 0.0)) for grade in grades]
    return weights
