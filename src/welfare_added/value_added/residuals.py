"""Scores net of what the controls explain, teachers' effects kept (eqs. 20 and 24)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from welfare_added.value_added.class_sums import PARTS, Products, Sums
from welfare_added.value_added.compiled_loops import add_rows
from welfare_added.value_added.controls import Variables
from welfare_added.value_added.parallel import in_order
from welfare_added.value_added.student_variables import COLUMNS

# A column is collinear with those before it when less than this share of its spread is its own.
COLLINEAR = 1e-6
CLASSES_AT_ONCE = 2_000


@dataclass(frozen=True)
class Slopes:
    """A regression of one variable on others.

    Attributes
    ----------
    values : (Q,) array
        Slopes, zero for variables that take no part.
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
    """Sums of products of Q variables, from which any can be regressed on others.

    Attributes
    ----------
    products : (Q, Q) array
        Of deviations from the mean of each absorbed effect.
    spread, level : (Q,) arrays
        Root mean square of deviations from the overall mean, and of the values.
    rows : int
        Rows summed over.

    """

    products: np.ndarray
    spread: np.ndarray
    level: np.ndarray
    rows: int

    def regress(self, outcome: int, regressors: list[int]) -> Slopes:
        """Regress one variable on others, within effects."""
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
        """The regressors that add something to those before them, and their Cholesky factor."""
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
class Units:
    """Classes, or parts of them, in the order of classes.

    Attributes
    ----------
    classes : (U,) int array
        Row of the class.
    lower : (U,) bool array
        Whether the unit is the lower-scoring part; false where a unit is a whole class.
    count : (U,) array
    means : (U, S) array
        Means of the students' variables.

    """

    classes: np.ndarray
    lower: np.ndarray
    count: np.ndarray
    means: np.ndarray


def units(sums: Sums, subject: int | None) -> Units:
    """Whole classes, or their lower- and higher-scoring parts in a subject."""
    if subject is None:
        count = sums.classes["students"].to_numpy(float)
        every = np.arange(len(count))
        return Units(every, np.zeros(len(count), bool), count, sums.totals / count[:, None])
    classes, ela, math = np.indices(sums.count.shape, sparse=True)
    unit = np.broadcast_to(classes * 2 + [ela, math][subject], sums.count.shape).ravel()
    count = np.bincount(unit, weights=sums.count.ravel(), minlength=2 * len(sums.count))
    there = np.flatnonzero(count)
    number = np.zeros(len(count), dtype=int)
    number[there] = np.arange(len(there))
    means = np.zeros((len(there), len(COLUMNS)))
    add_rows(sums.sums.reshape(-1, len(COLUMNS)), number[unit], means)
    means /= count[there, None]
    return Units(there // 2, there % 2 == 1, count[there], means)


def within_effects(
    sums: Sums, variables: Variables, parts: Units, effect: np.ndarray | None, threads: int = 1
) -> NormalEquations:
    """Normal equations of all students with the effects absorbed.

    Students' deviations from their unit, from the sums of products, and the units' deviations
    from their effect add up to the deviations from the effect.

    Parameters
    ----------
    parts
        Units, none of which has students of two effects.
    effect : (U,) int array or None
        Code of each unit's effect, which rises with the teacher; None absorbs the constant only.
    threads
        Chunks of classes worked on at the same time.

    """
    products = _within_units(sums, variables, parts)
    total, squares = np.zeros(len(products)), np.diag(products).copy()
    mean = _mean(variables, parts) if effect is None else None

    def work(chunk: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = variables.rows(parts.means[chunk], parts.classes[chunk])
        count = parts.count[chunk]
        level = rows @ count, rows**2 @ count
        rows -= mean[:, None] if effect is None else _effect_means(rows, count, effect[chunk])
        rows *= np.sqrt(count)
        return rows @ rows.T, *level

    for product, one, square in in_order(work, _chunks(parts, sums), threads):
        products += product
        total += one
        squares += square
    students = int(parts.count.sum())
    level = squares / students
    spread = np.maximum(level - (total / students) ** 2, 0.0)
    return NormalEquations(products, np.sqrt(spread), np.sqrt(level), students)


def _chunks(parts: Units, sums: Sums) -> Iterator[slice]:
    """Slices of the units, no teacher in two of them."""
    teacher = sums.classes["teacher"].to_numpy()[parts.classes]
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
    of = np.empty(len(effect), dtype=int)
    of[order] = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(effect)]))
    return means[:, of]


def _mean(variables: Variables, parts: Units) -> np.ndarray:
    return variables.rows(parts.means, parts.classes) @ (parts.count / parts.count.sum())


def _within_units(sums: Sums, variables: Variables, parts: Units) -> np.ndarray:
    found = np.zeros((len(variables.names),) * 2)
    for grade, products in enumerate(by_grade(sums.products)):
        here = variables.grade[parts.classes] == grade
        scaled = parts.means[here] * np.sqrt(parts.count[here, None])
        own = np.flatnonzero((variables.column >= 0) & variables.in_grade[grade])
        column = variables.column[own]
        found[np.ix_(own, own)] += (products - scaled.T @ scaled)[np.ix_(column, column)]
    return found


def by_grade(
    products: Products, subject: int | None = None, *, lower: bool = True
) -> list[np.ndarray]:
    """Sums of products of a group's students by grade, in the grades' order."""
    found = [products[grade] for grade in sorted(products)]
    if subject is None:
        return [part.sum(axis=(0, 1)) for part in found]
    return [part.take(int(lower), axis=subject).sum(axis=0) for part in found]


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
    squares : float
        Sum of squared deviations of students from the mean of their class's group.
    slopes : int
        Number of slopes of the regression.

    """

    classes: np.ndarray
    mean: np.ndarray
    students: np.ndarray
    squares: float
    slopes: int


def class_residuals(
    sums: Sums, variables: Variables, outcome: int, slopes: Slopes, subject: int | None
) -> list[ClassResiduals]:
    """Residuals A = y - X b, effects kept, as their means and spread by class.

    Parameters
    ----------
    outcome
        Position of the score among the variables.
    subject
        None: of all students; else first of the lower-, then of the higher-scoring in it.

    """
    left = -slopes.values
    left[outcome] += 1.0
    by_student = variables.by_grade(left)
    own = sums.sums.reshape(-1, len(COLUMNS)) @ by_student.T
    at = np.arange(len(sums.classes))
    own = own.reshape(len(at), PARTS, -1)[at, :, variables.grade].reshape(sums.count.shape)
    shared = variables.of_classes(left)
    found = []
    for lower in [None] if subject is None else [True, False]:
        count, total = (_of_group(table, subject, lower) for table in (sums.count, own))
        classes = np.flatnonzero(sums.classes["large"].to_numpy() & (count > 0))
        count, mean = count[classes], total[classes] / count[classes]
        squares = sum(
            float(slope @ products @ slope)
            for slope, products in zip(
                by_student, by_grade(sums.large_products, subject, lower=lower), strict=True
            )
        )
        squares -= float(count @ mean**2)
        mean = mean + shared[classes]
        if len(mean):
            mean -= np.average(mean, weights=count)
        found.append(ClassResiduals(classes, mean, count, squares, slopes.count))
    return found


def _of_group(table: np.ndarray, subject: int | None, lower: bool | None) -> np.ndarray:
    """Sum of (C, 2, 2) values over the parts of a group."""
    if subject is None:
        return table.sum(axis=(1, 2))
    return table.take(int(lower), axis=1 + subject).sum(axis=1)
