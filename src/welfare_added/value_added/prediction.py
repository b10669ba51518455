"""Best linear predictions of teacher effects (Eastmond et al. 2024, eqs. 5, 6, 22, 23, 26, 27)."""

from collections.abc import Iterator

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


def leave_year_out(
    years: TeacherYears, profile: np.ndarray, noise: np.ndarray, *, past_only: bool
) -> np.ndarray:
    """Predict each teacher-year from the teacher's other years.

    Solves Sigma psi = phi with Sigma_ss' = c_|s-s'| + 1{s=s'} noise_s and phi_s = c_|t-s|.

    Parameters
    ----------
    years
        Teacher-years, T of them.
    profile
        From `lag_profile`.
    noise : (T,) array
        Variance of each mean residual around the teacher's effect, 1 / H [student SD squared].
    past_only
        Use earlier years only (eq. 22) instead of all others.

    Returns
    -------
    (T,) array
        Estimates [student SD]; missing where there is no year to predict from.

    """
    estimates = np.full(len(years.year), np.nan)
    for target, used in _others(years.teacher, past_only=past_only):
        when = years.year[used]
        sigma = profile[np.abs(when[:, :, None] - when[:, None, :])]
        own = np.arange(used.shape[1])
        sigma[:, own, own] += noise[used]
        phi = profile[np.abs(years.year[target][:, None] - when)]
        psi = np.linalg.solve(sigma, phi[:, :, None])[:, :, 0]
        estimates[target] = (psi * years.mean[used]).sum(axis=1)
    return estimates


def _others(teacher: np.ndarray, *, past_only: bool) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of n teacher-years, (n,), and of the k years that predict each, (n, k), in batches."""
    _, first, years = np.unique(teacher, return_index=True, return_counts=True)
    for count in np.unique(years[years > 1]):
        first_rows = first[years == count]
        for start in range(0, len(first_rows), SYSTEMS_AT_ONCE):
            rows = first_rows[start : start + SYSTEMS_AT_ONCE, None] + np.arange(count)
            for target in range(int(past_only), count):
                used = rows[:, :target] if past_only else np.delete(rows, target, axis=1)
                yield rows[:, target], used


def empirical_bayes(classes: ClassMeans, components: Variances, teacher_share: float) -> np.ndarray:
    """Shrink a teacher's mean residual over all classes, the predicted year's included.

    With one year, teacher effects and class shocks are not separately identified: ``teacher_share``
    of the variance between classes, V_total - V_student, is assumed to be teachers'. With one class
    of n students the estimate is share V_between / (V_between + V_student / n) times its mean.

    Returns
    -------
    (C,) array
        Estimate of each class's teacher [student SD].

    """
    between = max(components.total - components.student, 0.0)
    signal = teacher_share * between
    noise = (between - signal) + components.student / classes.students
    precision = np.bincount(classes.teacher, weights=1 / noise)
    mean = np.bincount(classes.teacher, weights=classes.mean / noise) / precision
    return (mean * signal / (signal + 1 / precision))[classes.teacher]
