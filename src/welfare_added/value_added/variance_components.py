"""Class means of residuals, and the variances and autocovariances they are made of."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

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
    students : (C,) int array

    """

    teacher: np.ndarray
    year: np.ndarray
    mean: np.ndarray
    students: np.ndarray


@dataclass(frozen=True)
class Variances:
    """Parts of the variance of residuals [student SD squared].

    Attributes
    ----------
    total, student, same_year
        V_total; V_student, within classes; c0, between classes of one teacher and year
        (missing when no teacher has two).
    class_shock
        V_total - V_student - c0, as it comes out; missing with c0.

    """

    total: float
    student: float
    same_year: float
    students: int
    class_years: int
    slopes: int

    @property
    def class_shock(self) -> float:
        """V_class, which may come out negative."""
        return self.total - self.student - self.same_year

    def noise(self, students: np.ndarray) -> np.ndarray:
        """Variance of a class's mean residual around the teacher's effect, 1 / h.

        Without two classes of a teacher and year, V_class is unknown; only its sum with c0
        matters then, and it is taken as zero. So is a negative one, with a warning in the log.
        """
        shock = 0.0 if np.isnan(self.same_year) else max(self.class_shock, 0.0)
        return shock + self.student / students

    @property
    def own_year(self) -> float:
        """The covariance c0 that goes with ``noise``."""
        return self.total - self.student if np.isnan(self.same_year) else self.same_year


@dataclass(frozen=True)
class TeacherYears:
    """Precision-weighted mean residuals of teacher-years, sorted by teacher and year.

    Attributes
    ----------
    mean, precision : (T,) arrays
        Mean residual; H, the sum of its classes' precisions.

    """

    teacher: np.ndarray
    year: np.ndarray
    mean: np.ndarray
    precision: np.ndarray
    students: np.ndarray


def variances(
    classes: ClassMeans, squares: float, slopes: int, rng: np.random.Generator
) -> Variances:
    """Part the variance of residuals into students, classes and teachers.

    Parameters
    ----------
    classes
        Classes of one group's students.
    squares
        Sum of squared deviations of students from the mean of their class.
    slopes
        Number of slopes of the regression; with the constant, K degrees of freedom are lost.
    rng
        For the order of a teacher's classes within a year.

    """
    weights = classes.students
    n, c, k = int(weights.sum()), len(classes.mean), slopes + 1
    apart = classes.mean - np.average(classes.mean, weights=weights)
    total = (squares + weights @ apart**2) / (n - k)
    within = squares / (n - c - k + 1)
    found = Variances(total, within, _same_year(classes, rng), n, c, slopes)
    if found.class_shock < 0:
        log.warning(
            "the variance of class shocks comes out negative (%.3g) and is taken as zero in the "
            "weights of classes: V_total %.3g, V_student %.3g, c0 %.3g",
            *(found.class_shock, total, within, found.same_year),
        )
    return found


def _same_year(classes: ClassMeans, rng: np.random.Generator) -> float:
    """Covariance of consecutive classes of a teacher-year in random order, or missing."""
    order = np.lexsort((rng.random(len(classes.mean)), classes.year, classes.teacher))
    first, second = order[:-1], order[1:]
    together = (classes.teacher[first] == classes.teacher[second]) & (
        classes.year[first] == classes.year[second]
    )
    first, second = first[together], second[together]
    weights = classes.students[first] + classes.students[second]
    return weighted_covariance(classes.mean[first], classes.mean[second], weights)


def weighted_covariance(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Covariance of pairs with weights, times P / (P - 1); missing for fewer than two pairs."""
    pairs = len(x)
    if pairs < 2:
        return float("nan")
    w = weights / weights.sum()
    return float(w @ ((x - w @ x) * (y - w @ y)) * pairs / (pairs - 1))


def teacher_years(classes: ClassMeans, noise: np.ndarray) -> TeacherYears:
    """Average the classes of each teacher-year, weighted by precision 1 / ``noise``."""
    new = np.r_[
        True,
        (np.diff(classes.teacher) != 0) | (np.diff(classes.year) != 0),
    ]
    row = new.cumsum() - 1
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
        lag (1, 2, ... up to the longest span), covariance, correlation, pairs; covariance is
        missing where fewer than two pairs are seen.

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
