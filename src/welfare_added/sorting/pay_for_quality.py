"""Residual salaries on residual value added before and after the reform (eq. 1, table 4)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from welfare_added.run.errors import UserError
from welfare_added.sorting.effects import Effects
from welfare_added.sorting.panel import INDIVIDUAL, REGIMES, SCHEDULE
from welfare_added.sorting.regression import LEVEL, least_squares

DISTRICT = "district_id"
PRE, POST = "before", "after"
# Sums of residuals are zero in every district and period, so that these are zero exactly.
ZERO = ("individual", "individual_x_post")
Periods = Mapping[str, tuple[int, int]]


def residual_pairs(
    rows: pd.DataFrame, columns: list[str], periods: Periods, *, by_district: bool
) -> pd.DataFrame:
    """Residuals of columns in each period, from the same rows for all of them.

    Parameters
    ----------
    rows
        From `panel.prepare` and `panel.with_value_added`; rows outside the periods, or lacking a
        value, are left out.
    columns
        For example salary and value_added.
    periods
        First and last year of ``before`` and ``after``.
    by_district
        False: effects of schedule cells, years and districts (table 4). True: effects of cells and
        years of each district by itself (figure 2).

    Returns
    -------
    DataFrame
        The rows used with period and the columns' residuals in their place.

    """
    parts = []
    for name, (first, last) in periods.items():
        part = rows[rows["year"].between(first, last)]
        part = part.dropna(subset=[*columns, "schedule_cell", "year", DISTRICT])
        if part.empty:
            raise UserError(f"residual salaries: no rows with value added in {first} to {last}")
        keys = [["schedule_cell"], ["year"], [DISTRICT]]
        if by_district:
            keys = [[DISTRICT, "schedule_cell"], [DISTRICT, "year"]]
        codes = [part.groupby(key, sort=True).ngroup().to_numpy() for key in keys]
        left = Effects(codes).residuals(part[columns].to_numpy(float))
        parts.append(part.assign(period=name, **dict(zip(columns, left.T, strict=True))))
    return pd.concat(parts, ignore_index=True)


def pay_for_quality(rows: pd.DataFrame, periods: Periods) -> pd.DataFrame:
    """Eq. 1 by least squares, errors clustered by district (table 4).

    Columns 1: all rows; 2: individual salaries; 3: schedules; 4: both, with products. In column 4
    individual and individual x post are zero by construction, and stand there as published.

    Parameters
    ----------
    rows
        From `panel.prepare(without_handbook=True)` and `panel.with_value_added`: salary [dollars],
        value_added [SD].
    periods
        First and last year of ``before`` and ``after``.

    Returns
    -------
    DataFrame
        column and `regression.Fit.tidy`; estimates in dollars a SD.

    """
    made = residual_pairs(rows, ["salary", "value_added"], periods, by_district=False)
    quality, post = made["value_added"], (made["period"] == POST) * 1.0
    made = made.assign(
        value_added_x_post=quality * post,
        value_added_x_individual=quality * made["individual"],
        value_added_x_individual_x_post=quality * made["individual"] * post,
    )
    own = ["value_added", "value_added_x_post"]
    crossed = ["value_added_x_individual", "value_added_x_individual_x_post"]
    samples = {
        1: (made, own),
        2: (made[made["regime"] == INDIVIDUAL], own),
        3: (made[made["regime"] == SCHEDULE], own),
        4: (made[made["regime"].isin(REGIMES)], [*own, *crossed]),
    }
    tables = []
    for number, (part, names) in samples.items():
        table = least_squares(part, "salary", names, cluster=DISTRICT).tidy()
        table = table[table["term"] != "constant"]
        if number == 4:
            zero = table.iloc[[0, 0]].assign(
                term=ZERO, estimate=0.0, standard_error=0.0, p=np.nan, low=0.0, high=0.0
            )
            table = pd.concat([table, zero])
        tables.append(table.assign(column=number))
    whole = pd.concat(tables, ignore_index=True)
    return whole[["column", *whole.columns.drop("column")]]


def fit_lines(rows: pd.DataFrame, periods: Periods, grid: np.ndarray) -> pd.DataFrame:
    """Lines of residual salary on residual value added by period and regime (figure 2).

    Residuals of each district by itself; bands of 95 percent from errors clustered by district.

    Parameters
    ----------
    rows, periods
        As `pay_for_quality`, of districts with a handbook.
    grid
        (q,) residual value added at which the lines are evaluated [SD].

    Returns
    -------
    DataFrame
        period, regime, value_added, salary, low, high [dollars], slope, slope_error, n.

    """
    made = residual_pairs(rows, ["salary", "value_added"], periods, by_district=True)
    tables = []
    for (period, regime), part in made.groupby(["period", "regime"], sort=True):
        fit = least_squares(part, "salary", ["value_added"], cluster=DISTRICT)
        points = np.column_stack([grid, np.ones(len(grid))])
        at = points @ fit.estimate
        error = np.sqrt(((points @ fit.covariance) * points).sum(axis=1))
        half = stats.t.ppf((1 + LEVEL) / 2, fit.clusters - 1) * error
        tables.append(
            pd.DataFrame(
                {
                    "period": period,
                    "regime": regime,
                    "value_added": grid,
                    "salary": at,
                    "low": at - half,
                    "high": at + half,
                    "slope": fit.estimate[0],
                    "slope_error": fit.standard_error[0],
                    "n": fit.n,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def log_salary_residuals(panel: pd.DataFrame) -> pd.DataFrame:
    """Panel with residual: of log salary, effects of districts, years and schedule cells removed.

    Footnote 18; rows without a schedule cell are left out.
    """
    rows = panel.dropna(subset=["log_salary", "schedule_cell"])
    keys = [DISTRICT, "year", "schedule_cell"]
    codes = [rows.groupby(key, sort=True).ngroup().to_numpy() for key in keys]
    left = Effects(codes).residuals(rows[["log_salary"]].to_numpy(float))
    return rows.assign(residual=left[:, 0])
