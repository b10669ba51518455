"""Covariances between the mean residuals of a teacher's two groups of students, by lag."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.value_added.variance_components import (
    ClassMeans,
    TeacherYears,
    weighted_covariance,
)

KEYS = ["teacher", "year"]


@dataclass(frozen=True)
class GroupMeans:
    """Mean residuals of one group of students.

    Attributes
    ----------
    number : (C,) int array
        Number of each class, the same for both groups.
    classes
        Its classes.
    weight : (C,) array
        Share of each class in its teacher-year's mean.
    years
        Its teacher-years.

    """

    number: np.ndarray
    classes: ClassMeans
    weight: np.ndarray
    years: TeacherYears

    def table(self) -> pd.DataFrame:
        """One row a class: number, teacher, year, mean, students, weight."""
        one = self.classes
        columns = (self.number, one.teacher, one.year, one.mean, one.students, self.weight)
        names = ["number", *KEYS, "mean", "students", "weight"]
        return pd.DataFrame(dict(zip(names, columns, strict=True)))


def by_lag(lower: GroupMeans, higher: GroupMeans, *, equal: bool) -> pd.DataFrame:
    """Covariances of one group's mean residual with the other's so many years before or after.

    Parameters
    ----------
    lower, higher
        Mean residuals of both groups.
    equal
        Give all pairs the same weight, instead of their number of students.

    Returns
    -------
    DataFrame
        lag (0 to the longest span of years), covariance [student SD squared], pairs; both orders of
        two years count, and covariance is missing where there are fewer than two pairs.

    """
    tables = [
        pd.DataFrame({"teacher": y.teacher, "year": y.year, "mean": y.mean, "students": y.students})
        for y in (lower.years, higher.years)
    ]
    span = max(int(t["year"].max()) for t in tables) - min(int(t["year"].min()) for t in tables)
    rows = []
    for lag in range(span + 1):
        apart = [
            tables[0].merge(tables[1].assign(year=tables[1]["year"] - step), on=KEYS)
            for step in ([-lag, lag] if lag else [0])
        ]
        rows.append((lag, *_covariance(pd.concat(apart), equal=equal)))
    return pd.DataFrame(rows, columns=["lag", "covariance", "pairs"])


def of_classes(lower: GroupMeans, higher: GroupMeans) -> tuple[float, float]:
    """Covariance of the groups in one class, and in two classes of one teacher and year.

    The second is missing when fewer than two pairs of such classes exist.
    """
    pairs = lower.table().merge(higher.table(), on=KEYS)
    same = pairs["number_x"] == pairs["number_y"]
    return tuple(_covariance(pairs[which], equal=False)[0] for which in (same, ~same))


def shared_weight(lower: GroupMeans, higher: GroupMeans) -> pd.DataFrame:
    """By teacher and year with both groups, sum over classes of the product of their weights.

    Times the covariance of class shocks between the groups it is that of the teacher-year's means.
    """
    both = lower.table().merge(higher.table()[["number", "weight"]], on="number")
    both["overlap"] = both["weight_x"] * both["weight_y"]
    return both.groupby(KEYS, as_index=False)["overlap"].sum()


def _covariance(pairs: pd.DataFrame, *, equal: bool) -> tuple[float, int]:
    """Covariance of columns mean_x and mean_y, and the number of pairs."""
    weights = (pairs["students_x"] + pairs["students_y"]).to_numpy(float)
    weights = np.ones(len(pairs)) if equal else weights
    columns = (pairs[name].to_numpy() for name in ("mean_x", "mean_y"))
    return weighted_covariance(*columns, weights), len(pairs)
