"""The salary equation of one district and period as arrays, and its published estimator."""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

IDENTIFIED = 1e-8  # share of f's norm that the schedule must leave for delta to be identified


@dataclass(frozen=True)
class DistrictSchedule:
    """Teacher-years of one district and period.

    salary [dollars], quality (f of value added), seniority, degree (codes), year, teacher: (n,);
    shape: numbers of classes and degrees of the state.
    """

    salary: np.ndarray
    quality: np.ndarray
    seniority: np.ndarray
    degree: np.ndarray
    year: np.ndarray
    teacher: np.ndarray
    shape: tuple[int, int]

    @property
    def n(self) -> int:
        """Teacher-years."""
        return len(self.salary)

    @property
    def people(self) -> int:
        """Teachers."""
        return len(np.unique(self.teacher))

    @property
    def cell(self) -> np.ndarray:
        """Code of the cell of seniority and degree, (n,)."""
        return self.seniority * self.shape[1] + self.degree

    @property
    def counts(self) -> np.ndarray:
        """Teacher-years by cell, (K, D)."""
        return np.bincount(self.cell, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)

    @property
    def years(self) -> np.ndarray:
        """Indicators of years but the first, less their means, (n, T - 1)."""
        codes = np.unique(self.year, return_inverse=True)[1]
        indicators = (codes[:, None] == np.arange(1, codes.max(initial=0) + 1)).astype(float)
        return indicators - indicators.mean(axis=0) if len(indicators) else indicators


@dataclass(frozen=True)
class Solved:
    """Salary by cell where f is zero, (K, D), delta and its error; missing if not identified.

    freedom: degrees of freedom of the error, for an interval by Student's t.
    """

    level: np.ndarray = field(repr=False)
    delta: float = np.nan
    standard_error: float = np.nan
    freedom: float = np.nan


def by_cells(district: DistrictSchedule) -> Solved:
    """Least squares on f, years and a level for each cell that has teachers.

    Where f does not vary beside cells and years, delta is missing and levels are of f's mean.
    """
    level = np.full(district.shape, np.nan)
    if district.n == 0:
        return Solved(level)
    cells, code = np.unique(district.cell, return_inverse=True)
    others = np.column_stack([code[:, None] == np.arange(len(cells)), district.years]).astype(float)
    quality = district.quality
    left = quality - others @ np.linalg.lstsq(others, quality, rcond=None)[0]
    square = float(left @ left)
    identified = square > (IDENTIFIED**2) * float(quality @ quality)
    delta = float(left @ district.salary) / square if identified else np.nan
    rest = district.salary - (delta * quality if identified else 0.0)
    estimate = np.linalg.lstsq(others, rest, rcond=None)[0]
    level.flat[cells] = estimate[: len(cells)]
    if not identified:
        return Solved(level)
    fitted = np.column_stack([basis(others), left / np.sqrt(square)])
    residuals = rest - others @ estimate
    return Solved(level, delta, *teacher_error(left / square, residuals, district.teacher, fitted))


def basis(columns: np.ndarray) -> np.ndarray:
    """Orthonormal columns that span the same space, (n, rank)."""
    vectors, values = np.linalg.svd(columns, full_matrices=False)[:2]
    return vectors[:, values > IDENTIFIED * values[0]]


def teacher_error(
    weights: np.ndarray, residuals: np.ndarray, teacher: np.ndarray, fitted: np.ndarray
) -> tuple[float, float]:
    """Error, clustered by teacher, of a weighted sum of salaries, and its degrees of freedom.

    A schedule with about as many effects as teachers fits part of the errors too, so that squared
    residuals are too small. With equal, independent errors of variance s2 they have covariance
    s2 (I - F F'); the clustered sum of squares is divided by the share of its mean that this
    leaves, so that it is unbiased then. Degrees of freedom by Satterthwaite's rule (Bell and
    McCaffrey 2002).

    Parameters
    ----------
    weights, residuals, teacher
        (n,); the estimate is the sum of weights times salaries.
    fitted
        F, (n, r): I - F F' makes residuals of salaries.

    Returns
    -------
    error, freedom
        Missing where the fit leaves nothing of errors.

    """
    rows = np.arange(len(weights))
    code = np.unique(teacher, return_inverse=True)[1]
    by_teacher = sparse.csr_array((weights, (code, rows)))
    sums, lost = by_teacher @ residuals, by_teacher @ fitted
    squares = np.bincount(code, weights**2)
    # Of the covariance of sums, diag(squares) - lost lost': trace, and sum of squared entries.
    own = (lost**2).sum(axis=1)
    trace = float((squares - own).sum())
    if trace <= IDENTIFIED * squares.sum():
        return np.nan, np.nan
    whole = float(squares @ squares - 2 * squares @ own + ((lost.T @ lost) ** 2).sum())
    return float(np.sqrt(sums @ sums * squares.sum() / trace)), trace**2 / whole


def fill_nearest(level: np.ndarray) -> np.ndarray:
    """Levels (K, D) with empty cells filled from the nearest filled one.

    Nearest in seniority among cells of the same degree, or of any degree if that has none; a tie
    goes to the lower seniority, then to the first degree. All missing if nothing is filled.
    """
    out = level.copy()
    filled = np.argwhere(~np.isnan(level))
    if not len(filled):
        return out
    for k, d in np.argwhere(np.isnan(level)):
        own = filled[filled[:, 1] == d]
        of = own if len(own) else filled
        nearest = min(of.tolist(), key=lambda cell: (abs(cell[0] - k), cell[0], cell[1]))
        out[k, d] = level[tuple(nearest)]
    return out
