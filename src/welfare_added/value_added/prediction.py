"""Best linear predictions of a teacher's effect (eqs. 5, 6, 22, 23, 26 and 27)."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from welfare_added.value_added.variance_components import ClassMeans, TeacherYears, Variances

SYSTEMS_AT_ONCE = 5_000


def lag_profile(lags: pd.DataFrame, own: float, drift_limit: int | None) -> np.ndarray:
    """Covariance by lag, from lag 0: ``own``, the estimates, and a constant beyond the limit.

    A lag with too few pairs takes the value of the longest shorter lag that has enough, or else of
    the shortest longer one; never that of lag 0, which may hold the shocks of classes.

    Parameters
    ----------
    lags
        From ``autocovariances``.
    own
        Covariance at lag 0.
    drift_limit
        Longest lag with a value of its own; None for no limit.

    """
    known = lags["covariance"].astype(float).ffill().bfill()
    profile = np.array([own, *known])
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
        From ``lag_profile``.
    noise : (T,) array
        Variance of each mean around the teacher's effect, 1 / H.
    past_only
        Use earlier years only (eq. 22) instead of all others.

    Returns
    -------
    (T,) array
        Estimates; missing where there is no other year.

    """
    estimates = np.full(len(years.year), np.nan)
    for target, known in _others(years.teacher, past_only=past_only):
        when = years.year[known]
        sigma = profile[np.abs(when[:, :, None] - when[:, None, :])]
        own = np.arange(known.shape[1])
        sigma[:, own, own] += noise[known]
        phi = profile[np.abs(years.year[target][:, None] - when)]
        psi = np.linalg.solve(sigma, phi[:, :, None])[:, :, 0]
        estimates[target] = (psi * years.mean[known]).sum(axis=1)
    return estimates


def _others(teacher: np.ndarray, *, past_only: bool) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of teacher-years, (n,), and the rows they are predicted from, (n, k); in batches."""
    _, first, years = np.unique(teacher, return_index=True, return_counts=True)
    for count in np.unique(years[years > 1]):
        alike = first[years == count]
        for start in range(0, len(alike), SYSTEMS_AT_ONCE):
            rows = alike[start : start + SYSTEMS_AT_ONCE, None] + np.arange(count)
            for target in range(int(past_only), count):
                known = rows[:, :target] if past_only else np.delete(rows, target, axis=1)
                yield rows[:, target], known


def empirical_bayes(classes: ClassMeans, found: Variances, teacher_share: float) -> np.ndarray:
    """Shrink a teacher's mean residual over all classes, the same year's included.

    One year cannot tell a teacher's effect from a class's shock: ``teacher_share`` of the
    variance between classes, V_total - V_student, is taken to be the teacher's. With one class of
    n students the estimate is share V_between / (V_between + V_student / n) times its mean.

    Returns
    -------
    (C,) array
        The estimate of each class's teacher.

    """
    between = max(found.total - found.student, 0.0)
    signal = teacher_share * between
    noise = (between - signal) + found.student / classes.students
    precision = np.bincount(classes.teacher, weights=1 / noise)
    mean = np.bincount(classes.teacher, weights=classes.mean / noise) / precision
    return (mean * signal / (signal + 1 / precision))[classes.teacher]
