"""What is left of scores and of teachers' shares after controls and school-year effects."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from scipy import sparse

from welfare_added.grade_means.cells import GradeCells

COLLINEAR = 1e-8  # a control of which less is left, over its size before, has no slope of its own


@dataclass(frozen=True)
class ResidualMaker:
    """The projection M off the controls X of appendix D, in C rows divided by their noise's SD.

    X has effects of school-years and grades and the composition of pupils. M = F - QQ', where F
    takes out school-year effects and Q is an orthonormal basis of the rest.

    Attributes
    ----------
    scale : (C,) array
        One over the SD of each row's noise, or ones.
    school_year : (C,) int array
        Codes.
    leverage : (C,) array
        Diagonal of the projection on school-year effects.
    basis : (C, q) array
        Q.
    degrees_of_freedom : int
        Rank of M: rows less rank of X.

    """

    scale: np.ndarray
    school_year: np.ndarray
    leverage: np.ndarray
    basis: np.ndarray
    degrees_of_freedom: int

    @property
    def unit(self) -> np.ndarray:
        """Nonzero values of the school-year dummies' orthonormal basis: (C,)."""
        return np.sqrt(self.leverage)

    def within(self, columns: np.ndarray) -> np.ndarray:
        """F times (C, k) columns, which are in scaled rows."""
        return _within(columns, self.unit, self.school_year)

    def residuals(self, values: np.ndarray) -> np.ndarray:
        """M times the (C,) values in their own units: residuals in scaled rows."""
        return self.projected(values * self.scale)

    def projected(self, values: np.ndarray) -> np.ndarray:
        """M times (C,) values in scaled rows."""
        left = self.within(values[:, None])[:, 0]
        return left - self.basis @ (self.basis.T @ left)

    def within_sparse(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """F times a (C, J) sparse matrix in its own units."""
        rows = np.arange(len(self.scale))
        shape = len(self.scale), int(self.school_year.max()) + 1
        effects = sparse.csr_array((self.unit, (rows, self.school_year)), shape=shape)
        scaled = sparse.csr_array(sparse.diags_array(self.scale) @ matrix)
        return sparse.csr_array(scaled - effects @ (effects.T @ scaled))


def residual_maker(cells: GradeCells, noise_sd: np.ndarray | None = None) -> ResidualMaker:
    """The projection off the controls of appendix D, by (weighted) least squares.

    noise_sd: (C,) relative SD of each cell's noise, by which rows are divided; None for ones.
    """
    scale = np.ones(len(cells.mean_score)) if noise_sd is None else 1 / noise_sd
    total = np.bincount(cells.school_year, weights=scale**2)
    leverage = scale**2 / total[cells.school_year]
    grades = np.arange(int(cells.grade.max()) + 1)[1:]
    dummies = (cells.grade[:, None] == grades).astype(float)
    controls = np.column_stack([cells.composition.astype(float), dummies]) * scale[:, None]
    size = np.sqrt((controls**2).sum(axis=0))
    left = _within(controls, np.sqrt(leverage), cells.school_year)
    left = left / np.where(size > 0, size, 1.0)
    basis = _orthonormal(left)
    free = len(scale) - int((total > 0).sum()) - basis.shape[1]
    return ResidualMaker(scale, cells.school_year, leverage, basis, free)


def _within(columns: np.ndarray, unit: np.ndarray, group: np.ndarray) -> np.ndarray:
    left = np.empty(columns.shape)
    for k, column in enumerate(columns.T):
        left[:, k] = column - unit * np.bincount(group, weights=unit * column)[group]
    return left


def _orthonormal(columns: np.ndarray) -> np.ndarray:
    """Orthonormal basis of the columns that are not collinear with others."""
    if not columns.shape[1]:
        return columns
    basis, triangle, _ = scipy.linalg.qr(columns, mode="economic", pivoting=True)
    return basis[:, : int((np.abs(np.diag(triangle)) > COLLINEAR).sum())]
