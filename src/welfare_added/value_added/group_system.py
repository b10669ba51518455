"""Both groups of a teacher's students in one system of best linear prediction.

Eastmond et al. (2024) predict the effect on each group from that group's students alone: eqs. 24
to 27 set the covariances between the groups to zero. Here they are estimated.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.value_added.cross_covariances import (
    KEYS,
    GroupMeans,
    by_lag,
    of_classes,
    shared_weight,
)
from welfare_added.value_added.group_model import Choices, GroupModel
from welfare_added.value_added.joint_prediction import (
    JointPredictions,
    Observations,
    predict_jointly,
)
from welfare_added.value_added.prediction import lag_profile

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GroupSystem:
    """Mean residuals of both groups and their covariances.

    Attributes
    ----------
    observations
        Mean residuals of teacher-years; kind 0 is lower-, kind 1 higher-scoring students.
    profile : (L, 2, 2) array
        Covariances of a teacher's effects at lags 0, 1, ... [student SD squared].
    lags
        Covariances between the groups, from `by_lag`.
    same_class
        Covariance of the groups' mean residuals in one class [student SD squared].
    past_only
        Whether only earlier years predict.

    """

    observations: Observations
    profile: np.ndarray
    lags: pd.DataFrame
    same_class: float
    past_only: bool

    def predict(
        self, targets: tuple[np.ndarray, np.ndarray], left_out: Sequence[int] = (0,)
    ) -> JointPredictions:
        """Predict effects on both groups in n teacher-years; see `predict_jointly`."""
        rules = {"left_out": left_out, "past_only": self.past_only}
        found = predict_jointly(self.observations, self.profile, targets, **rules)
        if not found.proper.all():
            log.warning(
                "%d of %d joint estimates rest on covariances that no drift has, so they may be "
                "far off: longer lags have few pairs; set drift_limit to one that has many",
                *((~found.proper).sum(), (found.observations > 0).sum()),
            )
        return found


def group_system(
    lower: GroupMeans,
    higher: GroupMeans,
    models: tuple[GroupModel, GroupModel],
    choices: Choices,
) -> GroupSystem:
    """Estimate the covariances between the groups, and collect both groups' observations.

    Within a group, covariances are those of its own prediction. Between groups, those at lags of a
    year and more are as measured, of both orders of two years, but at most of correlation one;
    beyond the drift limit they are constant. In one year, the covariance of the groups in a class
    divides into the teacher's part, from her two classes of a year, and that of class shocks; as
    within a group, the division does not matter for teachers with one class a year.

    Parameters
    ----------
    lower, higher
        Mean residuals of both groups.
    models
        Of lower- and of higher-scoring students.
    choices
        See `Choices`.

    """
    equal = choices.weighting == "equal"
    lags = by_lag(lower, higher, equal=equal)
    together, apart = of_classes(lower, higher)
    own = np.column_stack([model.profile for model in models])
    if equal:
        at_lag_zero, shock = float(lags["covariance"].iloc[0]), 0.0
    else:
        shock = _shared_shock(together, apart, models)
        at_lag_zero = together - shock
    later = lags[lags["lag"] > 0]
    cross = lag_profile(later, at_lag_zero, choices.drift_limit)
    cross[1:] = _possible(cross[1:], own[1:])
    profile = np.empty((len(cross), 2, 2))
    profile[:, 0, 0], profile[:, 1, 1] = own.T
    profile[:, 0, 1] = profile[:, 1, 0] = cross
    overlap = shared_weight(lower, higher)
    return GroupSystem(
        _observations(models, overlap, shock), profile, lags, together, models[0].past_only
    )


def _shared_shock(together: float, apart: float, models: tuple[GroupModel, GroupModel]) -> float:
    """Covariance of class shocks between the groups; zero where the data do not identify it."""
    shocks = np.array([model.components.class_shock for model in models])
    if np.isnan([apart, *shocks]).any():
        return 0.0
    largest = float(np.sqrt(np.maximum(shocks, 0.0).prod()))
    return float(np.clip(together - apart, -largest, largest))


def _possible(cross: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Covariances (L,) between groups whose own are (L, 2), of correlation one at most."""
    largest = np.sqrt(np.maximum(own, 0.0).prod(axis=1))
    beyond = int((np.abs(cross) > largest).sum())
    if beyond:
        log.info("at %d lags the groups' covariance was above that of correlation one", beyond)
    return np.clip(cross, -largest, largest)


def _observations(
    models: tuple[GroupModel, GroupModel], overlap: pd.DataFrame, shock: float
) -> Observations:
    """Both groups' teacher-years, by teacher, group and year."""
    parts = []
    for kind, model in enumerate(models):
        years = model.years
        table = pd.DataFrame({"teacher": years.teacher, "year": years.year})
        table = table.assign(kind=kind, mean=years.mean, noise=model.noise)
        parts.append(table.merge(overlap, on=KEYS, how="left"))
    both = pd.concat(parts).sort_values(["teacher", "kind", "year"], kind="stable")
    both["shared"] = both["overlap"].fillna(0.0) * shock
    names = ("teacher", "year", "kind", "mean", "noise", "shared")
    return Observations(*(both[name].to_numpy() for name in names))
