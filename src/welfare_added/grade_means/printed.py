"""The estimator of appendix D as printed, with its errata as choices."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.controls import residual_maker
from welfare_added.run.errors import UserError
from welfare_added.value_added.variance_components import weighted_covariance

NOISE = ("by_pupils", "per_pupil", "as_printed")
PRECISION = ("inverse_variance", "as_printed")


@dataclass(frozen=True)
class PrintedChoices:
    """How the errata of appendix D are resolved.

    Attributes
    ----------
    noise
        Step 3 prints s2_eps = Var(v) - s2_mu - s2_eps, which subtracts the noise from itself.
        ``by_pupils``: the noise of a cell of n pupils is s2_theta + s2_eps / n, both by a
        regression of squared residuals on 1 / n. ``per_pupil``: s2_theta is zero, and the mean of
        s2_eps / n is Var(v) - s2_mu. ``as_printed``: s2_theta is zero and s2_eps, a variance of
        mean scores, is Var(v) - s2_mu; steps 4 and 5 divide it by n all the same.
    precision
        Of a teacher's year, h. Step 4 prints n / s2_eps and step 5, for the same letter,
        s2_theta + s2_eps / n, which is a variance. ``inverse_variance``: one over the latter, in
        both steps. ``as_printed``: either as it stands.

    """

    noise: str = "by_pupils"
    precision: str = "inverse_variance"

    def __post_init__(self) -> None:
        """Refuse unknown choices."""
        for name, allowed in (("noise", NOISE), ("precision", PRECISION)):
            if getattr(self, name) not in allowed:
                raise UserError(
                    f"grade means: {name} {getattr(self, name)!r} of the printed estimator is "
                    f"unknown; want {', '.join(allowed)}."
                )


@dataclass(frozen=True)
class TaughtYears:
    """Teachers' years, sorted by teacher and year (step 2).

    Attributes
    ----------
    teacher, year : (T,) int arrays
    average : (T, C) sparse matrix
        Takes the mean over a teacher's cells of the year, each counted once.
    pupils : (T,) array
        Pupils of these cells.

    """

    teacher: np.ndarray
    year: np.ndarray
    average: sparse.csr_array
    pupils: np.ndarray

    @property
    def consecutive(self) -> np.ndarray:
        """Rows that are followed by the same teacher's next year: (P,)."""
        return np.flatnonzero((np.diff(self.teacher) == 0) & (np.diff(self.year) == 1))


@dataclass(frozen=True)
class PrintedEstimates:
    """Value added of J teachers as appendix D computes it.

    Attributes
    ----------
    teacher_variance
        s2_mu, the covariance of consecutive years; missing if no teacher has two.
    cell_variance, pupil_variance
        s2_theta and s2_eps.
    pairs
        Number of pairs of consecutive years.
    unshrunk : (J,) array
        Weighted mean of residuals (step 4), which is used where value added is an outcome
        (footnote 44).
    shrinkage : (J,) array
        s2_mu / Var(vbar_i) (step 5), the weight of such observations; missing where s2_mu is
        not positive.
    estimate : (J,) array
        Their product.

    """

    teacher_variance: float
    cell_variance: float
    pupil_variance: float
    pairs: int
    unshrunk: np.ndarray
    shrinkage: np.ndarray

    @property
    def estimate(self) -> np.ndarray:
        """Value added (step 5)."""
        return self.unshrunk * self.shrinkage


def printed_estimates(cells: GradeCells, choices: PrintedChoices | None = None) -> PrintedEstimates:
    """Value added by the five steps of appendix D; see `PrintedChoices` for its errata.

    Each teacher of a cell is assigned its residual, whatever her share.
    """
    choices = choices or PrintedChoices()
    residual = residual_maker(cells).residuals(cells.mean_score)
    years = taught_years(cells)
    mean = years.average @ residual
    teacher_variance, pairs = consecutive_covariance(years, mean)
    cell, pupil = noise_variances(residual, cells.pupils, teacher_variance, choices.noise)
    weight, precision = _precisions(years.pupils, cell, pupil, choices.precision)
    total = np.bincount(years.teacher, weights=weight, minlength=cells.teachers)
    unshrunk = np.bincount(years.teacher, weights=weight * mean, minlength=cells.teachers)
    of_teacher = np.bincount(years.teacher, weights=precision, minlength=cells.teachers)
    with np.errstate(divide="ignore"):
        around = 1 / of_teacher
    signal = teacher_variance if teacher_variance > 0 else np.nan
    return PrintedEstimates(
        teacher_variance, cell, pupil, pairs, unshrunk / total, signal / (signal + around)
    )


def taught_years(cells: GradeCells) -> TaughtYears:
    """The years of each teacher and her cells in them."""
    first = int(cells.year.min())
    span = int(cells.year.max()) - first + 1
    row = cells.teacher.astype(np.int64) * span + (cells.year[cells.cell] - first)
    keys, number = np.unique(row, return_inverse=True)
    weight = 1 / np.bincount(number)[number]
    shape = len(keys), len(cells.mean_score)
    average = sparse.csr_array(sparse.coo_array((weight, (number, cells.cell)), shape=shape))
    pupils = np.bincount(number, weights=cells.pupils[cells.cell])
    return TaughtYears(keys // span, keys % span + first, average, pupils)


def consecutive_covariance(years: TaughtYears, mean: np.ndarray) -> tuple[float, int]:
    """Cov(vbar_it, vbar_it-1), missing for fewer than two pairs, and how many pairs (step 3).

    mean: (T,) mean residuals of teachers' years.
    """
    before = years.consecutive
    pairs = len(before)
    return weighted_covariance(mean[before], mean[before + 1], np.ones(pairs)), pairs


def noise_variances(
    residual: np.ndarray, pupils: np.ndarray, teacher_variance: float, noise: str
) -> tuple[float, float]:
    """s2_theta and s2_eps (step 3); negative ones are taken as zero, and so is a missing s2_mu.

    residual, pupils: (C,); noise: see `PrintedChoices`.
    """
    signal = teacher_variance if teacher_variance > 0 else 0.0
    rest = max(float(residual.var(ddof=1)) - signal, 0.0)
    inverse = 1 / pupils
    if noise == "as_printed":
        return 0.0, rest
    if noise == "by_pupils" and np.ptp(inverse) > 0:
        apart = inverse - inverse.mean()
        slope = float(apart @ residual**2 / (apart @ apart))
        cell = rest - slope * inverse.mean()
        if slope >= 0 and cell >= 0:
            return float(cell), slope
        if slope < 0:
            return float(rest), 0.0
    return 0.0, float(rest / inverse.mean())


def _precisions(
    pupils: np.ndarray, cell: float, pupil: float, precision: str
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of teachers' years (step 4) and precisions in Var(vbar_i) (step 5), (T,) each."""
    variance = cell + pupil / pupils
    if not variance.all():  # no noise: shrinkage is one
        return pupils, np.full(len(pupils), np.inf)
    if precision == "inverse_variance":
        return 1 / variance, 1 / variance
    return pupils / pupil if pupil > 0 else pupils, variance
