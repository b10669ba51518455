"""Which teacher may take which class, and what each such arc is worth.

An arc of an n x m problem is coded as ``row * m + column``. Teacher j in class c is worth
sum_k F[c, k] V[j, k]; neither that matrix nor the list of all pairs is ever held whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

BELOW = -0.5  # a level that whole numbers exceed if they are not negative
CHUNK = 1 << 18  # arcs priced at a time: they stay in the processor's cache


@dataclass(frozen=True)
class Factors:
    """Worth and duals of all arcs: F[c] V[j] - u[j] - v[c], the reduced cost of (j, c).

    teachers: V (n, k). classes: F (m, k). u: (n,), v: (m,), zero where left out.
    """

    teachers: np.ndarray
    classes: np.ndarray
    u: np.ndarray | None = None
    v: np.ndarray | None = None

    @cached_property
    def left(self) -> np.ndarray:
        """Rows of the matrix as factors, (n, k or k + 2)."""
        if self.u is None:
            return self.teachers
        n = len(self.teachers)
        return np.concatenate([self.teachers, -self.u[:, None], np.full((n, 1), -1.0)], axis=1)

    @cached_property
    def right(self) -> np.ndarray:
        """Columns of the matrix as factors, transposed: (k or k + 2, m)."""
        if self.u is None:
            return self.classes.T
        m = len(self.classes)
        return np.concatenate([self.classes.T, np.ones((1, m)), self.v[None]])

    def pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Entry of each (row, column)."""
        return np.einsum("ik,ki->i", self.left[rows], self.right[:, columns])

    @cached_property
    def largest(self) -> float:
        """Bound on the absolute worth of any arc; tight where one factor matters."""
        return float((np.abs(self.teachers).max(axis=0) * np.abs(self.classes).max(axis=0)).sum())


@dataclass(frozen=True)
class AllArcs:
    """Every teacher may take every class. shape: (n, m)."""

    shape: tuple[int, int]

    def chunks(self, factors: Factors) -> Iterator[tuple[int, np.ndarray]]:
        """First row and block of rows of the matrix, one after the other."""
        n, m = self.shape
        step = max(1, CHUNK // m)
        for start in range(0, n, step):
            yield start, factors.left[start : start + step] @ factors.right

    def above(self, factors: Factors, level: float) -> np.ndarray:
        """Codes of the arcs whose reduced cost exceeds ``level``, ascending."""
        m = self.shape[1]
        found = [np.flatnonzero(part > level) + s * m for s, part in self.chunks(factors)]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def row_max(self, factors: Factors) -> np.ndarray:
        """Largest reduced cost of each teacher, (n,)."""
        return np.concatenate([part.max(axis=1) for _, part in self.chunks(factors)])

    def violators(self, factors: Factors, tolerance: float) -> np.ndarray:
        """Codes of the most violated arc of each teacher and of each class, ascending."""
        m = self.shape[1]
        columns = np.arange(m)
        best, best_row = np.full(m, tolerance), np.full(m, -1)
        found = []
        for start, part in self.chunks(factors):
            if part.max() <= tolerance:
                continue
            column = part.argmax(axis=1)
            rows = np.flatnonzero(part[np.arange(len(part)), column] > tolerance)
            found.append((start + rows) * m + column[rows])
            row = part.argmax(axis=0)
            value = part[row, columns]
            better = value > best
            best[better], best_row[better] = value[better], start + row[better]
        worst = np.flatnonzero(best_row >= 0)
        return np.unique(np.concatenate([*found, best_row[worst] * m + worst]))

    def allows(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Whether each (row, column) is an arc."""
        return np.ones(len(rows), dtype=bool)

    def matrix(self, factors: Factors) -> np.ndarray:
        """All entries, (n, m); for small problems."""
        return factors.left @ factors.right

    def __len__(self) -> int:
        """Count the arcs."""
        return self.shape[0] * self.shape[1]


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
        """Largest reduced cost of each teacher, (n,)."""
        return np.maximum.reduceat(factors.pairs(*self._ends), self._row_starts)

    def violators(self, factors: Factors, tolerance: float) -> np.ndarray:
        """Codes of all arcs whose reduced cost exceeds ``tolerance``: they are few."""
        return self.above(factors, tolerance)

    def allows(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Whether each (row, column) is an arc."""
        wanted = np.asarray(rows) * self.shape[1] + columns
        at = np.minimum(np.searchsorted(self.codes, wanted), len(self.codes) - 1)
        return self.codes[at] == wanted

    def of_types(self, first: np.ndarray) -> "ListedArcs":
        """The arcs to the classes ``first`` (m,), coded teacher x position there."""
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
    """Of all arcs those whose reduced cost by other ``duals`` is not negative; never listed."""

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
        """Largest reduced cost of each teacher, (n,)."""
        return np.concatenate([part.max(axis=1) for part in self._chunks(factors)])

    def allows(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Whether each (row, column) is an arc."""
        return self.duals.pairs(rows, columns) >= 0

    def matrix(self, factors: Factors) -> np.ndarray:
        """All entries, (n, m), minus infinity where there is no arc."""
        return np.concatenate(list(self._chunks(factors)))

    def of_types(self, first: np.ndarray) -> ListedArcs:
        """The arcs to the classes ``first`` (m,), listed."""
        duals = self.duals
        some = Factors(duals.teachers, duals.classes[first], duals.u, duals.v[first])
        shape = (self.shape[0], len(first))
        return ListedArcs(AllArcs(shape).above(some, BELOW), shape)


Arcs = AllArcs | ListedArcs | TightArcs


def arcs_between(row_blocks: np.ndarray, column_blocks: np.ndarray) -> AllArcs | ListedArcs:
    """Arcs between the rows and columns of equal block label."""
    shape = (len(row_blocks), len(column_blocks))
    if len(np.unique(row_blocks)) == 1:
        return AllArcs(shape)
    return ListedArcs(np.flatnonzero(np.equal.outer(row_blocks, column_blocks)), shape)


def tight_arcs(arcs: AllArcs | ListedArcs, factors: Factors) -> ListedArcs | TightArcs:
    """Arcs that some optimum may use: those whose reduced cost by optimal duals is zero.

    Factors and duals are whole numbers.
    """
    if isinstance(arcs, AllArcs):
        return TightArcs(arcs, factors)
    return ListedArcs(arcs.above(factors, BELOW), arcs.shape)
