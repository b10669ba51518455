"""Salaries by district and period: a schedule plus delta times f of value added (eqs. 2 and 16).

A district of sixty teachers has about fifty cells of seniority and degree. As published (method
``printed``) each cell has its own salary, and a district has no salary for cells that are empty;
``nearest`` takes that of its nearest filled cell; ``additive`` (the default of the package) has
effects of classes and degrees shrunk to the state's schedule.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.district_schedules import DistrictSchedule, by_cells, fill_nearest
from welfare_added.sorting.logistic import of_value_added
from welfare_added.sorting.shrunk_schedules import Spread, shrunk_schedules

METHODS = ("additive", "nearest", "printed")
USED = ["district_id", "teacher_id", "year", "salary", "seniority_class", "degree", "value_added"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SalaryEquation:
    """Estimates of eq. 2 for P periods, J districts, K classes of seniority and D degrees.

    Attributes
    ----------
    periods, districts, classes, degrees
        Labels; classes are whole numbers from `panel.seniority_class`.
    function
        Of value added, a key of `logistic.FUNCTIONS`.
    level
        (P, J, K, D) salary where f is zero, in the mean year of the period [dollars]; missing
        where the method has none.
    filled
        (P, J, K, D) whether the district has a teacher-year in the cell.
    delta, standard_error
        (P, J) dollars a unit of f; missing where it is not identified. Errors clustered by teacher;
        missing too where the schedule leaves nothing to tell them from.
    freedom
        (P, J) degrees of freedom of the errors.
    n, teachers
        (P, J) teacher-years and teachers used.
    spread
        Variance components by period, of ``additive`` alone.

    """

    periods: tuple[str, ...]
    districts: np.ndarray
    classes: np.ndarray
    degrees: tuple[str, ...]
    function: str
    level: np.ndarray = field(repr=False)
    filled: np.ndarray = field(repr=False)
    delta: np.ndarray = field(repr=False)
    standard_error: np.ndarray = field(repr=False)
    freedom: np.ndarray = field(repr=False)
    n: np.ndarray = field(repr=False)
    teachers: np.ndarray = field(repr=False)
    spread: tuple[Spread, ...] = ()


def estimate_salary_equation(
    panel: pd.DataFrame,
    periods: Mapping[str, tuple[int, int]],
    *,
    method: str = "additive",
    function: str = "rising",
) -> SalaryEquation:
    """Estimate eq. 2 in every district and period, with effects of the district's years.

    Parameters
    ----------
    panel
        From `panel.prepare` and `panel.with_value_added`: the columns of `USED`. Rows that lack
        one are left out.
    periods
        First and last year by name, for example before: (2007, 2011), after: (2012, 2014).
    method
        One of `METHODS`.
    function
        Of value added, a key of `logistic.FUNCTIONS`.

    Raises
    ------
    UserError
        If there is no such method or function, or no row in a period.

    """
    if method not in METHODS:
        raise UserError(f"salary equation: method {method!r}; want {', '.join(METHODS)}")
    rows = panel.dropna(subset=USED)
    districts = np.array(sorted(rows["district_id"].unique()))
    classes = np.arange(rows["seniority_class"].max() + 1) if len(rows) else np.zeros(0)
    degrees = tuple(sorted(rows["degree"].unique()))
    shape = len(periods), len(districts), len(classes), len(degrees)
    level, filled = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    numbers = np.full((5, *shape[:2]), np.nan)
    spreads = []
    for p, (name, (first, last)) in enumerate(periods.items()):
        part = rows[rows["year"].between(first, last)]
        if part.empty:
            raise UserError(f"salary equation: no teacher with value added in {first} to {last}")
        made = _designs(part, districts, classes, degrees, function)
        if method == "additive":
            solved, spread = shrunk_schedules(made)
            spreads.append(spread)
        else:
            solved = [by_cells(one) for one in made]
        for j, (one, own) in enumerate(zip(made, solved, strict=True)):
            filled[p, j] = one.counts > 0
            level[p, j] = fill_nearest(own.level) if method == "nearest" else own.level
            found = own.delta, own.standard_error, own.freedom
            numbers[:, p, j] = *found, one.n, one.people
        lacking = int(np.isnan(numbers[0, p]).sum())
        if lacking:
            log.warning("%s: delta is not identified in %s districts", name, f"{lacking:,}")
    return SalaryEquation(
        periods=tuple(periods),
        districts=districts,
        classes=classes,
        degrees=degrees,
        function=function,
        level=level,
        filled=filled,
        delta=numbers[0],
        standard_error=numbers[1],
        freedom=numbers[2],
        n=numbers[3].astype(int),
        teachers=numbers[4].astype(int),
        spread=tuple(spreads),
    )


def _designs(part, districts, classes, degrees, function) -> list[DistrictSchedule]:
    """Arrays of each district, in the order of ``districts``; those without rows are empty."""
    codes = pd.Index(districts).get_indexer(part["district_id"])
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(districts) + 1))
    values = {
        "salary": part["salary"].to_numpy(float),
        "quality": of_value_added(part["value_added"].to_numpy(), function),
        "seniority": part["seniority_class"].to_numpy().astype(int),
        "degree": pd.Index(degrees).get_indexer(part["degree"]),
        "year": part["year"].to_numpy(),
        "teacher": pd.factorize(part["teacher_id"], sort=True)[0],
    }
    return [
        DistrictSchedule(
            **{name: value[order[first:last]] for name, value in values.items()},
            shape=(len(classes), len(degrees)),
        )
        for first, last in pairwise(bounds)
    ]
