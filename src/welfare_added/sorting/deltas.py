"""Distribution of delta, what districts pay for value added (section 4.2, figures A5 and A8)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import optimize, stats

from welfare_added.run.errors import UserError
from welfare_added.sorting.panel import REGIMES
from welfare_added.sorting.regression import least_squares
from welfare_added.sorting.salary_equation import SalaryEquation


def delta_table(equation: SalaryEquation, regimes: Mapping[str, str]) -> pd.DataFrame:
    """Delta by district and period, as estimated and shrunk to its regime's mean.

    Returns district_id, period, regime, delta, standard_error [dollars], freedom (of the error),
    delta_shrunk (posterior mean under a normal law of delta in each regime and period), n,
    teachers. Districts of other regimes are left out.
    """
    shape = equation.delta.shape
    table = pd.DataFrame(
        {
            "district_id": np.tile(equation.districts, shape[0]),
            "period": np.repeat(equation.periods, shape[1]),
            "delta": equation.delta.ravel(),
            "standard_error": equation.standard_error.ravel(),
            "freedom": equation.freedom.ravel(),
            "n": equation.n.ravel(),
            "teachers": equation.teachers.ravel(),
        }
    )
    table.insert(2, "regime", table["district_id"].map(dict(regimes)))
    table = table[table["regime"].isin(REGIMES)].reset_index(drop=True)
    shrunk = pd.Series(np.nan, index=table.index)
    for _, part in table.groupby(["regime", "period"], sort=True):
        own = part[_known(part)]
        if len(own) > 1:
            mean, variance = spread_beside_errors(own["delta"], own["standard_error"])
            share = variance / (variance + own["standard_error"] ** 2)
            shrunk[own.index] = mean + share * (own["delta"] - mean)
    table.insert(6, "delta_shrunk", shrunk)
    return table


def delta_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean, SD and extremes of delta by regime and period, weighted by teacher-years.

    Returns period, regime, districts (with delta), mean, standard_deviation, lowest,
    lowest_district, highest, highest_district, spread (SD of true deltas by Paule and Mandel's
    estimator, errors of estimates taken off), not_identified (districts).
    """
    rows = []
    for (period, regime), part in table.groupby(["period", "regime"], sort=False):
        own = part.dropna(subset=["delta"])
        if own.empty:
            raise UserError(f"delta: no district of regime {regime} has one in period {period}")
        mean = np.average(own["delta"], weights=own["n"])
        low, high = own.loc[own["delta"].idxmin()], own.loc[own["delta"].idxmax()]
        sure = own[_known(own)]
        spread = np.nan
        if len(sure) > 1:
            spread = np.sqrt(spread_beside_errors(sure["delta"], sure["standard_error"])[1])
        rows.append(
            {
                "period": period,
                "regime": regime,
                "districts": len(own),
                "mean": mean,
                "standard_deviation": np.sqrt(
                    np.average((own["delta"] - mean) ** 2, weights=own["n"])
                ),
                "lowest": low["delta"],
                "lowest_district": low["district_id"],
                "highest": high["delta"],
                "highest_district": high["district_id"],
                "spread": spread,
                "not_identified": len(part) - len(own),
            }
        )
    return pd.DataFrame(rows)


def delta_density(table: pd.DataFrame, grid: np.ndarray) -> pd.DataFrame:
    """Density of delta by period and regime, weighted by teacher-years (figure A5).

    grid: (q,) dollars. Gaussian kernel, bandwidth by Scott's rule. Returns period, regime, delta,
    density [per dollar].
    """
    tables = []
    for (period, regime), part in table.groupby(["period", "regime"], sort=False):
        own = part.dropna(subset=["delta"])
        if own["delta"].nunique() < 2:
            raise UserError(f"delta: too few districts of regime {regime} for a density")
        density = stats.gaussian_kde(own["delta"], weights=own["n"])(grid)
        tables.append(
            pd.DataFrame({"period": period, "regime": regime, "delta": grid, "density": density})
        )
    return pd.concat(tables, ignore_index=True)


def delta_slopes(
    table: pd.DataFrame, districts: pd.DataFrame, covariates: Sequence[str], period: str
) -> pd.DataFrame:
    """Slopes of districts' characteristics on delta and of delta on them (figure A8).

    districts: district_id and covariates, from `matching.district_means`. Returns covariate and
    `regression.Fit.tidy` of three slopes, weighted by teacher-years, with robust errors: term
    ``delta``, of the covariate on delta [units a dollar]; ``characteristic``, of delta on it
    [$ a unit]; and ``standardised``, of delta on it in SDs over districts [$ an SD].
    """
    own = table[table["period"] == period].merge(districts, on="district_id", how="inner")
    own = own[own["n"] > 0]
    tables = []
    for name in covariates:
        own = own.assign(
            characteristic=own[name], standardised=(own[name] - own[name].mean()) / own[name].std()
        )
        for outcome, term in (
            (name, "delta"),
            ("delta", "characteristic"),
            ("delta", "standardised"),
        ):
            fit = least_squares(own, outcome, [term], cluster="district_id", weights="n").tidy()
            tables.append(fit[fit["term"] == term].assign(covariate=name))
    whole = pd.concat(tables, ignore_index=True)
    return whole[["covariate", *whole.columns.drop("covariate")]]


def spread_beside_errors(estimate: np.ndarray, error: np.ndarray) -> tuple[float, float]:
    """Mean and variance of true values of which (n,) estimates have (n,) standard errors.

    Paule and Mandel: the variance at which squared deviations, over variance plus squared error,
    sum to n - 1; zero if they are less even without it.
    """
    x, s = np.asarray(estimate, dtype=float), np.asarray(error, dtype=float) ** 2

    def mean(variance: float) -> float:
        return float(np.average(x, weights=1 / (variance + s)))

    def excess(variance: float) -> float:
        return float(((x - mean(variance)) ** 2 / (variance + s)).sum()) - (len(x) - 1)

    if excess(0.0) <= 0:
        return mean(0.0), 0.0
    high = float(np.var(x)) * len(x)
    variance = float(optimize.brentq(excess, 0.0, high, xtol=1e-12 * high, rtol=1e-12))
    return mean(variance), variance


def _known(table: pd.DataFrame) -> pd.Series:
    """Rows with an estimate and a positive error."""
    return table["delta"].notna() & (table["standard_error"] > 0)
