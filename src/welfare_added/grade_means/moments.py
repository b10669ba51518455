"""Variances of teachers' effects and of noise by exact moments of residual mean scores."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse

from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.controls import ResidualMaker, residual_maker

ROUNDS = 2  # of weighting cells by the noise just estimated
NOISE = ("pupils", "constant")


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
        s2_e, of a pupil around her cell's mean; 0 if noise is taken not to depend on pupils.

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
    (`moment_equations`); equal numbers of forms and variances are solved for. The noise has
    variance s2_theta (``constant``), or s2_theta + s2_e / n in a cell of n pupils (``pupils``).
    Then cells are weighted by one over the noise just estimated, twice. A negative variance of
    noise is set to zero and the others are solved for again.

    Parameters
    ----------
    cells, shares
        From `teacher_shares`.
    noise
        ``pupils`` or ``constant``.

    """
    parts = [np.ones(len(cells.pupils))]
    if noise == "pupils" and np.ptp(cells.pupils) > 0:
        parts.append(1 / cells.pupils)
    noise_sd, found = None, None
    for _ in range(ROUNDS + 1 if len(parts) > 1 else 1):
        one = design(cells, shares, noise_sd)
        matrix, moments = moment_equations(one, [part * one.maker.scale**2 for part in parts])
        solved = _without_negative_noise(matrix, moments)
        found = NoiseVariances(*map(float, [*solved, 0.0][:3]))
        noise_sd = np.sqrt(found.noise(cells.pupils))
        if not (noise_sd > 0).all():
            return NoiseVariances(*[float("nan")] * 3)
    return found


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


def _without_negative_noise(matrix: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Solve the equations without as few parts of the noise as make the others nonnegative.

    Missing if all are negative.
    """
    parts = range(1, len(moments))
    for left_out in range(len(moments) - 1):
        for dropped in combinations(reversed(parts), left_out):
            kept = [k for k in range(len(moments)) if k not in dropped]
            solved = np.zeros(len(moments))
            solved[kept] = np.linalg.lstsq(matrix[np.ix_(kept, kept)], moments[kept], rcond=None)[0]
            if (solved[1:] >= 0).all():
                return solved
    return np.full(len(moments), np.nan)
