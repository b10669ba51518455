"""Which teacher may take which class: all pairs, or only pairs of one block (school)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Arcs:
    """Allowed (teacher, class) pairs in row order, A of n x m.

    rows, columns: (A,) int, teacher and class of each arc, sorted by row, then column.
    shape: (n, m). ``dense`` when every pair is allowed (A = n m), which saves all look-ups.
    """

    rows: np.ndarray
    columns: np.ndarray
    shape: tuple[int, int]

    @property
    def dense(self) -> bool:
        """Whether every pair is allowed."""
        return len(self.rows) == self.shape[0] * self.shape[1]

    @cached_property
    def _row_starts(self) -> np.ndarray:
        return np.searchsorted(self.rows, np.arange(self.shape[0]))

    @cached_property
    def _by_column(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.columns, kind="stable")
        return order, np.searchsorted(self.columns[order], np.arange(self.shape[1]))

    def scores(self, teachers: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Score sum_k classes[c, k] teachers[j, k] of each arc, (A,)."""
        pairs = list(zip(teachers.T, classes.T, strict=True))
        total = self._product(*pairs[0])
        for pair in pairs[1:]:
            total += self._product(*pair)
        return total

    def _product(self, teacher: np.ndarray, klass: np.ndarray) -> np.ndarray:
        if self.dense:
            return np.multiply.outer(teacher, klass).ravel()
        return teacher[self.rows] * klass[self.columns]

    def reduced(self, scores: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Score less the duals of teacher u (n,) and class v (m,): (A,), at most 0 if feasible."""
        if self.dense:
            matrix = scores.reshape(self.shape) - u[:, None]
            matrix -= v
            return matrix.ravel()
        return scores - u[self.rows] - v[self.columns]

    def row_max(self, values: np.ndarray) -> np.ndarray:
        """Largest value among each teacher's arcs, (n,)."""
        if self.dense:
            return values.reshape(self.shape).max(axis=1)
        return np.maximum.reduceat(values, self._row_starts)

    def column_max(self, values: np.ndarray) -> np.ndarray:
        """Largest value among each class's arcs, (m,)."""
        if self.dense:
            return values.reshape(self.shape).max(axis=0)
        order, starts = self._by_column
        return np.maximum.reduceat(values[order], starts)

    def find(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Position of each pair among the arcs, -1 where the pair is not allowed."""
        wanted = np.asarray(rows) * self.shape[1] + columns
        if self.dense:
            return wanted
        codes = self.rows * self.shape[1] + self.columns
        at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        return np.where(codes[at] == wanted, at, -1)

    def violators(self, reduced: np.ndarray, tolerance: float) -> np.ndarray:
        """Arcs to enter a linear programme: the most violated of each teacher and of each class."""
        if not self.dense:
            return np.flatnonzero(reduced > tolerance)
        matrix = reduced.reshape(self.shape)
        r = np.flatnonzero(matrix.max(axis=1) > tolerance)
        c = np.flatnonzero(matrix.max(axis=0) > tolerance)
        return np.union1d(
            r * self.shape[1] + matrix[r].argmax(axis=1),
            matrix[:, c].argmax(axis=0) * self.shape[1] + c,
        )


def arcs_between(row_blocks: np.ndarray, column_blocks: np.ndarray) -> Arcs:
    """Arcs between the rows and columns of equal block label."""
    rows, columns = np.nonzero(np.equal.outer(row_blocks, column_blocks))
    return Arcs(rows, columns, (len(row_blocks), len(column_blocks)))
