"""Districts' characteristics by scheme of pay, their differences and densities (2, A1, A4)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from welfare_added.run.errors import UserError
from welfare_added.sorting.regression import least_squares

WEIGHT = "own_weight"


def covariate_table(
    rows: pd.DataFrame, covariates: Sequence[str], first: pd.Series, second: pd.Series
) -> pd.DataFrame:
    """Means and SDs of two groups of district-years, and the difference of means.

    Parameters
    ----------
    rows
        district_id and the covariates, one row a district and year (or a district).
    covariates
        Numeric columns; rows that lack one are left out of it alone.
    first, second
        Weight of districts by district_id: members of the two groups, for example individual
        salaries, and schedules or their matched ones.

    Returns
    -------
    DataFrame
        variable, first_mean, first_sd, second_mean, second_sd, difference (first less second),
        standard_error_rows (as if rows were independent, with one variance: what the paper prints
        seems to be this), standard_error (clustered by district), p (of the latter), rows_first,
        rows_second, districts_first, districts_second.

    Raises
    ------
    UserError
        If a district is in both groups, or a covariate has too few rows.

    """
    if both := len(set(first.index) & set(second.index)):
        raise UserError(f"table of characteristics: {both:,} districts are in both groups")
    weight = rows["district_id"].map(pd.concat([first, second]))
    used = rows.assign(**{WEIGHT: weight, "of_first": rows["district_id"].isin(first.index) * 1.0})
    used = used[weight.notna().to_numpy()]
    out = []
    for name in covariates:
        own = used.dropna(subset=[name])
        sides = [own[own["of_first"] == side] for side in (1.0, 0.0)]
        fit = least_squares(own, name, ["of_first"], cluster="district_id", weights=WEIGHT)
        row = {"variable": name}
        for side, part in zip(("first", "second"), sides, strict=True):
            row[f"{side}_mean"], row[f"{side}_sd"] = _moments(part[name], part[WEIGHT])
        row["difference"] = float(fit.estimate[0])
        row["standard_error_rows"] = _pooled_error(own, name)
        row["standard_error"] = float(fit.standard_error[0])
        row["p"] = float(fit.tidy()["p"].iloc[0])
        for side, part in zip(("first", "second"), sides, strict=True):
            row[f"rows_{side}"] = len(part)
            row[f"districts_{side}"] = part["district_id"].nunique()
        out.append(row)
    return pd.DataFrame(out)


def covariate_densities(
    means: pd.DataFrame, covariates: Sequence[str], groups: Mapping[str, pd.Series], points: int
) -> pd.DataFrame:
    """Densities of districts' means by group (figure A4): Gaussian kernel, Scott's bandwidth.

    means: one row a district; groups: weight of districts by name of the group; points: of the
    grid between the least and largest value of all groups. Returns variable, group, value, density.

    Raises UserError if a covariate has fewer than two values in a group.
    """
    tables = []
    members = means[means["district_id"].isin(pd.concat(list(groups.values())).index)]
    for name in covariates:
        known = members.dropna(subset=[name])
        grid = np.linspace(known[name].min(), known[name].max(), points)
        for group, weights in groups.items():
            own = known[known["district_id"].isin(weights.index)]
            if own[name].nunique() < 2:
                raise UserError(f"densities: {name} has fewer than two values in group {group}")
            weight = weights.reindex(own["district_id"]).to_numpy(float)
            density = stats.gaussian_kde(own[name].to_numpy(float), weights=weight)(grid)
            made = {"variable": name, "group": group, "value": grid, "density": density}
            tables.append(pd.DataFrame(made))
    return pd.concat(tables, ignore_index=True)


def _moments(values: pd.Series, weight: pd.Series) -> tuple[float, float]:
    """Weighted mean, and SD with a divisor of one less than the weights' sum."""
    mean = float(np.average(values, weights=weight))
    total = float((weight * (values - mean) ** 2).sum())
    return mean, float(np.sqrt(total / (weight.sum() - 1)))


def _pooled_error(rows: pd.DataFrame, name: str) -> float:
    """Error of the difference of two weighted means of independent rows of one variance."""
    weight = rows[WEIGHT]
    sums = [weight[rows["of_first"] == side].sum() for side in (1.0, 0.0)]
    total = sum(
        float((weight * (rows[name] - _moments(rows[name][of], weight[of])[0]) ** 2)[of].sum())
        for of in (rows["of_first"] == side for side in (1.0, 0.0))
    )
    return float(np.sqrt(total / (weight.sum() - 2) * (1 / sums[0] + 1 / sums[1])))
