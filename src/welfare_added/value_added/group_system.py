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
from welfare_added.value_added.extrapolation import extrapolate
from welfare_added.value_added.group_model import Choices, GroupModel
from welfare_added.value_added.joint_prediction import (
    JointPredictions,
    Observations,
    error_covariances,
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
    choices
        See `Choices`.
    models
        Of lower- and of higher-scoring students.

    """

    observations: Observations
    profile: np.ndarray
    lags: pd.DataFrame
    same_class: float
    past_only: bool
    choices: Choices
    models: tuple[GroupModel, GroupModel]

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

    def own_year(self, longest: int) -> np.ndarray:
        """Covariances of effects on the groups in one year, (2, 2) [student SD squared].

        Variances continue those of the lags 1 to ``longest``; the correlation is that of the lags
        up to the drift limit, weighted by pairs, and at most one. The two classes in a year that
        few teachers have identify them too, but far less precisely.
        """
        tables = [model.lags.head(longest) for model in self.models]
        lags, pairs = (
            np.column_stack([table[name].to_numpy(float) for table in tables])[None]
            for name in ("covariance", "pairs")
        )
        scale = np.sqrt(np.maximum(extrapolate(lags, pairs, longest)[0], 0.0))
        limit = self.choices.drift_limit
        some = slice(1, None if limit is None else limit + 1)
        own = np.sqrt(np.maximum(self.profile[some, 0, 0] * self.profile[some, 1, 1], 0.0))
        weight = self.lags["pairs"].to_numpy(float)[some]
        total = weight @ own
        correlation = weight @ self.profile[some, 0, 1] / total if total > 0 else np.nan
        between = np.array([[1.0, correlation], [correlation, 1.0]])
        return between * np.outer(scale, scale)

    def errors(
        self, targets: tuple[np.ndarray, np.ndarray], own_year: np.ndarray, *, together: bool
    ) -> np.ndarray:
        """Covariances of the errors of estimates, (n, 2, 2); see `error_covariances`.

        Missing where years have equal weights, as the noise of a year's mean then has no model.
        """
        if self.choices.weighting == "equal":
            return np.full((len(targets[0]), 2, 2), np.nan)
        rules = {"together": together, "past_only": self.past_only}
        return error_covariances(self.observations, self.profile, own_year, targets, **rules)


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
    own = _side_by_side([model.profile for model in models], len(lags))
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
    observations = _observations(models, overlap, shock)
    past_only = models[0].past_only
    return GroupSystem(observations, profile, lags, together, past_only, choices, models)


def _side_by_side(profiles: Sequence[np.ndarray], length: int) -> np.ndarray:
    """Two groups' covariances by lag, (length, 2); a group with fewer repeats its last."""
    last = [np.minimum(np.arange(length), len(profile) - 1) for profile in profiles]
    return np.column_stack([profile[at] for profile, at in zip(profiles, last, strict=True)])


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
