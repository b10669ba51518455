"""Scores net of what the controls explain, teachers' effects kept (eqs. 20 and 24)."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse

# A column is collinear with those before it when less than this share of its spread is its own.
COLLINEAR = 1e-6


@dataclass(frozen=True)
class Residuals:
    """Residuals of one regression.

    Attributes
    ----------
    values : (N,) array
        A = y - X b, mean zero, with the absorbed effects left in [student SD].
    slopes : int
        Number of slopes estimated.
    dropped : list of int
        Regressors that are constant or collinear with those before them.

    """

    values: np.ndarray
    slopes: int
    dropped: list[int]


class Absorbed:
    """Variables whose regressions on one another absorb the same effects exactly.

    Parameters
    ----------
    variables : (N, Q) array
        Outcomes and regressors.
    effects : (N,) int array or None
        Code of each row's effect, 0, 1, ...; None absorbs the constant only.

    """

    def __init__(self, variables: np.ndarray, effects: np.ndarray | None) -> None:
        """Centre and scale the variables, and take their products within effects, once."""
        self.spread = variables.std(axis=0)
        level = np.abs(variables).max(axis=0)
        self.constant = self.spread <= COLLINEAR * level
        self.spread = np.where(self.constant, 1.0, self.spread)
        self.scaled = (variables - variables.mean(axis=0)) / self.spread
        n = len(variables)
        codes = np.zeros(n, dtype=int) if effects is None else effects
        self.counts = np.bincount(codes)
        self.members = scipy.sparse.csr_array(
            (np.ones(n), (codes, np.arange(n))), shape=(len(self.counts), n)
        )
        sums = self.members @ self.scaled
        self.products = self.scaled.T @ self.scaled - sums.T @ (sums / self.counts[:, None])

    def regress(self, outcome: int, regressors: list[int]) -> Residuals:
        """Regress one variable on others, within effects.

        Solves the normal equations and corrects the slopes once by the residuals they leave,
        which makes them as accurate as an orthogonal factorisation would.
        """
        kept = self._independent(regressors)
        factor = scipy.linalg.cho_factor(self.products[np.ix_(kept, kept)])
        slopes = scipy.linalg.cho_solve(factor, self.products[kept, outcome])
        values = self._left(outcome, kept, slopes)
        within = values - self.members.T @ ((self.members @ values) / self.counts)
        slopes += scipy.linalg.cho_solve(factor, self.scaled.T[kept] @ within)
        values = self._left(outcome, kept, slopes) * self.spread[outcome]
        dropped = [j for j in regressors if j not in kept]
        return Residuals(values - values.mean(), len(kept), dropped)

    def _left(self, outcome: int, kept: list[int], slopes: np.ndarray) -> np.ndarray:
        full = np.zeros(self.scaled.shape[1])
        full[kept] = slopes
        return self.scaled[:, outcome] - self.scaled @ full

    def _independent(self, regressors: list[int]) -> list[int]:
        """The regressors that add something to those before them, as Stata keeps them."""
        kept: list[int] = []
        lower = np.zeros((0, 0))
        total = self.scaled.shape[0]
        for j in regressors:
            row = scipy.linalg.solve_triangular(lower, self.products[kept, j], lower=True)
            own = self.products[j, j] - row @ row
            if self.constant[j] or own <= (COLLINEAR**2) * total:
                continue
            grown = np.zeros((len(kept) + 1, len(kept) + 1))
            grown[:-1, :-1], grown[-1, :-1], grown[-1, -1] = lower, row, np.sqrt(own)
            lower = grown
            kept.append(j)
        return kept
