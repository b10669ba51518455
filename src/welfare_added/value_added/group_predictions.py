"""Class means of one subject's groups of students, and predictions of effects on each group."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import GROUPS
from welfare_added.run.errors import UserError
from welfare_added.value_added.cross_covariances import GroupMeans
from welfare_added.value_added.group_model import Choices, GroupModel, group_model
from welfare_added.value_added.group_system import GroupSystem, group_system
from welfare_added.value_added.prediction import shrunken_means
from welfare_added.value_added.residuals import ClassResiduals
from welfare_added.value_added.student_variables import CLASS
from welfare_added.value_added.variance_components import ClassMeans

PREDICTORS = ("separate", "joint")
KEYS = ["teacher", "year"]


@dataclass(frozen=True)
class GroupOfClasses:
    """Mean residuals of one group of students, by class.

    Attributes
    ----------
    table
        One row a class: `CLASS`, teacher (code), mean_residual [student SD], students.
    number : (C,) int array
        Number of each class among all classes.
    means
        The same mean residuals as arrays.
    model
        Their moments.

    """

    table: pd.DataFrame
    number: np.ndarray
    means: ClassMeans
    model: GroupModel

    def weighted(self) -> GroupMeans:
        """Mean residuals with the share of each class in its teacher-year's mean."""
        weight = 1 / self.model.components.noise(self.means.students)
        total = pd.Series(weight).groupby([self.means.teacher, self.means.year]).transform("sum")
        return GroupMeans(self.number, self.means, weight / total.to_numpy(), self.model.years)


def group_of_classes(
    residuals: ClassResiduals, classes: pd.DataFrame, choices: Choices, rng: np.random.Generator
) -> GroupOfClasses:
    """Moments of one group's residuals.

    Parameters
    ----------
    residuals
        From `score_residuals`.
    classes
        All classes, with the columns `CLASS` and teacher.
    choices
        See `Choices`.
    rng
        For the order of a teacher's classes within a year.

    """
    table = classes[[*CLASS, "teacher"]].iloc[residuals.classes].reset_index(drop=True)
    mean, students = residuals.mean, residuals.students
    means = ClassMeans(table["teacher"].to_numpy(), table["year"].to_numpy(), mean, students)
    table = table.assign(mean_residual=mean, students=students)
    model = group_model(means, residuals.squares, residuals.slopes, choices, rng)
    return GroupOfClasses(table, residuals.classes, means, model)


def check_predictor(groups: str, choices: Choices) -> None:
    """Raise UserError if ``groups`` is unknown, or cannot be had with the estimator."""
    if groups not in PREDICTORS:
        raise UserError(f"value_added.groups: {groups!r} is unknown; want {', '.join(PREDICTORS)}.")
    if groups == "joint" and choices.estimator == "empirical_bayes":
        raise UserError(
            "value_added.groups: joint predicts from both groups' other years, and "
            "value_added.estimator: empirical_bayes uses none; set groups to separate, or "
            "estimator to leave_year_out, in config.yaml"
        )


def predictions(
    of_groups: Mapping[str, GroupOfClasses], choices: Choices, groups: str
) -> dict[str, pd.DataFrame]:
    """Estimates by group of students: its table of classes with the column estimate [student SD].

    Parameters
    ----------
    of_groups
        standard, lower, higher.
    choices
        See `Choices`.
    groups
        ``separate``: effects on each group from its own students alone, the covariances between
        the groups taken as zero (Eastmond et al. 2024, eqs. 24 to 27); ``joint``: effects on both
        groups from both groups' mean residuals of other years, in one system.

    """
    tables = {name: _separate(one, choices) for name, one in of_groups.items()}
    if groups == "joint":
        system = system_of(of_groups, choices)
        tables |= {name: _jointly(of_groups[name], system, name) for name in GROUPS}
    return tables


def system_of(of_groups: Mapping[str, GroupOfClasses], choices: Choices) -> GroupSystem:
    """Both groups' mean residuals as one system of observations."""
    lower, higher = (of_groups[name] for name in GROUPS)
    models = lower.model, higher.model
    return group_system(lower.weighted(), higher.weighted(), models, choices)


def _separate(one: GroupOfClasses, choices: Choices) -> pd.DataFrame:
    if choices.estimator == "empirical_bayes":
        shrunken = shrunken_means(one.means, one.model.components, choices.teacher_share)
        return one.table.assign(estimate=shrunken.estimate[one.means.teacher])
    return _by_year(one, one.model.predict().estimate)


def _jointly(one: GroupOfClasses, system: GroupSystem, group: str) -> pd.DataFrame:
    years = one.model.years
    found = system.predict((years.teacher, years.year))
    return _by_year(one, found.estimate[:, GROUPS.index(group)])


def _by_year(one: GroupOfClasses, estimate: np.ndarray) -> pd.DataFrame:
    """Classes with the estimate of their teacher-year."""
    years = one.model.years
    table = pd.DataFrame({"teacher": years.teacher, "year": years.year, "estimate": estimate})
    return one.table.merge(table, on=KEYS, how="left")
