"""Which row may be matched to which column (an arc), and the score of each arc.

An arc of an n x m problem is coded as ``row * m + column``. Row j in column c scores
sum_k F[c, k] V[j, k]; neither that matrix nor the list of all pairs is ever held in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

BELOW = -0.5  # whole numbers exceed this if they are not negative
CHUNK = 1 << 18  # arcs priced at a time, few enough for the processor's cache


@dataclass(frozen=True)
class Factors:
    """Factors and duals whose products are the reduced costs F[c] V[j] - u[j] - v[c] of all arcs.

    rows: V (n, k). columns: F (m, k). u: (n,), v: (m,), zero where left out.
    """

    rows: np.ndarray
    columns: np.ndarray
    u: np.ndarray | None = None
    v: np.ndarray | None = None

    @cached_property
    def left(self) -> np.ndarray:
        """Left factor of the matrix of reduced costs, (n, k or k + 2)."""
        if self.u is None:
            return self.rows
        n = len(self.rows)
        return np.concatenate([self.rows, -self.u[:, None], np.full((n, 1), -1.0)], axis=1)

    @cached_property
    def right(self) -> np.ndarray:
        """Right factor of the matrix of reduced costs, (k or k + 2, m)."""
        if self.u is None:
            return self.columns.T
        m = len(self.columns)
        return np.concatenate([self.columns.T, np.ones((1, m)), self.v[None]])

    def pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Reduced cost of each (row, column)."""
        return np.einsum("ik,ki->i", self.left[rows], self.right[:, columns])

    @cached_property
    def largest(self) -> float:
        """Upper bound on the absolute score of any arc; attained where k is 1."""
        return float((np.abs(self.rows).max(axis=0) * np.abs(self.columns).max(axis=0)).sum())


@dataclass(frozen=True)
class AllArcs:
    """Every row may be matched to every column. shape: (n, m)."""

    shape: tuple[int, int]

    def chunks(self, factors: Factors) -> Iterator[tuple[int, np.ndarray]]:
        """The matrix in blocks of rows: number of the first row, and the block."""
        n, m = self.shape
        step = max(1, CHUNK // m)
        for start in range(0, n, step):
            yield start, factors.left[start : start + step] @ factors.right

    def above(self, factors: Factors, level: float) -> np.ndarray:
        """Codes of the arcs whose reduced cost exceeds ``level``, ascending."""
        m = self.shape[1]
        codes = [np.flatnonzero(part > level) + s * m for s, part in self.chunks(factors)]
        return codes[0] if len(codes) == 1 else np.concatenate(codes)

    def row_max(self, factors: Factors) -> np.ndarray:
        """Largest reduced cost of each row, (n,)."""
        return np.concatenate([part.max(axis=1) for _, part in self.chunks(factors)])

    def allows(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Whether each (row, column) is an arc."""
        return np.ones(len(rows), dtype=bool)

    def matrix(self, factors: Factors) -> np.ndarray:
        """All entries, (n, m); for small problems."""
        return factors.left @ factors.right


@dataclass(frozen=True)
class ListedArcs:
    """Only the listed pairs are allowed. codes: (A,) ascending; shape: (n, m)."""

    codes: np.ndarray
    shape: tuple[int, int]

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        return np.divmod(self.codes, self.shape[1])

    @cached_property
    def _row_starts(self) -> np.ndarray:
        return np.searchsorted(self._ends[0], np.arange(self.shape[0]))

    def above(self, factors: Factors, level: float) -> np.ndarray:
        """Codes of the arcs whose reduced cost exceeds ``level``, ascending."""
        return self.codes[factors.pairs(*self._ends) > level]

    def row_max(self, factors: Factors) -> np.ndarray:
        """Largest reduced cost of each row, (n,)."""
        return np.maximum.reduceat(factors.pairs(*self._ends), self._row_starts)

    def allows(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Whether each (row, column) is an arc."""
        wanted = np.asarray(rows) * self.shape[1] + columns
        at = np.minimum(np.searchsorted(self.codes, wanted), len(self.codes) - 1)
        return self.codes[at] == wanted

    def of_types(self, first: np.ndarray) -> "ListedArcs":
        """The arcs to the columns ``first`` (m,), coded ``row * m + position in first``."""
        position = np.full(self.shape[1], -1)
        position[first] = np.arange(len(first))
        rows, columns = self._ends
        here = position[columns] >= 0
        codes = np.sort(rows[here] * len(first) + position[columns[here]])
        return ListedArcs(codes, (self.shape[0], len(first)))

    def matrix(self, factors: Factors) -> np.ndarray:
        """All entries, (n, m), minus infinity where there is no arc."""
        full = np.full(self.shape, -np.inf)
        full[self._ends] = factors.pairs(*self._ends)
        return full

    def __len__(self) -> int:
        """Count the arcs."""
        return len(self.codes)


@dataclass(frozen=True)
class TightArcs:
    """The arcs whose reduced cost by given ``duals`` is not negative; computed, never listed."""

    every: AllArcs
    duals: Factors

    @property
    def shape(self) -> tuple[int, int]:
        """(n, m)."""
        return self.every.shape

    def _chunks(self, factors: Factors) -> Iterator[np.ndarray]:
        both = zip(self.every.chunks(factors), self.every.chunks(self.duals), strict=True)
        for (_, part), (_, other) in both:
            yield np.where(other >= 0, part, -np.inf)

    def row_max(self, factors: Factors) -> np.ndarray:
        """Largest reduced cost of each row, (n,)."""
        return np.concatenate([part.max(axis=1) for part in self._chunks(factors)])

    def allows(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Whether each (row, column) is an arc."""
        return self.duals.pairs(rows, columns) >= 0

    def matrix(self, factors: Factors) -> np.ndarray:
        """All entries, (n, m), minus infinity where there is no arc."""
        return np.concatenate(list(self._chunks(factors)))

    def of_types(self, first: np.ndarray) -> ListedArcs:
        """The arcs to the columns ``first`` (m,), listed."""
        duals = self.duals
        some = Factors(duals.rows, duals.columns[first], duals.u, duals.v[first])
        shape = (self.shape[0], len(first))
        return ListedArcs(AllArcs(shape).above(some, BELOW), shape)


Arcs = AllArcs | ListedArcs | TightArcs


def arcs_between(row_blocks: np.ndarray, column_blocks: np.ndarray) -> AllArcs | ListedArcs:
    """Arcs between rows and columns of equal block label."""
    shape = (len(row_blocks), len(column_blocks))
    if len(np.unique(row_blocks)) == 1:
        return AllArcs(shape)
    return ListedArcs(np.flatnonzero(np.equal.outer(row_blocks, column_blocks)), shape)


def tight_arcs(arcs: AllArcs | ListedArcs, factors: Factors) -> ListedArcs | TightArcs:
    """Arcs that an optimal matching may use: those of reduced cost zero.

    factors: whole numbers, with optimal duals.
    """
    if isinstance(arcs, AllArcs):
        return TightArcs(arcs, factors)
    return ListedArcs(arcs.above(factors, BELOW), arcs.shape)
