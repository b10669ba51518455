"""Variances of teachers' effects and of noise by exact moments of residual mean scores."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.controls import ResidualMaker, residual_maker

NOISE = ("pupils", "per_pupil", "constant")


@dataclass(frozen=True)
class Design:
    """Teachers' shares and scores of C cells after controls, in rows divided by the SD of noise.

    Attributes
    ----------
    maker
        The projection M off the controls.
    within : (C, J) sparse matrix
        Shares less their means in the school-year, Zd = FZ; MZ = Zd - Q loading.
    loading : (q, J) array
        Q'Zd.
    gram : (J, J) sparse matrix
        Zd'Zd.
    residual : (C,) array
        v, the residual mean scores.

    """

    maker: ResidualMaker
    within: sparse.csr_array
    loading: np.ndarray
    gram: sparse.csc_array
    residual: np.ndarray

    @property
    def sums(self) -> np.ndarray:
        """Residuals added up by teacher, Z'Mv: (J,)."""
        return self.within.T @ self.residual


def design(
    cells: GradeCells, shares: sparse.csr_array, noise_sd: np.ndarray | None = None
) -> Design:
    """Take the controls out of scores and shares; noise_sd as in `residual_maker`."""
    maker = residual_maker(cells, noise_sd)
    within = maker.within_sparse(shares)
    loading = np.asarray((within.T @ maker.basis).T)
    gram = sparse.csc_array(within.T @ within)
    return Design(maker, within, loading, gram, maker.residuals(cells.mean_score))


@dataclass(frozen=True)
class NoiseVariances:
    """Variances of a cell's mean score: of teachers' effects, and around them.

    Attributes
    ----------
    teacher
        s2_mu, of a teacher's effect [score units squared]; zero or negative if there is no sign
        of one, missing if cells are too few to tell effects from noise.
    cell
        s2_theta, of what a cell's pupils have in common.
    pupil
        s2_e, of a pupil around her cell's mean.

    """

    teacher: float
    cell: float
    pupil: float

    def noise(self, pupils: np.ndarray) -> np.ndarray:
        """Variance of the noise of cells of so many pupils: (C,)."""
        return self.cell + self.pupil / pupils


def estimate_variances(
    cells: GradeCells, shares: sparse.csr_array, noise: str = "pupils"
) -> NoiseVariances:
    """Variances by exact moments.

    The model of appendix D is A = Xb + Z mu + e. For v = MA the quadratic forms |Z'v|^2 and v'Kv
    have expectations that are linear in the variances, with coefficients that are traces
    (`moment_equations`); equal numbers of forms and variances are solved for, so that s2_mu is
    unbiased. A variance of noise that comes out negative is set to zero, and the other one is
    solved for again with s2_mu as it is.

    Parameters
    ----------
    cells, shares
        From `teacher_shares`.
    noise
        Of a cell of n pupils: ``pupils``, s2_theta + s2_e / n; ``per_pupil``, s2_e / n, by which
        cells are weighted; ``constant``, s2_theta.

    """
    inverse = 1 / cells.pupils
    every = np.ones(len(inverse))
    if noise == "per_pupil":
        parts, noise_sd = [inverse], np.sqrt(inverse)
    else:
        both = noise == "pupils" and np.ptp(inverse) > 0
        parts, noise_sd = [every, inverse] if both else [every], None
    one = design(cells, shares, noise_sd)
    matrix, moments = moment_equations(one, [part * one.maker.scale**2 for part in parts])
    teacher = float(np.linalg.lstsq(matrix, moments, rcond=None)[0][0])
    found = _noise(matrix[1:, 1:], moments[1:] - matrix[1:, 0] * teacher)
    if not (found > 0).any():
        return NoiseVariances(*[float("nan")] * 3)
    cell, pupil = (0.0, *found) if noise == "per_pupil" else (*found, 0.0)[:2]
    return NoiseVariances(teacher, float(cell), float(pupil))


def moment_equations(one: Design, parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and left-hand sides of the moment equations: (1 + K, 1 + K) and (1 + K,).

    The k-th part of the noise has variance parts[k] times a constant, in scaled rows. With
    Zt = MZ and D_k = diag(parts[k]) the coefficients are |Zt'Zt|^2, tr(Zt' D_k Zt) and
    tr(M D_k M D_l); the moments |Zt'v|^2 and v' D_k v.
    """
    v = one.residual
    norms = _row_norms(one)
    matrix = np.empty((1 + len(parts),) * 2)
    matrix[0, 0] = _squared_gram(one)
    for k, part in enumerate(parts, start=1):
        matrix[0, k] = matrix[k, 0] = part @ norms
        for m, other in enumerate(parts, start=1):
            matrix[k, m] = _noise_trace(one.maker, part, other)
    moments = [one.sums @ one.sums, *(part @ v**2 for part in parts)]
    return matrix, np.array(moments)


def _squared_gram(one: Design) -> float:
    """|Zt'Zt|^2 with Zt'Zt = gram - loading' loading."""
    cross = (one.loading @ one.gram) @ one.loading.T
    small = one.loading @ one.loading.T
    return float((one.gram.data**2).sum() - 2 * np.trace(cross) + (small**2).sum())


def _row_norms(one: Design) -> np.ndarray:
    """Squared length of each row of Zt = Zd - Q loading: (C,)."""
    q, w = one.maker.basis, one.loading
    own = np.asarray((one.within * one.within).sum(axis=1)).ravel()
    return own - 2 * ((one.within @ w.T) * q).sum(axis=1) + ((q @ (w @ w.T)) * q).sum(axis=1)


def _noise_trace(maker: ResidualMaker, part: np.ndarray, other: np.ndarray) -> float:
    """tr(M D M E) of the diagonal matrices D and E of two parts of noise, M = F - QQ'."""
    leverage, group, q = maker.leverage, maker.school_year, maker.basis
    of_group = [np.bincount(group, weights=one * leverage) for one in (part, other)]
    effects = part @ other - 2 * (part * other) @ leverage + of_group[0] @ of_group[1]
    left, right = part[:, None] * q, other[:, None] * q
    crossed = (left * maker.within(right)).sum()
    return float(effects - 2 * crossed + np.trace((q.T @ left) @ (q.T @ right)))


def _noise(matrix: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """One or two variances of noise; negative ones zero, and the other by its own moment."""
    solved = np.linalg.lstsq(matrix, moments, rcond=None)[0]
    if (solved >= 0).all():
        return solved
    alone = moments / np.diag(matrix)
    return np.where((solved > 0) & (alone > 0), alone, 0.0)
