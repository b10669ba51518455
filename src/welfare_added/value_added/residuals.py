"""Scores residualised on controls, teacher effects left in (Eastmond et al. 2024, eqs. 20, 24)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from welfare_added.value_added.class_sums import SUBGROUPS, ClassSums, CrossProducts
from welfare_added.value_added.compiled_loops import add_rows
from welfare_added.value_added.controls import Variables
from welfare_added.value_added.parallel import in_order
from welfare_added.value_added.student_variables import COLUMNS

# A regressor is dropped when its SD net of those before it is below this share of its own SD.
COLLINEAR = 1e-6
CLASSES_AT_ONCE = 2_000


@dataclass(frozen=True)
class Slopes:
    """Slopes of one variable on others.

    Attributes
    ----------
    values : (Q,) array
        Slopes, zero for variables that are not regressors or are dropped.
    count : int
        Number of slopes estimated.
    dropped : list of int
        Regressors that are constant or collinear with those before them.

    """

    values: np.ndarray
    count: int
    dropped: list[int]


@dataclass(frozen=True)
class NormalEquations:
    """Cross-products of Q variables, from which any can be regressed on others.

    Attributes
    ----------
    products : (Q, Q) array
        Cross-products of deviations from the means by absorbed effect.
    spread, level : (Q,) arrays
        Standard deviation, and root mean square, of each variable.
    rows : int
        Number of observations.

    """

    products: np.ndarray
    spread: np.ndarray
    level: np.ndarray
    rows: int

    def regress(self, outcome: int, regressors: list[int]) -> Slopes:
        """Regress one variable on others, within absorbed effects."""
        scale = np.where(self.spread > 0, self.spread, 1.0)
        scaled = self.products / np.outer(scale, scale)
        kept, factor = self._independent(scaled, regressors)
        slopes = np.zeros(len(scale))
        slopes[kept] = scipy.linalg.cho_solve((factor, True), scaled[kept, outcome])
        slopes *= scale[outcome] / scale
        return Slopes(slopes, len(kept), [j for j in regressors if j not in kept])

    def _independent(
        self, scaled: np.ndarray, regressors: list[int]
    ) -> tuple[list[int], np.ndarray]:
        """Regressors not collinear with those before them, and their Cholesky factor."""
        kept: list[int] = []
        lower = np.zeros((0, 0))
        constant = self.spread <= COLLINEAR * self.level
        for j in regressors:
            row = scipy.linalg.solve_triangular(lower, scaled[kept, j], lower=True)
            own = scaled[j, j] - row @ row
            if constant[j] or own <= (COLLINEAR**2) * self.rows:
                continue
            grown = np.zeros((len(kept) + 1, len(kept) + 1))
            grown[:-1, :-1], grown[-1, :-1], grown[-1, -1] = lower, row, np.sqrt(own)
            lower = grown
            kept.append(j)
        return kept, lower


@dataclass(frozen=True)
class ClassGroups:
    """Whole classes, or the lower- and higher-scoring groups within them, in the classes' order.

    Attributes
    ----------
    classes : (U,) int array
        Row of the class.
    lower : (U,) bool array
        Whether it is the lower-scoring group; false for whole classes.
    count : (U,) array
        Students.
    means : (U, S) array
        Means of the students' variables.

    """

    classes: np.ndarray
    lower: np.ndarray
    count: np.ndarray
    means: np.ndarray


def class_groups(sums: ClassSums, subject: int | None) -> ClassGroups:
    """Whole classes if ``subject`` is None, else their groups in ela (0) or math (1)."""
    if subject is None:
        count = sums.classes["students"].to_numpy(float)
        rows = np.arange(len(count))
        return ClassGroups(rows, np.zeros(len(count), bool), count, sums.totals / count[:, None])
    classes, ela, math = np.indices(sums.count.shape, sparse=True)
    group = np.broadcast_to(classes * 2 + [ela, math][subject], sums.count.shape).ravel()
    count = np.bincount(group, weights=sums.count.ravel(), minlength=2 * len(sums.count))
    present = np.flatnonzero(count)
    number = np.zeros(len(count), dtype=int)
    number[present] = np.arange(len(present))
    means = np.zeros((len(present), len(COLUMNS)))
    add_rows(sums.sums.reshape(-1, len(COLUMNS)), number[group], means)
    means /= count[present, None]
    return ClassGroups(present // 2, present % 2 == 1, count[present], means)


def within_effects(
    sums: ClassSums,
    variables: Variables,
    groups: ClassGroups,
    effect: np.ndarray | None,
    threads: int = 1,
) -> NormalEquations:
    """Normal equations over all students with fixed effects absorbed.

    The deviations from an effect's mean are those of students from their group's mean, taken from
    the cross-products, plus those of the groups' means from the effect's mean.

    Parameters
    ----------
    groups
        Classes or groups, each within one effect.
    effect : (U,) int array or None
        Code of each group's effect, ascending in the teacher's code; None absorbs the constant
        only.
    threads
        Chunks of classes worked on at the same time.

    """
    products = _within_groups(sums, variables, groups)
    total, squares = np.zeros(len(products)), np.diag(products).copy()
    mean = _mean(variables, groups) if effect is None else None

    def sum_chunk(chunk: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = variables.rows(groups.means[chunk], groups.classes[chunk])
        count = groups.count[chunk]
        level = rows @ count, rows**2 @ count
        rows -= mean[:, None] if effect is None else _effect_means(rows, count, effect[chunk])
        rows *= np.sqrt(count)
        return rows @ rows.T, *level

    for product, chunk_total, chunk_squares in in_order(sum_chunk, _chunks(groups, sums), threads):
        products += product
        total += chunk_total
        squares += chunk_squares
    students = int(groups.count.sum())
    level = squares / students
    spread = np.maximum(level - (total / students) ** 2, 0.0)
    return NormalEquations(products, np.sqrt(spread), np.sqrt(level), students)


def _chunks(groups: ClassGroups, sums: ClassSums) -> Iterator[slice]:
    """Slices of the groups; no teacher is in two of them."""
    teacher = sums.classes["teacher"].to_numpy()[groups.classes]
    starts = np.flatnonzero(np.r_[True, np.diff(teacher) != 0])
    every = np.arange(0, len(teacher), CLASSES_AT_ONCE)
    first = starts[np.searchsorted(starts, every, side="right") - 1]
    bounds = np.unique(np.r_[first, len(teacher)])
    return (slice(a, b) for a, b in itertools.pairwise(bounds))


def _effect_means(rows: np.ndarray, count: np.ndarray, effect: np.ndarray) -> np.ndarray:
    order = np.argsort(effect, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(effect[order]) != 0])
    weighted = rows * count
    if (np.diff(order) != 1).any():
        weighted = weighted[:, order]
    means = np.add.reduceat(weighted, starts, axis=1) / np.add.reduceat(count[order], starts)
    row = np.empty(len(effect), dtype=int)
    row[order] = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(effect)]))
    return means[:, row]


def _mean(variables: Variables, groups: ClassGroups) -> np.ndarray:
    return variables.rows(groups.means, groups.classes) @ (groups.count / groups.count.sum())


def _within_groups(sums: ClassSums, variables: Variables, groups: ClassGroups) -> np.ndarray:
    within = np.zeros((len(variables.names),) * 2)
    for grade, products in enumerate(by_grade(sums.products)):
        in_grade = variables.grade[groups.classes] == grade
        scaled = groups.means[in_grade] * np.sqrt(groups.count[in_grade, None])
        varying = np.flatnonzero((variables.column >= 0) & variables.in_grade[grade])
        column = variables.column[varying]
        within[np.ix_(varying, varying)] += (products - scaled.T @ scaled)[np.ix_(column, column)]
    return within


def by_grade(
    products: CrossProducts, subject: int | None = None, *, lower: bool = True
) -> list[np.ndarray]:
    """Cross-products of a group's students, one matrix a grade, in the grades' order."""
    tables = [products[grade] for grade in sorted(products)]
    if subject is None:
        return [table.sum(axis=(0, 1)) for table in tables]
    return [table.take(int(lower), axis=subject).sum(axis=0) for table in tables]


@dataclass(frozen=True)
class ClassResiduals:
    """Residuals of a group's students in large classes, by class.

    Attributes
    ----------
    classes : (U,) int array
        Row of the class.
    mean : (U,) array
        Mean residual; student-weighted mean zero [student SD].
    students : (U,) int array
        Students of the group in the class.
    squares : float
        Sum of squared deviations of students from the mean of their group in their class.
    slopes : int
        Number of slopes estimated.

    """

    classes: np.ndarray
    mean: np.ndarray
    students: np.ndarray
    squares: float
    slopes: int


def class_residuals(
    sums: ClassSums, variables: Variables, outcome: int, slopes: Slopes, subject: int | None
) -> list[ClassResiduals]:
    """Class means and within-class squares of the residuals A = y - X b, effects left in.

    Parameters
    ----------
    outcome
        Position of the score among the variables.
    slopes
        Of the score on the controls.
    subject
        None for all students; 0 (ela) or 1 (math) for its lower- and then its higher-scoring ones.

    """
    coefficients = -slopes.values
    coefficients[outcome] += 1.0
    by_student = variables.by_grade(coefficients)
    totals = sums.sums.reshape(-1, len(COLUMNS)) @ by_student.T
    rows = np.arange(len(sums.classes))
    totals = totals.reshape(len(rows), SUBGROUPS, -1)[rows, :, variables.grade].reshape(
        sums.count.shape
    )
    class_level = variables.class_level_sum(coefficients)
    results = []
    for lower in [None] if subject is None else [True, False]:
        count, total = (_of_group(table, subject, lower) for table in (sums.count, totals))
        classes = np.flatnonzero(sums.classes["large"].to_numpy() & (count > 0))
        count, mean = count[classes], total[classes] / count[classes]
        squares = sum(
            float(slope @ products @ slope)
            for slope, products in zip(
                by_student, by_grade(sums.large_products, subject, lower=lower), strict=True
            )
        )
        squares -= float(count @ mean**2)
        mean = mean + class_level[classes]
        if len(mean):
            mean -= np.average(mean, weights=count)
        results.append(ClassResiduals(classes, mean, count, squares, slopes.count))
    return results


def _of_group(table: np.ndarray, subject: int | None, lower: bool | None) -> np.ndarray:
    """Sum of (C, 2, 2) values over the subgroups of a group."""
    if subject is None:
        return table.sum(axis=(1, 2))
    return table.take(int(lower), axis=1 + subject).sum(axis=1)
