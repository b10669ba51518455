"""A sparse symmetric matrix, factored: solutions, diagonal of the inverse, signs of eigenvalues."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from welfare_added.grade_means import ldl_loops


def elimination_order(matrix: sparse.csc_array) -> np.ndarray:
    """Order of n rows with few entries filled in: SuperLU's minimum degree; (n,) int array.

    It depends on where entries are, not on their values: of these a safe matrix is made.
    """
    n = matrix.shape[0]
    ones = sparse.csc_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape)
    dominant = sparse.csc_array(ones + sparse.diags_array(np.full(n, float(n))))
    options = {"SymmetricMode": True}
    found = splu(dominant, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    return np.argsort(found.perm_c)


@dataclass(frozen=True)
class Factored:
    """LDL' of a matrix of n rows, taken in another order.

    Attributes
    ----------
    order : (n,) int array
        Row of the matrix that is eliminated first, second, ...
    starts, rows, values
        L by columns: (n + 1,), and (m,) each.
    pivots : (n,) array
        D, in this order.

    """

    order: np.ndarray
    starts: np.ndarray
    rows: np.ndarray
    values: np.ndarray
    pivots: np.ndarray

    def solve(self, right: np.ndarray) -> np.ndarray:
        """Solution for (n, q) right-hand sides."""
        x = np.ascontiguousarray(right[self.order], dtype=float)
        ldl_loops.solve(self.starts, self.rows, self.values, self.pivots, x)
        solution = np.empty_like(x)
        solution[self.order] = x
        return solution

    def inverse_diagonal(self) -> np.ndarray:
        """Diagonal of the inverse: (n,)."""
        found = np.empty(len(self.pivots))
        ldl_loops.diagonal_of_inverse(self.starts, self.rows, self.values, self.pivots, found)
        diagonal = np.empty_like(found)
        diagonal[self.order] = found
        return diagonal

    def negative(self) -> np.ndarray:
        """Rows with a negative pivot, (n,) bool: as many as negative eigenvalues (Sylvester)."""
        negative = np.zeros(len(self.pivots), dtype=bool)
        negative[self.order] = self.pivots < 0
        return negative


def factored(matrix: sparse.csc_array, order: np.ndarray) -> Factored:
    """Factor a symmetric matrix of n rows in an order from `elimination_order`."""
    n = matrix.shape[0]
    permuted = sparse.csc_array(sparse.csc_array(matrix)[order][:, order])
    permuted.sort_indices()
    starts, rows = permuted.indptr.astype(np.int64), permuted.indices.astype(np.int64)
    parent, counts = np.empty(n, np.int64), np.empty(n, np.int64)
    ldl_loops.count_columns(starts, rows, parent, counts)
    l_starts = np.concatenate([[0], np.cumsum(counts)])
    l_rows, l_values = np.empty(l_starts[-1], np.int64), np.empty(l_starts[-1])
    pivots = np.empty(n)
    ldl_loops.factor(starts, rows, permuted.data, parent, l_starts, l_rows, l_values, pivots)
    return Factored(order, l_starts, l_rows, l_values, pivots)
