"""Tables of salaries by sample and district, put together (section 4)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.sorting.deltas import delta_summary
from welfare_added.sorting.quantile_differences import interquantile_table
from welfare_added.sorting.trends import schedule_by_seniority

MASTER = "MA"


def interquantile_samples(
    residuals: pd.DataFrame, most_years: float, *, replications: int, seed: int
) -> pd.DataFrame:
    """Table 3: `interquantile_table` of all teachers and of three groups, with column sample.

    residuals: from `log_salary_residuals`, of districts with a handbook. most_years: of seniority,
    by which the last two groups are divided.
    """
    tables = [
        interquantile_table(
            rows,
            "residual",
            treated="individual",
            post="post",
            cluster="district_id",
            replications=replications,
            seed=seed,
        ).assign(sample=name)
        for name, rows in salary_groups(residuals, most_years).items()
    ]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["sample", *whole.columns.drop("sample")]]


def salary_groups(residuals: pd.DataFrame, most_years: float) -> dict[str, pd.DataFrame]:
    """Rows of table 3's four samples by name; arguments as in `interquantile_samples`."""
    master, young = residuals["degree"] == MASTER, residuals["seniority"] < most_years
    return {
        "all": residuals,
        "MA": residuals[master],
        "MA_below_10": residuals[master & young],
        "10_and_more": residuals[~young],
    }


def deltas_with_errors(table: pd.DataFrame) -> pd.DataFrame:
    """`delta_summary` with the standard error of the weighted mean, districts independent."""
    known = table.dropna(subset=["delta", "standard_error"])
    squares = (known["n"] * known["standard_error"]) ** 2
    sums = known.assign(squares=squares).groupby(["period", "regime"])[["squares", "n"]].sum()
    error = (np.sqrt(sums["squares"]) / sums["n"]).rename("standard_error")
    made = delta_summary(table).merge(error.reset_index(), on=["period", "regime"], how="left")
    first = ["period", "regime", "districts", "mean", "standard_error"]
    return made[[*first, *made.columns.drop(first)]]


def named_schedules(
    panel: pd.DataFrame,
    named: Mapping[str, str],
    periods: Mapping[str, tuple[int, int]],
    most_seniority: float,
    class_years: int,
) -> pd.DataFrame:
    """Figure 1: `schedule_by_seniority` of teachers with a Master, by names of districts.

    periods: first and last year before and after the reform; other years are left out.

    Returns district (name), post (0 or 1), seniority ("5-6"), first_year of the class, lower,
    median, upper, n. Classes are numbered from year 1 on.
    """
    names = {district: name for name, district in named.items()}
    within = np.any([panel["year"].between(*years) for years in periods.values()], axis=0)
    made = schedule_by_seniority(panel[within], list(names), MASTER, most_seniority)
    first = (made["seniority_class"] * class_years).astype(int) + 1
    return pd.DataFrame(
        {
            "district": made["district_id"].map(names),
            "post": made["post"].astype(int),
            "seniority": [f"{one}-{one + class_years - 1}" for one in first],
            "first_year": first,
            **{name: made[name] for name in ("lower", "median", "upper", "n")},
        }
    )


def schedule_gaps(rows: pd.DataFrame, class_years: int) -> pd.DataFrame:
    """Salaries beside the schedule by class of seniority (figure A2).

    rows: of one district, year and degree, with salary and schedule [dollars]. Returns seniority,
    schedule (median), lower, median, upper (of salaries), n.
    """
    known = rows.dropna(subset=["salary", "schedule"])
    first = (known["seniority_class"] * class_years).astype(int) + 1
    by = known.assign(first_year=first).groupby("first_year", sort=True)
    made = pd.DataFrame(
        {
            "schedule": by["schedule"].median(),
            **{
                name: by["salary"].quantile(q)
                for name, q in {"lower": 0.25, "median": 0.5, "upper": 0.75}.items()
            },
            "n": by.size(),
        }
    ).reset_index()
    labels = [f"{one}-{one + class_years - 1}" for one in made["first_year"]]
    made.insert(0, "seniority", labels)
    return made


def printed_schedule(steps: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """A printed schedule as a table (figure A1): step, and a column of dollars for each lane."""
    made = pd.DataFrame(dict(steps))
    made.insert(0, "step", range(1, len(made) + 1))
    return made


def outside_by_regime(outside: pd.DataFrame, regimes: Mapping[str, str]) -> pd.DataFrame:
    """Means over districts of `share_outside`: period, regime, districts, outside, missing."""
    rows = outside.assign(regime=outside["district_id"].map(dict(regimes)))
    by = rows.groupby(["period", "regime"], sort=True)
    made = by[["outside", "missing"]].mean()
    made.insert(0, "districts", by.size())
    return made.reset_index()
