"""Outcomes residualised on controls in memory, absorbed effects removed or left in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from welfare_added.value_added.residuals import NormalEquations

ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Residuals:
    """Residuals of one regression.

    Attributes
    ----------
    values : (n,) array
        Residuals, with weighted mean zero; absorbed effects left in if they are kept.
    slopes : int
        Number of slopes estimated.
    dropped : list of int
        Regressors that are constant or collinear with those before them.

    """

    values: np.ndarray
    slopes: int
    dropped: list[int]


class Regressions:
    """Regressions of several outcomes on rows' variables, within the same absorbed effects."""

    def __init__(
        self,
        variables: Sequence[np.ndarray],
        effect: np.ndarray,
        weights: np.ndarray,
        *,
        kept: bool,
    ) -> None:
        """Add up the cross-products once.

        Parameters
        ----------
        variables : Q arrays (n,)
            Regressors and outcomes, without missing values.
        effect : (n,) int array
            Code 0, 1, ... of each row's effect; all zero for the constant alone.
        weights : (n,) array
            Weights of the rows.
        kept
            Whether the effects stay in the residuals.

        """
        self.variables, self.effect, self.weights, self.kept = variables, effect, weights, kept
        self.equations = _within(variables, effect, weights)

    def residuals(self, outcome: int, regressors: list[int]) -> Residuals:
        """Residualise the variable at ``outcome`` on those at ``regressors``."""
        slopes = self.equations.regress(outcome, regressors)
        values = self.variables[outcome].copy()
        for j in np.flatnonzero(slopes.values):
            values -= slopes.values[j] * self.variables[j]
        if self.kept:
            values -= np.average(values, weights=self.weights)
        else:
            values -= _means(values, self.effect, self.weights)[self.effect]
        return Residuals(values, slopes.count, slopes.dropped)


def _means(values: np.ndarray, effect: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.bincount(effect, values * weights) / np.bincount(effect, weights)


def _within(
    variables: Sequence[np.ndarray], effect: np.ndarray, weights: np.ndarray
) -> NormalEquations:
    """Weighted cross-products of the variables' deviations from their means by effect."""
    size = len(variables)
    products, squares = np.zeros((size, size)), np.zeros(size)
    overall = [np.average(values, weights=weights) for values in variables]
    means = [_means(values, effect, weights) for values in variables]
    for start in range(0, len(effect), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        of_rows, root = effect[rows], np.sqrt(weights[rows])
        apart = np.empty((size, len(of_rows)))
        for j, values in enumerate(variables):
            squares[j] += weights[rows] @ (values[rows] - overall[j]) ** 2
            np.subtract(values[rows], means[j][of_rows], out=apart[j])
        apart *= root
        products += apart @ apart.T
    spread = np.sqrt(squares / weights.sum())
    return NormalEquations(products, spread, np.hypot(spread, overall), weights.sum())
