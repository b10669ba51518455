"""Normal regression with effects of teachers and of cells within teachers, both integrated out.

Serves eq. 1 (scores) and, given the latent v, eq. 3. A row of cell j and teacher i is

    y = x a + theta_i + eta_j + eps,   theta ~ N(m_i, s_i),   eta ~ N(m_j, w_j),   eps ~ N(0, s2)

with d_j = n_j / (s2 + n_j w_j) the precision of a cell's mean around its teacher's effect.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from welfare_added.selection import effect_loops
from welfare_added.selection.arrays import Outcomes


@dataclass(frozen=True)
class Cells:
    """Sums over rows (see `arrays.Outcomes`) of the cells (J,) of teachers (T,)."""

    cross: np.ndarray = field(repr=False)
    moment: np.ndarray = field(repr=False)
    square: float
    teacher: np.ndarray = field(repr=False)
    teachers: int
    rows: np.ndarray = field(repr=False)
    total: np.ndarray = field(repr=False)
    regressor_sum: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Effects:
    """Prior means and variances of teachers' (T,) and cells' (J,) effects; variance of eps."""

    teacher_mean: np.ndarray = field(repr=False)
    teacher_variance: np.ndarray = field(repr=False)
    cell_mean: np.ndarray = field(repr=False)
    cell_variance: np.ndarray = field(repr=False)
    error_variance: float


def outcome_cells(outcomes: Outcomes, teachers: int) -> Cells:
    """Sums of scores as cells."""
    return Cells(
        cross=outcomes.cross,
        moment=outcomes.moment,
        square=outcomes.square,
        teacher=outcomes.teacher,
        teachers=teachers,
        rows=outcomes.rows,
        total=outcomes.score_sum,
        regressor_sum=outcomes.regressor_sum,
    )


def coefficient_posterior(
    cells: Cells, effects: Effects, prior_variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Posterior precision (p, p) of coefficients and its product with their mean (p,).

    Parameters
    ----------
    cells
        Sums over rows.
    effects
        Priors of the effects that are integrated out.
    prior_variance
        Of each coefficient, whose prior mean is 0.

    """
    s2 = effects.error_variance
    mean = effects.cell_mean + effects.teacher_mean[cells.teacher]
    total = cells.total - cells.rows * mean
    moment = cells.moment - cells.regressor_sum.T @ mean
    spread = s2 + cells.rows * effects.cell_variance
    shrink = effects.cell_variance / spread / s2
    columns = np.column_stack([cells.regressor_sum, total])
    within = columns.T @ (shrink[:, None] * cells.regressor_sum)
    by_teacher = _by_teacher(cells, columns / spread[:, None])
    weight = _by_teacher(cells, cells.rows / spread)
    pull = effects.teacher_variance / (1 + effects.teacher_variance * weight)
    between = by_teacher.T @ (pull[:, None] * by_teacher[:, :-1])
    removed = within + between
    precision = cells.cross / s2 - removed[:-1]
    precision = (precision + precision.T) / 2
    precision[np.diag_indices_from(precision)] += 1 / prior_variance
    return precision, moment / s2 - removed[-1]


def draw_normal(precision: np.ndarray, product: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw from a normal with a precision (p, p), whose product with its mean is (p,)."""
    root = cho_factor(precision, lower=True)
    noise = rng.standard_normal(len(product))
    return cho_solve(root, product) + solve_triangular(root[0], noise, lower=True, trans="T")


def cell_residuals(cells: Cells, coefficients: np.ndarray) -> np.ndarray:
    """Mean (J,) of the rows' y - x a of each cell."""
    return (cells.total - cells.regressor_sum @ coefficients) / cells.rows


def log_marginal(cells: Cells, effects: Effects, residual: np.ndarray) -> float:
    """Log density of the cells' mean residuals (J,), up to a constant in the prior's parameters.

    What rows tell within cells does not depend on the effects, but on the variance of eps.

    """
    return effect_loops.log_marginal(
        cells.teacher,
        cells.rows,
        residual,
        effects.teacher_mean,
        effects.teacher_variance,
        effects.cell_mean,
        effects.cell_variance,
        effects.error_variance,
    )


def teacher_posterior(
    cells: Cells, effects: Effects, residual: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean (T,) and variance (T,) of teachers' effects, effects of cells integrated out."""
    precision = cells.rows / (effects.error_variance + cells.rows * effects.cell_variance)
    gap = residual - effects.cell_mean - effects.teacher_mean[cells.teacher]
    weight = _by_teacher(cells, precision)
    variance = effects.teacher_variance / (1 + effects.teacher_variance * weight)
    return effects.teacher_mean + variance * _by_teacher(cells, precision * gap), variance


def cell_posterior(
    cells: Cells, effects: Effects, residual: np.ndarray, teacher: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean (J,) and variance (J,) of cells' effects given those of teachers (T,)."""
    spread = effects.error_variance + cells.rows * effects.cell_variance
    gap = residual - teacher[cells.teacher] - effects.cell_mean
    mean = effects.cell_mean + effects.cell_variance * cells.rows / spread * gap
    return mean, effects.cell_variance * effects.error_variance / spread


def squared_errors(cells: Cells, coefficients: np.ndarray, effect: np.ndarray) -> float:
    """Sum over rows of (y - x a - f_j)^2, for effects f (J,) of cells and teachers together."""
    fitted = coefficients @ cells.cross @ coefficients - 2 * coefficients @ cells.moment
    crossed = cells.total - cells.regressor_sum @ coefficients
    return float(cells.square + fitted - 2 * effect @ crossed + cells.rows @ effect**2)


def _by_teacher(cells, values):
    if values.ndim == 1:
        return np.bincount(cells.teacher, values, minlength=cells.teachers)
    p = values.shape[1]
    place = (cells.teacher[:, None] * p + np.arange(p)).ravel()
    return np.bincount(place, values.ravel(), minlength=cells.teachers * p).reshape(-1, p)
