"""Slow and independent: dense dummies, pseudo-inverses and covariance matrices of all cells."""

import numpy as np
from scipy import sparse

from welfare_added.grade_means.careers import Turnover
from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.controls import ResidualMaker
from welfare_added.grade_means.moments import Design
from welfare_added.grade_means.worlds import WorldOfCells, draw_cells

TINY = WorldOfCells(8, grades=3, years=4, most_teachers=3)
TURNOVER = Turnover(changing=0.1)


def tiny(
    seed: int, turnover: Turnover = TURNOVER, also: float = 0.15, **changes: int
) -> GradeCells:
    """A small world; a share ``also`` of teachers teach another grade of their school too."""
    world = WorldOfCells(**{**TINY.__dict__, "turnover": turnover, **changes})
    cells, _ = draw_cells(world, np.random.SeedSequence(seed))
    rng = np.random.default_rng(seed)
    second = np.array([_other_cell(cells, cell) for cell in cells.cell])
    taken = rng.random(len(second)) < also
    fields = dict(
        cells.__dict__,
        cell=np.append(cells.cell, second[taken]),
        teacher=np.append(cells.teacher, cells.teacher[taken]),
    )
    fields["share"] = rng.uniform(0.2, 1.0, len(fields["cell"]))
    composition = np.column_stack([cells.composition, rng.random((len(cells.mean_score), 2))])
    # One share is the rest of another: collinear, without a slope of its own.
    fields["composition"] = np.column_stack([composition, 1 - composition[:, 0]])
    return GradeCells(**fields)


def _other_cell(cells: GradeCells, cell: int) -> int:
    """The next grade of the school in the year, or the first."""
    same = np.flatnonzero(cells.school_year == cells.school_year[cell])
    return int(same[(np.searchsorted(same, cell) + 1) % len(same)])


def dummies(code: np.ndarray) -> np.ndarray:
    return (code[:, None] == np.unique(code)).astype(float)


def shares(cells: GradeCells) -> np.ndarray:
    matrix = np.zeros((len(cells.mean_score), cells.teachers))
    for cell, teacher, share in zip(cells.cell, cells.teacher, cells.share, strict=True):
        matrix[cell, teacher] = share
    return matrix / matrix.sum(axis=1, keepdims=True)


def controls(cells: GradeCells) -> np.ndarray:
    return np.column_stack([dummies(cells.school_year), dummies(cells.grade), cells.composition])


def off(x: np.ndarray) -> np.ndarray:
    return np.eye(len(x)) - x @ np.linalg.pinv(x, rcond=1e-10)


def without_controls(shares: np.ndarray, residual: np.ndarray) -> Design:
    """Cells that no control and no school-year effect are taken out of."""
    count = len(residual)
    maker = ResidualMaker(
        np.ones(count), np.arange(count), np.zeros(count), np.zeros((count, 0)), count
    )
    z = sparse.csr_array(shares)
    return Design(maker, z, np.zeros((0, shares.shape[1])), sparse.csc_array(z.T @ z), residual)


def equations(cells: GradeCells, parts: list[np.ndarray], sd: np.ndarray) -> tuple:
    """Moment equations by traces of C x C matrices, in rows divided by sd."""
    z = shares(cells) / sd[:, None]
    m = off(controls(cells) / sd[:, None])
    v = m @ (cells.mean_score / sd)
    kernels = [z @ z.T, *(np.diag(part / sd**2) for part in parts)]
    matrix = [[np.trace(m @ a @ m @ b) for b in kernels] for a in kernels]
    return np.array(matrix), np.array([v @ kernel @ v for kernel in kernels])


def prediction(cells: GradeCells, teacher: float, noise: np.ndarray) -> tuple:
    """Henderson's best linear unbiased prediction by generalised least squares on all cells."""
    x, z = controls(cells), shares(cells)
    inverse = np.linalg.inv(teacher * z @ z.T + np.diag(noise))
    p = inverse - inverse @ x @ np.linalg.pinv(x.T @ inverse @ x, rcond=1e-12) @ x.T @ inverse
    estimate = teacher * z.T @ p @ cells.mean_score
    return estimate, teacher - teacher**2 * np.diag(z.T @ p @ z)


def printed(cells: GradeCells) -> dict:
    """Steps 1 to 3 of appendix D, teacher by teacher."""
    residual = off(controls(cells)) @ cells.mean_score
    years: dict[tuple[int, int], list[int]] = {}
    for cell, teacher in zip(cells.cell, cells.teacher, strict=True):
        years.setdefault((int(teacher), int(cells.year[cell])), []).append(int(cell))
    mean = {key: np.mean(residual[of]) for key, of in years.items()}
    pupils = {key: cells.pupils[of].sum() for key, of in years.items()}
    pairs = [(mean[key], mean[key[0], key[1] + 1]) for key in mean if (key[0], key[1] + 1) in mean]
    covariance = np.cov(np.array(pairs).T)[0, 1]
    return {
        "residual": residual,
        "mean": mean,
        "pupils": pupils,
        "covariance": covariance,
        "years": years,
        "pairs": [key for key in mean if (key[0], key[1] + 1) in mean],
    }
