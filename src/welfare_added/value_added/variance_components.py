"""Variance components and autocovariances of classes' mean residuals (appendix C)."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

VARIANCE_COLUMNS = ["v_total", "v_student", "v_class", "c0", "students", "class_years", "slopes"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClassMeans:
    """Mean residuals of classes, sorted by teacher, year, class (eqs. 21 and 25).

    Attributes
    ----------
    teacher, year : (C,) int arrays
        Codes of teachers 0, 1, ...; calendar years.
    mean : (C,) array
        Mean residual [student SD].
    students : (C,) array
        Students of the group in the class; a part of a student where teachers share her.

    """

    teacher: np.ndarray
    year: np.ndarray
    mean: np.ndarray
    students: np.ndarray


@dataclass(frozen=True)
class Variances:
    """Components of the variance of residuals [student SD squared].

    Attributes
    ----------
    total, student, same_year
        V_total; V_student, within classes; c0, covariance between classes of one teacher and year
        (missing when no teacher has two in a year).
    class_shock
        V_class = V_total - V_student - c0, negative or not; missing when c0 is.
    students, class_years, slopes
        Numbers of observations, classes and slopes of the regression.

    """

    total: float
    student: float
    same_year: float
    students: int | float
    class_years: int
    slopes: int

    @property
    def class_shock(self) -> float:
        """V_class, which may be negative."""
        return self.total - self.student - self.same_year

    def noise(self, students: np.ndarray) -> np.ndarray:
        """Variance of a class's mean residual around the teacher's effect, 1 / h.

        When no teacher has two classes in a year, V_class is not identified; then only its sum with
        c0 matters, and it is set to zero. So is a negative one, with a warning in the log.
        """
        shock = 0.0 if np.isnan(self.same_year) else max(self.class_shock, 0.0)
        return shock + self.student / students

    def table(self) -> pd.DataFrame:
        """One row: `VARIANCE_COLUMNS`."""
        values = (self.total, self.student, self.class_shock, self.same_year)
        counts = (self.students, self.class_years, self.slopes)
        return pd.DataFrame([(*values, *counts)], columns=VARIANCE_COLUMNS)

    @property
    def own_year(self) -> float:
        """Covariance c0 consistent with `noise`: includes V_class where that is not identified."""
        return self.total - self.student if np.isnan(self.same_year) else self.same_year


@dataclass(frozen=True)
class TeacherYears:
    """Precision-weighted mean residuals of teacher-years, sorted by teacher and year.

    Attributes
    ----------
    teacher, year : (T,) int arrays
    mean, precision : (T,) arrays
        Mean residual [student SD]; H, the sum of its classes' precisions.
    students : (T,) array

    """

    teacher: np.ndarray
    year: np.ndarray
    mean: np.ndarray
    precision: np.ndarray
    students: np.ndarray


def variances(
    classes: ClassMeans, squares: float, slopes: int, rng: np.random.Generator | None
) -> Variances:
    """Decompose the variance of residuals into students', classes' and teachers'.

    Parameters
    ----------
    classes
        Classes of one group's students.
    squares
        Sum of squared deviations of students from the mean of their class.
    slopes
        Number of slopes of the regression; with the constant, the K degrees of freedom lost.
    rng
        For the order of a teacher's classes within a year, whose neighbours are paired; None to
        pair all classes of a teacher-year, which needs no order.

    """
    weights = classes.students
    n, c, k = weights.sum().item(), len(classes.mean), slopes + 1
    deviations = classes.mean - np.average(classes.mean, weights=weights)
    total = (squares + weights @ deviations**2) / (n - k)
    within = squares / (n - c - k + 1)
    same_year = _all_pairs(classes) if rng is None else _same_year(classes, rng)
    components = Variances(total, within, same_year, n, c, slopes)
    if components.class_shock < 0:
        log.warning(
            "the variance of class shocks comes out negative (%.3g) and is taken as zero in the "
            "weights of classes: V_total %.3g, V_student %.3g, c0 %.3g",
            *(components.class_shock, total, within, components.same_year),
        )
    return components


def _same_year(classes: ClassMeans, rng: np.random.Generator) -> float:
    """Covariance of adjacent classes of a teacher-year, put in random order; missing if none."""
    order = np.lexsort((rng.random(len(classes.mean)), classes.year, classes.teacher))
    first, second = order[:-1], order[1:]
    together = (classes.teacher[first] == classes.teacher[second]) & (
        classes.year[first] == classes.year[second]
    )
    first, second = first[together], second[together]
    weights = classes.students[first] + classes.students[second]
    return weighted_covariance(classes.mean[first], classes.mean[second], weights)


def _all_pairs(classes: ClassMeans) -> float:
    """Covariance of all pairs of classes of a teacher-year, in both orders; missing if none.

    A pair weighs its students over the number m of the teacher-year's classes: in a random order it
    is adjacent with probability 2 / m. The covariance is multiplied by P / (P - 1), P the number
    of adjacent pairs, as that of the random order is.
    """
    _, row = _teacher_year_rows(classes)
    m, students = np.bincount(row)[row], classes.students
    of_first = ((m - 2) * students + np.bincount(row, weights=students)[row]) / m
    pairs = len(row) - row[-1] - 1
    if pairs < 2:
        return float("nan")
    apart = classes.mean - of_first @ classes.mean / of_first.sum()
    others = np.bincount(row, weights=apart)[row] - apart
    total = float((2 * students * apart / m) @ others) / of_first.sum()
    return float(total * pairs / (pairs - 1))


def _teacher_year_rows(classes: ClassMeans) -> tuple[np.ndarray, np.ndarray]:
    """Whether a class is the first of its teacher-year, (C,), and the number of that, (C,)."""
    new = np.r_[True, (np.diff(classes.teacher) != 0) | (np.diff(classes.year) != 0)]
    return new, new.cumsum() - 1


def weighted_covariance(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Weighted covariance of P pairs, times P / (P - 1); missing for fewer than two pairs."""
    pairs = len(x)
    if pairs < 2:
        return float("nan")
    w = weights / weights.sum()
    return float(w @ ((x - w @ x) * (y - w @ y)) * pairs / (pairs - 1))


def teacher_years(classes: ClassMeans, noise: np.ndarray) -> TeacherYears:
    """Average the classes of each teacher-year, weighted by precision 1 / ``noise``."""
    new, row = _teacher_year_rows(classes)
    precision = np.bincount(row, weights=1 / noise)
    return TeacherYears(
        teacher=classes.teacher[new],
        year=classes.year[new],
        mean=np.bincount(row, weights=classes.mean / noise) / precision,
        precision=precision,
        students=np.bincount(row, weights=classes.students),
    )


def autocovariances(years: TeacherYears, *, equal: bool) -> pd.DataFrame:
    """Covariances of a teacher's mean residuals by lag.

    Parameters
    ----------
    years
        Teacher-years.
    equal
        Give all pairs the same weight (eq. 22), instead of their number of students.

    Returns
    -------
    DataFrame
        lag (1, 2, ... to the longest span of years), covariance [student SD squared], correlation,
        pairs; covariance is missing where there are fewer than two pairs.

    """
    table = pd.DataFrame(
        {"teacher": years.teacher, "year": years.year, "row": np.arange(len(years.year))}
    )
    span = int(years.year.max() - years.year.min())
    rows = []
    for lag in range(1, span + 1):
        pairs = table.merge(table.assign(year=table["year"] - lag), on=["teacher", "year"])
        now, later = pairs["row_x"].to_numpy(), pairs["row_y"].to_numpy()
        weights = years.students[now] + years.students[later]
        weights = np.ones(len(now)) if equal else weights
        x, y = years.mean[now], years.mean[later]
        covariance = weighted_covariance(x, y, weights)
        spread = np.sqrt(weighted_covariance(x, x, weights) * weighted_covariance(y, y, weights))
        correlation = covariance / spread if spread > 0 else float("nan")
        rows.append((lag, covariance, correlation, len(now)))
    return pd.DataFrame(rows, columns=["lag", "covariance", "correlation", "pairs"])
