"""Rows of one subsample of students as arrays, and its classes and teacher-years as tables."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.api.columns import Roles, numbers, whole_numbers

CODE = "teacher code"  # no column of a user is named so


@dataclass(frozen=True)
class Rows:
    """Rows of one subsample, n of them, in C classes.

    Attributes
    ----------
    label
        Values of the ``by`` columns, for messages; empty without them.
    teacher, year
        Names of these columns.
    classes : DataFrame, C rows
        The class keys, sorted, and `CODE` of the teacher: 0, 1, ... in the order of the ids.
    class_of, effect : (n,) int arrays
        Numbers of a row's class and of its absorbed effect.
    values : dict of (n,) array
        Outcomes and controls, missing as NaN.
    weights : (n,) array
        Share of the student's year.
    groups : dict of Categorical
        By outcome, the group of each row.

    """

    label: str
    teacher: str
    year: str
    classes: pd.DataFrame
    class_of: np.ndarray
    effect: np.ndarray
    values: dict[str, np.ndarray]
    weights: np.ndarray
    groups: dict[str, pd.Categorical]

    @property
    def teacher_years(self) -> pd.DataFrame:
        """Ids, years and codes of all teacher-years, sorted, with or without scores."""
        once = self.classes[[self.teacher, self.year, CODE]]
        once = once.drop_duplicates([CODE, self.year])
        return once.sort_values([CODE, self.year], ignore_index=True)

    @property
    def shared(self) -> bool:
        """Whether any student is shared by teachers."""
        return bool((self.weights != 1).any())

    def missing(self, names: list[str]) -> np.ndarray:
        """Whether any of the variables is missing, (n,)."""
        missing = np.zeros(len(self.class_of), dtype=bool)
        for name in names:
            missing |= np.isnan(self.values[name])
        return missing


def subsamples(students: pd.DataFrame, roles: Roles) -> Iterator[tuple[dict, np.ndarray, Rows]]:
    """Values of the ``by`` columns, row numbers, and arrays, of one subsample after the other."""
    if not roles.by:
        yield {}, np.arange(len(students)), _rows(students, roles, "")
        return
    number = students.groupby(list(roles.by), sort=True, observed=True).ngroup().to_numpy()
    for one in range(number.max() + 1):
        at = np.flatnonzero(number == one)
        some = students.iloc[at]
        values = {name: some[name].iloc[0] for name in roles.by}
        label = ", ".join(f"{name} {value}" for name, value in values.items())
        yield values, at, _rows(some, roles, label)


def _rows(students: pd.DataFrame, roles: Roles, label: str) -> Rows:
    values = {name: numbers(students, "outcome", name) for name in roles.outcomes}
    values |= {name: numbers(students, "controls", name) for name in roles.controls}
    for name in roles.categorical:
        values |= _indicators(students[name])
    effect, weights = np.zeros(len(students), dtype=np.int64), np.ones(len(students))
    if roles.effects:
        effect = students.groupby(list(roles.effects), observed=True).ngroup().to_numpy()
    if roles.weight is not None:
        weights = numbers(students, "weight", roles.weight)
    groups = {
        outcome: pd.Categorical(students[name]).remove_unused_categories()
        for outcome, name in roles.groups.items()
    }
    classes, class_of = _classes(students, roles)
    names = label, roles.teacher, roles.year
    return Rows(*names, classes, class_of, effect, values, weights, groups)


def _classes(students: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, np.ndarray]:
    keys = students[roles.class_keys].assign(
        **{roles.year: whole_numbers(students, "year", roles.year)}
    )
    class_of = keys.groupby(roles.class_keys, sort=True, observed=True).ngroup().to_numpy()
    first = np.unique(class_of, return_index=True)[1]
    classes = keys.iloc[first].reset_index(drop=True)
    return classes.assign(**{CODE: pd.factorize(classes[roles.teacher], sort=True)[0]}), class_of


def _indicators(column: pd.Series) -> dict[str, np.ndarray]:
    """An indicator of every value but the first; missing where the value is."""
    codes, levels = pd.factorize(column, sort=True)
    missing = np.where(codes < 0, np.nan, 0.0)
    return {f"{column.name}={level}": (codes == k) + missing for k, level in enumerate(levels) if k}
