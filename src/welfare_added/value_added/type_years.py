"""Mean residuals of classes and teacher-years by type of student, and sums over pairs of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from welfare_added.value_added.joint_prediction import Observations

PAIRS = ((0, 0), (0, 1), (1, 1))  # of types, whose covariances are estimated
# Sums over pairs (x, y) with weight w: number, w, wx, wy, wxy, wxx, wyy.
SUMS = 7


@dataclass(frozen=True)
class TypedClasses:
    """Classes by type of student, sorted by teacher and year.

    teacher: (C,) codes from 0, all of which occur; year: (C,); students: (C, 2); mean: (C, 2) mean
    residual, missing where the class has no student of the type [student SD].
    """

    teacher: np.ndarray
    year: np.ndarray
    students: np.ndarray
    mean: np.ndarray


@dataclass(frozen=True)
class TypedYears:
    """Teacher-years by type of student, sorted by teacher and year.

    Attributes
    ----------
    teacher, year : (T,) int arrays
    students : (T, 2) int array
    mean : (T, 2) array
        Weighted mean of the classes' mean residuals, missing where there is no student of the type
        [student SD].
    overlap : (T, 2, 2) array
        Sum over classes of the product of weights on the two types: times the covariance of
        classroom shocks it is the covariance of their means.
    sampling : (T, 2) array
        Sum over classes of squared weight over students: times the variance of a student's
        residual it is the variance of their mean.

    """

    teacher: np.ndarray
    year: np.ndarray
    students: np.ndarray
    mean: np.ndarray
    overlap: np.ndarray
    sampling: np.ndarray

    def observations(self, shock: np.ndarray, student: np.ndarray) -> Observations:
        """Mean residuals with their noise, by teacher, type and year.

        shock: (2, 2) covariance of classroom shocks; student: (2,) variance of a student's residual
        within a class and type [student SD squared].
        """
        row, kind = np.nonzero(self.students > 0)
        order = np.lexsort((self.year[row], kind, self.teacher[row]))
        row, kind = row[order], kind[order]
        own = self.overlap[row, kind, kind] * shock[kind, kind]
        return Observations(
            teacher=self.teacher[row],
            year=self.year[row],
            kind=kind,
            mean=self.mean[row, kind],
            noise=own + self.sampling[row, kind] * student[kind],
            shared=self.overlap[row, 0, 1] * shock[0, 1],
        )

    def before(self, teacher: np.ndarray, year: np.ndarray) -> np.ndarray:
        """Number of a teacher's years before a year, for n teachers and years."""
        span = int(max(self.year.max(), year.max(initial=0))) + 2
        code = self.teacher * span + self.year
        return np.searchsorted(code, teacher * span + year) - np.searchsorted(code, teacher * span)


def typed_years(classes: TypedClasses, precision: np.ndarray) -> TypedYears:
    """Average each teacher-year's classes; precision: (C, 2) weights, unused without students."""
    new = np.r_[True, (np.diff(classes.teacher) != 0) | (np.diff(classes.year) != 0)]
    row = np.cumsum(new) - 1
    years = int(row[-1]) + 1
    present = classes.students > 0
    weights = np.where(present, precision, 0.0)
    total = np.column_stack([np.bincount(row, column, years) for column in weights.T])
    shares = weights / np.where(total > 0, total, 1.0)[row]
    means = np.where(present, classes.mean, 0.0)
    mean = np.column_stack([np.bincount(row, column, years) for column in (shares * means).T])
    per_student = shares**2 / np.where(present, classes.students, 1)
    overlap = np.empty((years, 2, 2))
    for a in range(2):
        for b in range(2):
            overlap[:, a, b] = np.bincount(row, shares[:, a] * shares[:, b], years)
    return TypedYears(
        teacher=classes.teacher[new],
        year=classes.year[new],
        students=np.column_stack([np.bincount(row, s, years) for s in classes.students.T]).astype(
            int
        ),
        mean=np.where(total > 0, mean, np.nan),
        overlap=overlap,
        sampling=np.column_stack([np.bincount(row, column, years) for column in per_student.T]),
    )


@dataclass(frozen=True)
class PairSums:
    """Sums over pairs of mean residuals, by teacher, from which covariances are made.

    lags: (J, L, 3, 7) of two years of a teacher by lag from 1, and by pair of types (`PAIRS`; both
    orders where these differ); same_class: (J, 7) of the two types of one class; two_classes:
    (J, 3, 7) of two classes of one teacher and year; own: (J, 2, 4) of classes by type: their
    number, students n, sums of n times the mean and of n times its square.
    """

    lags: np.ndarray
    same_class: np.ndarray
    two_classes: np.ndarray
    own: np.ndarray

    def weighted(self, weights: np.ndarray) -> "PairSums":
        """Sums over teachers with (B, J) weights; B takes the place of J."""
        return PairSums(*(np.tensordot(weights, table, axes=1) for table in vars(self).values()))

    def total(self) -> "PairSums":
        """Sums over all teachers; 1 takes the place of J."""
        return PairSums(*(table.sum(axis=0, keepdims=True) for table in vars(self).values()))


def pair_sums(classes: TypedClasses, years: TypedYears, *, by_teacher: bool = True) -> PairSums:
    """Sums over pairs of classes and of teacher-years, weighted by their students.

    Without ``by_teacher``, over all teachers, which is faster.
    """
    teachers = int(classes.teacher.max()) + 1 if by_teacher else 1
    span = max(int(years.year.max() - years.year.min()), 1)
    lags = np.zeros((teachers, span, len(PAIRS), SUMS))
    for lag in range(1, span + 1):
        now, later = _apart(years, lag)
        for number, (a, b) in enumerate(PAIRS):
            _add(lags[:, lag - 1, number], years, now, later, a, b)
            if a != b:  # x is always of type a, so that each type has a mean of its own
                _add(lags[:, lag - 1, number], years, later, now, a, b)
    same_class = np.zeros((teachers, SUMS))
    every = np.arange(len(classes.teacher))
    _add(same_class, classes, every, every, 0, 1)
    two_classes = np.zeros((teachers, len(PAIRS), SUMS))
    for first, second in _together(classes):
        for number, (a, b) in enumerate(PAIRS):
            # Classes of a year have no order: of one type, each order counts half.
            share = 0.5 if a == b else 1.0
            _add(two_classes[:, number], classes, first, second, a, b, share)
            _add(two_classes[:, number], classes, second, first, a, b, share)
    return PairSums(lags, same_class, two_classes, _own(classes, teachers))


def _apart(years: TypedYears, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of pairs of years of a teacher that are ``lag`` apart."""
    span = int(years.year.max()) + lag + 1
    code = years.teacher * span + years.year
    later = np.minimum(np.searchsorted(code, code + lag), len(code) - 1)
    now = np.flatnonzero(code[later] == code + lag)
    return now, later[now]


def _together(classes: TypedClasses) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of pairs of different classes of a teacher and year."""
    for step in range(1, len(classes.teacher)):
        first = np.arange(len(classes.teacher) - step)
        second = first + step
        same = (classes.teacher[first] == classes.teacher[second]) & (
            classes.year[first] == classes.year[second]
        )
        if not same.any():
            return
        yield first[same], second[same]


def _add(
    sums: np.ndarray,
    table: TypedClasses | TypedYears,
    first: np.ndarray,
    second: np.ndarray,
    a: int,
    b: int,
    share: float = 1.0,
) -> None:
    """Add ``share`` of the pairs of type a in rows ``first`` and type b in rows ``second``."""
    both = (table.students[first, a] > 0) & (table.students[second, b] > 0)
    first, second = first[both], second[both]
    x, y = table.mean[first, a], table.mean[second, b]
    w = (table.students[first, a] + table.students[second, b]).astype(float)
    parts = (np.ones(len(w)), w, w * x, w * y, w * x * y, w * x * x, w * y * y)
    for number, part in enumerate(parts):
        sums[:, number] += share * _by_teacher(table.teacher[first], part, len(sums))


def _by_teacher(teacher: np.ndarray, values: np.ndarray, teachers: int) -> np.ndarray | float:
    """Sums by teacher, or over all of them if ``teachers`` is one."""
    return values.sum() if teachers == 1 else np.bincount(teacher, values, teachers)


def _own(classes: TypedClasses, teachers: int) -> np.ndarray:
    own = np.zeros((teachers, 2, 4))
    for kind in range(2):
        rows = classes.students[:, kind] > 0
        n, mean = classes.students[rows, kind].astype(float), classes.mean[rows, kind]
        for number, part in enumerate((np.ones(len(n)), n, n * mean, n * mean**2)):
            own[:, kind, number] = _by_teacher(classes.teacher[rows], part, teachers)
    return own
