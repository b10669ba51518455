"""The salary equation of one district and period as arrays, and its published estimator."""

from dataclasses import dataclass, field

import numpy as np

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
    """Salary by cell where f is zero, (K, D), delta and its error; missing if not identified."""

    level: np.ndarray = field(repr=False)
    delta: float
    standard_error: float


def by_cells(district: DistrictSchedule) -> Solved:
    """Least squares on f, years and a level for each cell that has teachers.

    Where f does not vary beside cells and years, delta is missing and levels are of f's mean.
    """
    level = np.full(district.shape, np.nan)
    if district.n == 0:
        return Solved(level, np.nan, np.nan)
    cells, code = np.unique(district.cell, return_inverse=True)
    others = np.column_stack([code[:, None] == np.arange(len(cells)), district.years]).astype(float)
    quality = district.quality
    left = quality - others @ np.linalg.lstsq(others, quality, rcond=None)[0]
    square = float(left @ left)
    delta = error = np.nan
    if square > (IDENTIFIED**2) * float(quality @ quality):
        delta = float(left @ district.salary) / square
    rest = district.salary - (0.0 if np.isnan(delta) else delta) * quality
    estimate = np.linalg.lstsq(others, rest, rcond=None)[0]
    if not np.isnan(delta):
        error = teacher_error(left / square, rest - others @ estimate, district.teacher)
    level.flat[cells] = estimate[: len(cells)]
    return Solved(level, delta, error)


def teacher_error(weights: np.ndarray, residuals: np.ndarray, teacher: np.ndarray) -> float:
    """Error, clustered by teacher, of an estimate that is a weighted sum of salaries.

    weights, residuals, teacher: (n,). Missing with fewer than two teachers.
    """
    sums = np.bincount(np.unique(teacher, return_inverse=True)[1], weights * residuals)
    groups = len(sums)
    return float(np.sqrt(groups / (groups - 1) * (sums @ sums))) if groups > 1 else np.nan


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
