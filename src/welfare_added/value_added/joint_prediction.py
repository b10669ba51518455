"""Best linear predictions of teachers' effects on several kinds of students at once.

Sigma psi = phi, with one row for each mean residual of a teacher: of one year and one kind of
students. One kind gives the predictions of Eastmond et al. (2024, eqs. 5 and 6); two kinds those of
Bates et al. (2022, section 3.2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

SYSTEMS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Observations:
    """N mean residuals from which effects are predicted, sorted by teacher.

    Attributes
    ----------
    teacher, year, kind : (N,) int arrays
        Codes of teachers; calendar years; kinds of students 0, 1, ...; at most one mean residual a
        teacher, year and kind.
    mean : (N,) array
        Mean residual [student SD].
    noise : (N,) array
        Its variance around the teacher's effect [student SD squared].
    shared : (N,) array
        Covariance of this noise with that of another kind in the same year, by classroom shocks
        that are common to both [student SD squared]; the same for both.

    """

    teacher: np.ndarray
    year: np.ndarray
    kind: np.ndarray
    mean: np.ndarray
    noise: np.ndarray
    shared: np.ndarray


@dataclass(frozen=True)
class JointPredictions:
    """Predicted effects of n teacher-years on M kinds of students, missing without observations.

    Attributes
    ----------
    estimate, shrinkage, explained : (n, M) arrays
        psi' A [student SD]; sum of psi; phi' psi [student SD squared].
    observations : (n,) int array
        Number of mean residuals used.
    proper : (n,) bool array
        Whether Sigma is positive definite; true where there is none.

    """

    estimate: np.ndarray
    shrinkage: np.ndarray
    explained: np.ndarray
    observations: np.ndarray
    proper: np.ndarray


def predict_jointly(
    observations: Observations,
    profile: np.ndarray,
    targets: tuple[np.ndarray, np.ndarray],
    *,
    left_out: Sequence[int] = (0,),
    past_only: bool,
) -> JointPredictions:
    """Predict effects on every kind of students from the mean residuals of all kinds.

    Sigma_ab = c_kind(a)kind(b)(|year_a - year_b|), plus the noise of a where a = b, plus the shared
    noise where only the years agree; phi_a = c_m,kind(a)(|t - year_a|).

    Parameters
    ----------
    observations
        Mean residuals.
    profile : (L, M, M) array
        Covariances of a teacher's effects at lags 0, 1, ...; longer lags take the last
        [student SD squared].
    targets : tuple of (n,) array
        Codes of teachers, and years, to predict; they need no mean residual.
    left_out
        Years not to use, counted from the predicted one: 0 for itself, -1 for the one before.
    past_only
        Use earlier years only instead of all others.

    """
    n, kinds = len(targets[0]), profile.shape[1]
    values = np.full((3, n, kinds), np.nan)
    counts, proper = np.zeros(n, dtype=int), np.ones(n, dtype=bool)
    for target, used in _used(observations, targets, left_out, past_only=past_only):
        when, of = observations.year[used], observations.kind[used]
        sigma = _sigma(observations, profile, used)
        lags = _lags(profile, targets[1][target][:, None] - when)
        phi = profile[lags[:, :, None], of[:, :, None], np.arange(kinds)]
        psi = np.linalg.solve(sigma, phi)
        for kind in range(kinds):
            weights = psi[:, :, kind]
            values[0, target, kind] = (weights * observations.mean[used]).sum(axis=1)
            values[1, target, kind] = weights.sum(axis=1)
            values[2, target, kind] = (weights * phi[:, :, kind]).sum(axis=1)
        counts[target], proper[target] = used.shape[1], _definite(sigma)
    return JointPredictions(*values, counts, proper)


def error_covariances(
    observations: Observations,
    profile: np.ndarray,
    own_year: np.ndarray,
    targets: tuple[np.ndarray, np.ndarray],
    *,
    together: bool,
    left_out: Sequence[int] = (0,),
    past_only: bool,
) -> np.ndarray:
    """Covariances of the errors of predicted effects, (n, M, M) [student SD squared].

    C - Psi' Phi - Phi' Psi + Psi' Sigma Psi, with C the covariances of effects in the predicted
    year; C - Phi' Sigma^-1 Phi if Psi are the best weights. Missing without observations.

    Parameters
    ----------
    observations, profile, targets, left_out, past_only
        As in `predict_jointly`.
    own_year : (M, M) array
        Covariances C of a teacher's effects in one year [student SD squared].
    together
        Whether all kinds predict every kind; else each is predicted from its own mean residuals
        alone, and the errors are those that this has under the covariances between the kinds.

    """
    kinds = profile.shape[1]
    errors = np.full((len(targets[0]), kinds, kinds), np.nan)
    for target, used in _used(observations, targets, left_out, past_only=past_only):
        sigma = _sigma(observations, profile, used)
        of = observations.kind[used]
        lags = _lags(profile, targets[1][target][:, None] - observations.year[used])
        phi = profile[lags[:, :, None], of[:, :, None], np.arange(kinds)]
        if together:
            psi = np.linalg.solve(sigma, phi)
        else:
            own = of[:, :, None] == of[:, None, :]
            of_kind = of[:, :, None] == np.arange(kinds)
            psi = np.linalg.solve(np.where(own, sigma, 0.0), np.where(of_kind, phi, 0.0))
        weights = psi.transpose(0, 2, 1)
        explained = weights @ phi
        errors[target] = own_year - explained - explained.transpose(0, 2, 1) + weights @ sigma @ psi
    return errors


def _sigma(observations: Observations, profile: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Covariances of n teachers' k mean residuals each, (n, k, k)."""
    when, of = observations.year[used], observations.kind[used]
    apart = when[:, :, None] - when[:, None, :]
    sigma = profile[_lags(profile, apart), of[:, :, None], of[:, None, :]]
    if profile.shape[1] > 1:
        together = (apart == 0) & (of[:, :, None] != of[:, None, :])
        sigma += np.where(together, observations.shared[used][:, :, None], 0.0)
    own = np.arange(used.shape[1])
    sigma[:, own, own] += observations.noise[used]
    return sigma


def _definite(matrices: np.ndarray) -> np.ndarray:
    """Which of n symmetric matrices (n, k, k) are positive definite, (n,)."""
    try:
        np.linalg.cholesky(matrices)  # much faster, but tells only whether all are
    except np.linalg.LinAlgError:
        return np.linalg.eigvalsh(matrices)[:, 0] > 0
    return np.ones(len(matrices), dtype=bool)


def _lags(profile: np.ndarray, apart: np.ndarray) -> np.ndarray:
    return np.minimum(np.abs(apart), len(profile) - 1)


def _used(
    observations: Observations,
    targets: tuple[np.ndarray, np.ndarray],
    left_out: Sequence[int],
    *,
    past_only: bool,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Numbers of n targets, (n,), and the k observations that predict each, (n, k), in batches."""
    teacher, year = targets
    first = np.searchsorted(observations.teacher, teacher, side="left")
    own = np.searchsorted(observations.teacher, teacher, side="right") - first
    target = np.repeat(np.arange(len(teacher)), own)
    row = np.arange(len(target)) + np.repeat(first - np.cumsum(own) + own, own)
    after = observations.year[row] - year[target]
    used = ~np.isin(after, left_out) & ((after < 0) | (not past_only))
    target, row = target[used], row[used]
    count = np.bincount(target, minlength=len(teacher))
    start = np.cumsum(count) - count
    for k in np.unique(count[count > 0]):
        of_k = np.flatnonzero(count == k)
        for at in range(0, len(of_k), SYSTEMS_AT_ONCE):
            some = of_k[at : at + SYSTEMS_AT_ONCE]
            yield some, row[start[some][:, None] + np.arange(k)]
