"""The teacher-switching test of forecast bias (Chetty, Friedman and Rockoff 2014, section V)."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from welfare_added.api.columns import one_of, whole_numbers
from welfare_added.run.errors import UserError
from welfare_added.value_added.forecast import clustered_slope

if TYPE_CHECKING:
    from welfare_added.api.result import ValueAddedResult

# Estimates of a cell's teachers: for its later year without the year before, for its earlier year
# without the year after.
LATER, EARLIER = "va_2yr_l", "va_2yr_f"


def switching_test(
    result: "ValueAddedResult", *, values: pd.Series | None, missing: str
) -> pd.DataFrame:
    """See `ValueAddedResult.switching_test`."""
    one_of("missing", missing, ("drop", "mean"))
    _require(result)
    roles = result.roles
    keys = [*result.labels, roles.teacher, roles.year]
    classes = result.class_means.merge(result.estimates[[*keys, LATER, EARLIER]], on=keys)
    if values is not None:
        classes = _with_values(result, classes, values)
    if roles.cohort is None:
        cohort = classes[roles.year] - whole_numbers(classes, "grade", roles.grade)
        classes = classes.assign(cohort_of_cell=cohort)
    else:
        classes = classes.assign(cohort_of_cell=classes[roles.cohort])
    rows = []
    for label, part in classes.groupby(result.labels, sort=False, observed=True):
        changes = _changes(part, roles.school, roles.grade, roles.year, missing)
        rows.append((*label, *_regression(changes, roles.school, roles.year, label)))
    names = ["slope", "standard_error", "cells", "cohorts", "years"]
    return pd.DataFrame(rows, columns=[*result.labels, *names])


def _require(result: "ValueAddedResult") -> None:
    for argument in ("school", "grade"):
        if getattr(result.roles, argument) is None:
            raise UserError(f"switching_test: name the column of {argument}= in value_added.")
    if not result.settings.quasi:
        raise UserError(
            "switching_test: the estimates must leave out both years of a change; estimate with "
            "quasi=True."
        )


def _with_values(
    result: "ValueAddedResult", classes: pd.DataFrame, values: pd.Series
) -> pd.DataFrame:
    """Replace mean residuals by means of another variable over the same students."""
    table = result.residuals
    if not isinstance(values, pd.Series) or not values.index.equals(table.index):
        raise UserError("switching_test: values must be a Series with the index of the students.")
    keys = [*result.roles.by, *result.roles.class_keys]
    weights = 1.0 if result.roles.weight is None else table[result.roles.weight]
    parts = []
    for outcome, of_outcome in classes.groupby("outcome", sort=False):
        used = table[f"residual_{outcome}"].notna() & values.notna()
        students = table[keys].assign(total=values * weights, weight=weights)[used]
        sums = students.groupby(keys, observed=True)[["total", "weight"]].sum().reset_index()
        means = sums[keys].assign(mean_residual=sums["total"] / sums["weight"])
        everyone = of_outcome[of_outcome["group"] == "all"].drop(columns="mean_residual")
        parts.append(everyone.merge(means, on=keys))
    return pd.concat(parts, ignore_index=True)


def _changes(
    classes: pd.DataFrame, school: str, grade: str, year: str, missing: str
) -> pd.DataFrame:
    """One row a school-grade and pair of years: changes of means and of value added."""
    cell = [school, grade, year]
    later, earlier = (_cells(classes, cell, name, missing) for name in (LATER, EARLIER))
    earlier = earlier.drop(columns="cohort").assign(**{year: earlier[year] + 1})
    both = later.merge(earlier, on=cell, suffixes=("", "_before"))
    return both.assign(
        change=both["mean"] - both["mean_before"],
        change_va=both["va"] - both["va_before"],
        students=both["students"] + both["students_before"],
    )


def _cells(classes: pd.DataFrame, cell: list[str], name: str, missing: str) -> pd.DataFrame:
    """Student-weighted means of the outcome and of value added by school, grade and year."""
    if missing == "drop":
        classes = classes.dropna(subset=[name])
    weights = classes["students"]
    sums = (
        classes[cell]
        .assign(
            students=weights,
            mean=weights * classes["mean_residual"],
            va=weights * classes[name].fillna(0.0),
            cohort=classes["cohort_of_cell"],
        )
        .groupby(cell, as_index=False, observed=True)
        .agg({"students": "sum", "mean": "sum", "va": "sum", "cohort": "first"})
    )
    return sums.assign(**{m: sums[m] / sums["students"] for m in ("mean", "va")})


def _regression(changes: pd.DataFrame, school: str, year: str, label: tuple) -> tuple:
    cohort = changes.groupby([school, "cohort"], observed=True).ngroup().to_numpy()
    years = pd.get_dummies(changes[year], drop_first=True, dtype=float).to_numpy()
    clusters = len(np.unique(cohort))
    if clusters < 2 or len(changes) <= years.shape[1] + 2 or changes["change_va"].nunique() < 2:
        raise UserError(
            f"switching_test, {', '.join(map(str, label))}: {len(changes)} changes of a school and "
            f"grade between consecutive years, in {clusters} cohorts, are too few. Teachers need "
            "estimates without both years of a change, hence three years or more."
        )
    columns = (changes[name].to_numpy(float) for name in ("change", "change_va", "students"))
    slope = clustered_slope(*columns, cohort, years)
    return (*slope, len(changes), clusters, years.shape[1] + 1)
