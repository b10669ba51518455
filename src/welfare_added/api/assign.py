"""Optimal assignments and frontiers of matrices: `welfare_added.assign` and `.frontier`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import fsum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from welfare_added.api.matrices import Factors, Scores, Within, blocks, factors, matrix
from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.exact import ExactFrontier
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.sweep import lsa, network
from welfare_added.run.errors import UserError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOBODY = -1
TOLERANCE = 1e-9  # largest relative gap that counts as proven


@dataclass(frozen=True)
class Assignment:
    """An assignment that is proven optimal.

    Attributes
    ----------
    column_of_row
        (n,) number of the column of each row, -1 for rows left over when there are fewer columns.
    value
        Sum of the scores assigned.
    bound
        No assignment has a larger sum: all ``row_prices`` and ``column_prices`` summed, of which
        the two of any allowed pair sum to at least its score.
    gap
        (bound - value) over the sum of absolute scores assigned: zero but for rounding.
    row_prices, column_prices
        (n,) and (m,) dual values.
    table
        row, column (labels), score: one row an assigned pair.

    """

    column_of_row: np.ndarray
    value: float
    bound: float
    gap: float
    row_prices: np.ndarray = field(repr=False)
    column_prices: np.ndarray = field(repr=False)
    table: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Frontier:
    """Assignments that are optimal at some weight on the first of two objectives.

    Attributes
    ----------
    points
        One row an assignment, by weight: weight_from and weight_to, between which it is optimal
        (equal if weights were given); lower and higher, its two sums; gap, the certified relative
        distance of its weighted sum from the largest possible.
    column_of_row
        (V, n) number of the column of each row, -1 for rows left over.
    row_names, column_names
        Labels.

    """

    points: pd.DataFrame
    column_of_row: np.ndarray = field(repr=False)
    row_names: pd.Index = field(repr=False)
    column_names: pd.Index = field(repr=False)

    def at(self, weight: float) -> pd.DataFrame:
        """The assignment optimal at a weight: row, column (labels); of two, the later one.

        Raises
        ------
        UserError
            If the weight is none of the frontier's.

        """
        covers = (self.points["weight_from"] <= weight) & (weight <= self.points["weight_to"])
        if not covers.any():
            raise UserError(f"at: the frontier has no assignment at weight {weight!r}.")
        columns = self.column_of_row[np.flatnonzero(covers)[-1]]
        taken = columns != NOBODY
        names = self.row_names[taken], self.column_names[columns[taken]]
        return pd.DataFrame({"row": names[0], "column": names[1]})

    def plot(self) -> "Figure":
        """The frontier: the second sum by the first."""
        from welfare_added.api.plots import frontier_line

        return frontier_line(self.points)


def assign(scores: Scores, *, within: Within | None = None) -> Assignment:
    """Give every row a column of its own so that the sum of scores is largest, with a proof.

    Parameters
    ----------
    scores
        (n, m) matrix or DataFrame: what row i (a teacher) adds in column j (a class). A missing
        score is a pair that is not allowed. With n and m unequal, some rows or columns stay free.
    within
        Labels of the rows and of the columns (schools); only pairs of one label are allowed. Each
        label needs as many rows as columns.

    Raises
    ------
    UserError
        If the scores are no matrix of numbers, labels do not fit, or no assignment is allowed.
    CertificateError
        If the solver's answer is not proven optimal.

    """
    values, row_names, column_names = matrix(scores, "scores")
    given = np.where(np.isnan(values), _worse_than_any(values), values)
    size, shape = max(values.shape), values.shape
    scaled = given * _scale(given)
    padded = Factors(np.eye(shape[0]), scaled.T.copy(), row_names, column_names).padded()
    problem, rows, columns = _problem(padded, padded.columns[None], within, shape)
    optimum = next(iter(lsa(problem)))
    column_of_row = np.empty(size, dtype=int)
    column_of_row[rows[optimum.matching]] = columns
    v = np.empty(size)
    v[columns] = optimum.v / _scale(given)
    return _certified(values, column_of_row, v, within, (row_names, column_names))


def frontier(
    lower: Scores | tuple,
    higher: Scores | tuple,
    *,
    weights: int | Sequence[float] | None = None,
    within: Within | None = None,
) -> Frontier:
    """Every assignment that maximises weight x lower + (1 - weight) x higher at some weight.

    Parameters
    ----------
    lower, higher
        Two objectives: each an (n, m) matrix of scores, or a pair (value of each row, size of each
        column), whose products are the scores: teachers' value added on a group, and its
        students by class. Pairs are solved much faster; their values are kept to 27 bits.
    weights
        None: all weights from 0 to 1, exactly. Otherwise the weights, or how many evenly spaced
        ones; at 0 and 1 the other objective breaks ties.
    within
        As in `assign`.

    Raises
    ------
    UserError
        If shapes do not fit, a score is missing, or a weight is outside 0 to 1.
    CertificateError
        If an assignment is not proven optimal.

    """
    both = [factors(part, name) for part, name in ((lower, "lower"), (higher, "higher"))]
    if both[0].shape != both[1].shape:
        raise UserError(
            f"lower, higher: {both[0].shape} and {both[1].shape} rows and columns do not fit."
        )
    shape = both[0].shape
    low, high = (part.padded() for part in both)
    rows, ends = _common_rows(low, high)
    rows = replace(rows, rows=rows.rows * _scale(rows.rows))
    ends = ends * _scale(ends)
    if weights is None:
        problem, at_rows, at_columns = _problem(rows, ends, within, shape)
        found = list(ExactFrontier(problem).vertices())
        matchings = [vertex.matching for vertex in found]
        spans = [(vertex.weight_from, vertex.weight_to) for vertex in found]
    else:
        grid = _grid(weights)
        layers = ends * np.stack([1 - grid, grid], axis=1)[:, :, None, None]
        ties = {i: ends[int(1 - w)] for i, w in enumerate(grid) if w in (0, 1)}
        problem, at_rows, at_columns = _problem(rows, layers.sum(axis=1), within, shape, ties, grid)
        found = list((lsa if rows.rows.shape[1] > 2 else network)(problem))
        matchings = [optimum.matching for optimum in found]
        spans = [(w, w) for w in grid]
    columns = np.full((len(found), max(shape)), NOBODY)
    for k, matching in enumerate(matchings):
        columns[k, at_rows[matching]] = at_columns
    columns = columns[:, : shape[0]]
    columns[columns >= shape[1]] = NOBODY
    sums = [[_sum(part, own) for own in columns] for part in both]
    points = pd.DataFrame(spans, columns=["weight_from", "weight_to"], dtype=float)
    gaps = [one.relative_gap for one in found]
    points = points.assign(lower=sums[0], higher=sums[1], gap=gaps)
    return Frontier(points, columns, both[0].row_names, both[0].column_names)


def _scale(values: np.ndarray) -> float:
    """A power of two that lifts the largest value to one: solvers keep few digits of less."""
    largest = np.abs(values).max()
    return float(np.ldexp(1.0, 1 - np.frexp(largest)[1])) if 0 < largest < 1 else 1.0


def _common_rows(low: Factors, high: Factors) -> tuple[Factors, np.ndarray]:
    """Row factors of both objectives, and the columns' (2, m, k) at weights 0 (higher) and 1."""
    if np.array_equal(low.rows, high.rows):
        return low, np.stack([high.columns, low.columns])
    rows = np.hstack([low.rows, high.rows])
    nothing = [np.zeros_like(part.columns) for part in (low, high)]
    at_one = np.hstack([low.columns, nothing[1]])
    at_zero = np.hstack([nothing[0], high.columns])
    ends = np.stack([at_zero, at_one])
    return Factors(rows, at_one, low.row_names, low.column_names), ends


def _problem(
    part: Factors,
    columns: np.ndarray,
    within: Within | None,
    shape: tuple[int, int],
    ties: dict[int, np.ndarray] | None = None,
    labels: np.ndarray | None = None,
) -> tuple[Problem, np.ndarray, np.ndarray]:
    """The problem with rows and columns in their blocks' order, and these orders."""
    own = blocks(within, shape)
    orders = [np.arange(len(own))] * 2
    if within is not None:
        orders = [pd.Series(list(labels)).argsort(kind="stable").to_numpy() for labels in within]
    rows, at = orders
    ties = {index: tie[at] for index, tie in (ties or {}).items()}
    problem = Problem(part.rows[rows], columns[:, at], own, ties, labels, "the assignment")
    return problem, rows, at


def _grid(weights: int | Sequence[float]) -> np.ndarray:
    if isinstance(weights, int | np.integer):
        if weights < 2:
            raise UserError(f"weights: {weights} is too few; want 2 or more.")
        return np.arange(weights) / (weights - 1)
    grid = np.asarray(weights, dtype=float)
    if grid.ndim != 1 or not len(grid) or not ((grid >= 0) & (grid <= 1)).all():
        raise UserError("weights: want a number of weights, or a list of them between 0 and 1.")
    return grid


def _sum(part: Factors, columns: np.ndarray) -> float:
    taken = np.flatnonzero(columns != NOBODY)
    return fsum(part.of(taken, columns[taken]))


def _worse_than_any(values: np.ndarray) -> float:
    """A score so low that no assignment with it beats one without."""
    known = values[~np.isnan(values)]
    if not len(known):
        raise UserError("scores: all are missing, so no pair is allowed.")
    low, high = min(known.min(), 0.0), max(known.max(), 0.0)
    return low - (high - low + 1.0) * (min(values.shape) + 1)


def _certified(
    values: np.ndarray,
    column_of_row: np.ndarray,
    v: np.ndarray,
    within: Within | None,
    names: tuple[pd.Index, pd.Index],
) -> Assignment:
    """The assignment with a bound from the columns' prices, by the scores as they were given."""
    n, m = values.shape
    allowed = ~np.isnan(values)
    if within is not None:
        allowed &= np.equal.outer(*(np.asarray(list(labels), dtype=object) for labels in within))
    columns = np.where(column_of_row[:n] < m, column_of_row[:n], NOBODY)
    taken = np.flatnonzero(columns != NOBODY)
    if not allowed[taken, columns[taken]].all():
        raise UserError("scores: no assignment uses allowed pairs alone; too many are missing.")
    # Rows that are free, and columns that are, could be matched at no gain.
    prices = v[:m] - (v[m:].max() if n > m else 0.0)
    free = -np.inf if n <= m else 0.0
    rows = np.where(allowed, values - prices, -np.inf).max(axis=1, initial=free)
    if n < m:
        shift = prices.min()
        prices, rows = prices - shift, rows + shift
    scores = values[taken, columns[taken]]
    value, bound = fsum(scores), fsum([*rows, *prices])
    gap = (bound - value) / (fsum(np.abs(scores)) or 1.0)
    if not abs(gap) <= TOLERANCE:
        raise CertificateError(f"scores: the assignment is proven to a relative gap of {gap:.3g}.")
    table = pd.DataFrame(
        {"row": names[0][taken], "column": names[1][columns[taken]], "score": scores}
    )
    return Assignment(columns, value, bound, gap, rows, prices, table)
