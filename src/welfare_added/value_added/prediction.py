"""Best linear predictions of teacher effects (Eastmond et al. 2024, eqs. 5, 6, 22, 23, 26, 27)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.value_added.variance_components import ClassMeans, TeacherYears, Variances

SYSTEMS_AT_ONCE = 5_000


def lag_profile(lags: pd.DataFrame, own: float, drift_limit: int | None) -> np.ndarray:
    """Autocovariances by lag, from lag 0; constant beyond the drift limit.

    A lag with too few pairs takes the value of the longest shorter lag that has enough, or else of
    the shortest longer one; never that of lag 0, which may include class shocks.

    Parameters
    ----------
    lags
        From `autocovariances`.
    own
        Covariance at lag 0 [student SD squared].
    drift_limit
        Longest lag with a value of its own; None for no limit.

    Returns
    -------
    array
        Covariance at lags 0, 1, ... [student SD squared].

    """
    covariances = lags["covariance"].astype(float).ffill().bfill()
    profile = np.array([own, *covariances])
    if drift_limit is not None and drift_limit < len(profile):
        profile[drift_limit:] = profile[drift_limit]
    return profile


@dataclass(frozen=True)
class Predictions:
    """Predicted teacher effects of n teacher-years, missing where there is no year to predict from.

    Attributes
    ----------
    estimate : (n,) array
        psi' A, the estimate [student SD].
    shrinkage : (n,) array
        Sum of psi: the estimate if the mean residuals of all years used were one.
    explained : (n,) array
        phi' psi, the variance of the estimate [student SD squared].
    years : (n,) int array
        Number of years used.
    proper : (n,) bool array
        Whether Sigma is positive definite. If not, the autocovariances are those of no process,
        and the estimate may be anything. True where there is none.

    """

    estimate: np.ndarray
    shrinkage: np.ndarray
    explained: np.ndarray
    years: np.ndarray
    proper: np.ndarray


def predict(
    years: TeacherYears,
    profile: np.ndarray,
    noise: np.ndarray,
    targets: tuple[np.ndarray, np.ndarray] | None = None,
    *,
    left_out: Sequence[int] = (0,),
    past_only: bool,
) -> Predictions:
    """Predict teacher-years from other years of the same teachers.

    Solves Sigma psi = phi with Sigma_ss' = c_|s-s'| + 1{s=s'} noise_s and phi_s = c_|t-s|.

    Parameters
    ----------
    years
        Teacher-years with a mean residual, T of them, sorted by teacher.
    profile
        From `lag_profile`; longer lags take its last value.
    noise : (T,) array
        Variance of each mean residual around the teacher's effect, 1 / H [student SD squared].
    targets : tuple of (n,) array
        Codes of teachers, and years, to predict; they need no mean residual. None: ``years``.
    left_out
        Years not to use, counted from the predicted one: 0 for itself, -1 for the one before.
    past_only
        Use earlier years only (eq. 22) instead of all others.

    """
    targets = (years.teacher, years.year) if targets is None else targets
    n = len(targets[0])
    values = np.full((3, n), np.nan)
    counts, proper = np.zeros(n, dtype=int), np.ones(n, dtype=bool)
    for target, used in _years_used(years, targets, left_out, past_only=past_only):
        when = years.year[used]
        sigma = _covariances(profile, when[:, :, None] - when[:, None, :])
        own = np.arange(used.shape[1])
        sigma[:, own, own] += noise[used]
        phi = _covariances(profile, targets[1][target][:, None] - when)
        psi = np.linalg.solve(sigma, phi[:, :, None])[:, :, 0]
        values[0, target] = (psi * years.mean[used]).sum(axis=1)
        values[1, target] = psi.sum(axis=1)
        values[2, target] = (psi * phi).sum(axis=1)
        counts[target], proper[target] = used.shape[1], _definite(sigma)
    return Predictions(*values, counts, proper)


def _definite(matrices: np.ndarray) -> np.ndarray:
    """Which of n symmetric matrices (n, k, k) are positive definite, (n,)."""
    try:
        np.linalg.cholesky(matrices)  # much faster, but tells only whether all are
    except np.linalg.LinAlgError:
        return np.linalg.eigvalsh(matrices)[:, 0] > 0
    return np.ones(len(matrices), dtype=bool)


def _covariances(profile: np.ndarray, lags: np.ndarray) -> np.ndarray:
    return profile[np.minimum(np.abs(lags), len(profile) - 1)]


def _years_used(
    years: TeacherYears,
    targets: tuple[np.ndarray, np.ndarray],
    left_out: Sequence[int],
    *,
    past_only: bool,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Numbers of n targets, (n,), and rows of the k years that predict each, (n, k), in batches."""
    teacher, year = targets
    first = np.searchsorted(years.teacher, teacher, side="left")
    own = np.searchsorted(years.teacher, teacher, side="right") - first
    target = np.repeat(np.arange(len(teacher)), own)
    row = np.arange(len(target)) + np.repeat(first - np.cumsum(own) + own, own)
    after = years.year[row] - year[target]
    used = ~np.isin(after, left_out) & ((after < 0) | (not past_only))
    target, row = target[used], row[used]
    count = np.bincount(target, minlength=len(teacher))
    start = np.cumsum(count) - count
    for k in np.unique(count[count > 0]):
        of_k = np.flatnonzero(count == k)
        for at in range(0, len(of_k), SYSTEMS_AT_ONCE):
            some = of_k[at : at + SYSTEMS_AT_ONCE]
            yield some, row[start[some][:, None] + np.arange(k)]


@dataclass(frozen=True)
class ShrunkenMeans:
    """Empirical Bayes estimates of teachers 0, 1, ..., missing where a teacher has no class.

    Attributes
    ----------
    estimate, shrinkage, sd : (J,) arrays
        Mean residual times its shrinkage [student SD]; the shrinkage; SD of the true effect
        around the estimate [student SD].

    """

    estimate: np.ndarray
    shrinkage: np.ndarray
    sd: np.ndarray


def shrunken_means(
    classes: ClassMeans, components: Variances, teacher_share: float
) -> ShrunkenMeans:
    """Shrink a teacher's mean residual over all classes, the predicted year's included.

    With one year, teacher effects and class shocks are not separately identified: ``teacher_share``
    of the variance between classes, V_total - V_student, is assumed to be teachers'. With one class
    of n students the estimate is share V_between / (V_between + V_student / n) times its mean.
    """
    between = max(components.total - components.student, 0.0)
    signal = teacher_share * between
    noise = (between - signal) + components.student / classes.students
    precision = np.bincount(classes.teacher, weights=1 / noise)
    precision = np.where(precision > 0, precision, np.nan)
    mean = np.bincount(classes.teacher, weights=classes.mean / noise) / precision
    shrinkage = signal / (signal + 1 / precision)
    return ShrunkenMeans(mean * shrinkage, shrinkage, np.sqrt(signal * (1 - shrinkage)))
