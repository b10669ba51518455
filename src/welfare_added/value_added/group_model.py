"""From the class means of one group of students to what predicts its teachers' effects."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.value_added.prediction import Predictions, lag_profile, predict
from welfare_added.value_added.variance_components import (
    ClassMeans,
    TeacherYears,
    Variances,
    autocovariances,
    teacher_years,
    variances,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choices:
    """Choices from residuals to estimates.

    Attributes
    ----------
    estimator
        ``leave_year_out`` (eqs. 5 and 6) or ``empirical_bayes``.
    years_used
        ``all`` other years or the ``past`` ones only (eq. 22).
    weighting
        ``precision`` of a year's mean, or ``equal`` (eq. 22).
    drift_limit
        Longest lag with an autocovariance of its own, None for no limit.
    teacher_share
        See `shrunken_means`.

    """

    estimator: str
    years_used: str
    weighting: str
    drift_limit: int | None
    teacher_share: float


@dataclass(frozen=True)
class GroupModel:
    """Moments of one group's mean residuals.

    Attributes
    ----------
    components
        Components of the variance of residuals.
    lags
        From `autocovariances`.
    years
        Mean residuals of the T teacher-years.
    profile
        Covariance at lags 0, 1, ... [student SD squared].
    noise : (T,) array
        Variance of each mean residual around the teacher's effect [student SD squared].
    past_only
        Whether only earlier years predict.

    """

    components: Variances
    lags: pd.DataFrame
    years: TeacherYears
    profile: np.ndarray
    noise: np.ndarray
    past_only: bool

    def predict(
        self,
        targets: tuple[np.ndarray, np.ndarray] | None = None,
        left_out: Sequence[int] = (0,),
    ) -> Predictions:
        """Predict teacher-years from other years of the same teachers; see `predict`."""
        rules = {"left_out": left_out, "past_only": self.past_only}
        found = predict(self.years, self.profile, self.noise, targets, **rules)
        if not found.proper.all():
            log.warning(
                "%d of %d estimates rest on autocovariances that no drift has, so they may be far "
                "off: longer lags have few pairs; set drift_limit to one that has many",
                *((~found.proper).sum(), (found.years > 0).sum()),
            )
        return found


def group_model(
    means: ClassMeans,
    squares: float,
    slopes: int,
    choices: Choices,
    rng: np.random.Generator | None,
) -> GroupModel:
    """Variances and autocovariances of one group's class means; arguments as in `variances`."""
    components = variances(means, squares, slopes, rng)
    years = teacher_years(means, components.noise(means.students))
    equal = choices.weighting == "equal"
    lags = autocovariances(years, equal=equal)
    at_lag_zero = years.mean.var(ddof=1) if equal else components.own_year
    return GroupModel(
        components,
        lags,
        years,
        lag_profile(lags, at_lag_zero, choices.drift_limit),
        np.zeros(len(years.mean)) if equal else 1 / years.precision,
        choices.years_used == "past",
    )
