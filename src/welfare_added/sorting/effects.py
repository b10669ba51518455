"""Sets of fixed effects, removed from variables exactly, by elimination.

The normal equations of the set with most levels (teachers, say) are diagonal and are eliminated;
what remains, one equation a level of the other sets, is dense and factored once.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.linalg import lapack, solve_triangular

from welfare_added.run.errors import UserError

MOST_LEVELS = 8_000  # of the sets that are not eliminated: half a gigabyte of normal equations
REDUNDANT = 1e-10  # share of a level's weight that other levels leave, below which it is theirs


class Effects:
    """Least squares on the indicators of one or more sets of levels, for any number of outcomes.

    Attributes
    ----------
    rank
        Number of linearly independent indicators of all sets together.

    """

    def __init__(self, codes: Sequence[np.ndarray], weights: np.ndarray | None = None) -> None:
        """Factor the sets.

        Parameters
        ----------
        codes
            (n,) level of each row, 0, 1, ..., for every set; all levels occur.
        weights
            (n,) positive weights of rows; one if missing.

        Raises
        ------
        UserError
            If all sets but the largest have more than `MOST_LEVELS` levels together.

        """
        ordered = sorted(codes, key=lambda one: -int(one.max()))  # stable: first set of a tie
        self.largest, self.others = ordered[0], ordered[1:]
        self.weights = np.ones(len(self.largest)) if weights is None else weights
        self.sizes = [int(one.max()) + 1 for one in self.others]
        if sum(self.sizes) > MOST_LEVELS:
            raise UserError(
                f"fixed effects: {sum(self.sizes):,} levels beside the largest set; want at most "
                f"{MOST_LEVELS:,}. Use coarser effects, such as districts in place of schools."
            )
        self.of_largest = np.bincount(self.largest, self.weights)
        self.rank = len(self.of_largest)
        if self.others:
            self._factor()

    def residuals(self, columns: np.ndarray) -> np.ndarray:
        """Residuals of (n, q) columns, with one refinement of the solution."""
        once = columns - self._fitted(columns)
        return once - self._fitted(once)

    def _factor(self) -> None:
        n, levels = len(self.largest), sum(self.sizes)
        first = np.cumsum([0, *self.sizes[:-1]])
        column = np.concatenate(
            [code + start for code, start in zip(self.others, first, strict=True)]
        )
        row = np.tile(np.arange(n), len(self.others))
        self.indicators = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(n, levels))
        weighted = sparse.diags_array(self.weights) @ self.indicators
        shape = (len(self.of_largest), n)
        of_largest = sparse.csr_array((np.ones(n), (self.largest, np.arange(n))), shape=shape)
        self.crossed = (of_largest @ weighted).tocsr()
        means = sparse.diags_array(1 / self.of_largest) @ self.crossed
        own = self.indicators.T @ weighted
        system = (own - self.crossed.T @ means).toarray()
        self.scale = 1 / np.sqrt(own.diagonal())
        factor, pivots, rank, _ = lapack.dpstrf(
            system * np.outer(self.scale, self.scale), tol=REDUNDANT, lower=1
        )
        self.kept = pivots[:rank] - 1
        self.factor = np.tril(factor[:rank, :rank])
        self.rank += int(rank)

    def _fitted(self, columns: np.ndarray) -> np.ndarray:
        weighted = columns * self.weights[:, None]
        sums = _sums(self.largest, weighted, len(self.of_largest))
        if not self.others:
            return (sums / self.of_largest[:, None])[self.largest]
        right = self.indicators.T @ weighted - self.crossed.T @ (sums / self.of_largest[:, None])
        scaled = (right * self.scale[:, None])[self.kept]
        half = solve_triangular(self.factor, scaled, lower=True)
        level = np.zeros_like(right)
        level[self.kept] = solve_triangular(self.factor, half, lower=True, trans="T")
        level *= self.scale[:, None]
        own = (sums - self.crossed @ level) / self.of_largest[:, None]
        return own[self.largest] + self.indicators @ level


def _sums(code: np.ndarray, columns: np.ndarray, levels: int) -> np.ndarray:
    return np.column_stack([np.bincount(code, column, levels) for column in columns.T])


def singletons(codes: Sequence[np.ndarray]) -> np.ndarray:
    """Rows (n,) that alone have a level of some set, also once other such rows are left out.

    Such a row is fitted exactly, and says nothing of the coefficients.
    """
    alone = np.zeros(len(codes[0]), dtype=bool)
    while True:
        before = int(alone.sum())
        for code in codes:
            counts = np.bincount(code[~alone], minlength=int(code.max()) + 1)
            alone |= counts[code] == 1
        if alone.sum() == before:
            return alone
