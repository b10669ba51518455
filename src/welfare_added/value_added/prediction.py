"""Best linear predictions of teacher effects (Eastmond et al. 2024, eqs. 5, 6, 22, 23, 26, 27)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.value_added.joint_prediction import Observations, predict_jointly
from welfare_added.value_added.variance_components import ClassMeans, TeacherYears, Variances


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

    Solves Sigma psi = phi with Sigma_ss' = c_|s-s'| + 1{s=s'} noise_s and phi_s = c_|t-s|: the
    joint prediction (`predict_jointly`) of a single kind of students.

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
    kind, shared = np.zeros(len(years.mean), dtype=int), np.zeros(len(years.mean))
    observations = Observations(years.teacher, years.year, kind, years.mean, noise, shared)
    found = predict_jointly(
        observations, profile[:, None, None], targets, left_out=left_out, past_only=past_only
    )
    values = found.estimate[:, 0], found.shrinkage[:, 0], found.explained[:, 0]
    return Predictions(*values, found.observations, found.proper)


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
