"""Differences between regimes by two-year period, their trend before the reform (figures 4, 6)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.design import Design, design
from welfare_added.sorting.panel import two_year_periods
from welfare_added.sorting.regression import Fit, solve


@dataclass(frozen=True)
class EventStudy:
    """Differences between regimes by period.

    periods: (P,) first years; post: (P,) whether after the reform; design, fit: the regression on
    individual x period, with effects of periods; weight: (P,) information on each difference, by
    which the difference-in-differences with the same effects averages them.
    """

    periods: np.ndarray
    post: np.ndarray
    design: Design
    fit: Fit
    weight: np.ndarray

    def tidy(self) -> pd.DataFrame:
        """Columns period, post, weight, and `Fit.tidy`, one row a period."""
        table = self.fit.tidy()
        for place, (name, values) in enumerate(
            {"period": self.periods, "post": self.post, "weight": self.weight}.items()
        ):
            table.insert(place, name, values)
        return table

    def single_post(self) -> float:
        """Weighted mean of differences after the reform less that before.

        Equal to the coefficient of individual x post in the regression on individual, individual x
        post and effects of periods.
        """
        after, before = self.post, ~self.post
        mean = [
            np.average(self.fit.estimate[one], weights=self.weight[one]) for one in (after, before)
        ]
        return float(mean[0] - mean[1])

    def trends_before(self) -> pd.DataFrame:
        """Tests that differences before the reform are equal, and that they have no linear trend.

        Returns test (equal, linear), statistic (F), p, freedom (numerator; that of the denominator
        is clusters - 1), slope [a year, linear alone].

        Raises UserError with fewer than two periods before the reform.
        """
        before = np.flatnonzero(~self.post)
        if len(before) < 2:
            raise UserError("trends before the reform: want two periods or more before it")
        equal = np.zeros((len(before) - 1, len(self.periods)))
        equal[:, before[0]] = -1.0
        equal[np.arange(len(before) - 1), before[1:]] = 1.0
        year = self.periods[before] - self.periods[before].mean()
        linear = np.zeros((1, len(self.periods)))
        linear[0, before] = year / (year @ year)
        rows = []
        for name, contrasts in {"equal": equal, "linear": linear}.items():
            statistic, p = self.fit.wald(contrasts)
            slope = float(linear[0] @ self.fit.estimate) if name == "linear" else np.nan
            rows.append((name, statistic, p, len(contrasts), slope))
        return pd.DataFrame(rows, columns=["test", "statistic", "p", "freedom", "slope"])


def event_study(
    panel: pd.DataFrame,
    outcome: str,
    *,
    first_post_year: int,
    cluster: str = "district_id",
    weight: str | None = None,
    width: int = 2,
) -> EventStudy:
    """Regress an outcome on individual x period and effects of periods (notes of figures 4 and 6).

    The figures' notes average value added by district and year before; here rows are teachers, so
    that a difference is that of the means drawn above it, as section 5.3 has it.

    Parameters
    ----------
    panel
        year, individual (0.0 or 1.0), the outcome, the cluster, the weight.
    outcome
        Column.
    first_post_year, width
        Periods of ``width`` years that end before the reform, as `panel.two_year_periods`.
    cluster, weight
        As in `design.design`.

    Raises
    ------
    UserError
        If a period lacks one of the regimes.

    """
    used = [outcome, "individual", cluster, *([weight] if weight else [])]
    rows = panel.dropna(subset=list(dict.fromkeys(used)))
    rows = rows.assign(period=two_year_periods(rows["year"], first_post_year, width))
    seen = rows.groupby("period", sort=True)["individual"].agg(["min", "max"])
    lone = seen.index[seen["min"] == seen["max"]]
    if len(lone):
        raise UserError(
            f"event study of {outcome}: rows of only one regime in the period from "
            f"{', '.join(map(str, lone))}; leave those years out or widen the periods"
        )
    periods = seen.index.to_numpy()
    names = [f"individual_x_{period}" for period in periods]
    products = {
        name: rows["individual"] * (rows["period"] == period)
        for name, period in zip(names, periods, strict=True)
    }
    made = design(
        rows.assign(**products), outcome, names, cluster=cluster, effects=["period"], weights=weight
    )
    return EventStudy(
        periods=periods,
        post=periods >= first_post_year,
        design=made,
        fit=solve(made),
        weight=(made.regressors**2).sum(axis=0),
    )
