"""What figures 1, 2b, A.2, A.4 and A.5 show of forecasts (Bates et al. 2022)."""

import numpy as np
import pandas as pd

from welfare_added.market.forecast_tests import tails
from welfare_added.run.errors import UserError

MOST_BINS = 20
FEWEST = 10  # teacher-years, and teachers, in a bin
BIN_WIDTH = 0.05  # of the distribution [student SD]


def forecast_bins(sample: pd.DataFrame) -> pd.DataFrame:
    """Bins of equal size of what is realised by what was forecast.

    figure_01: mean residuals by forecasts; figure_a02: the difference between the types by its
    forecast; figure_a04a and figure_a04b: as figure_01, of the tenth of teacher-years with the
    largest falls and rises of class size; figure_02b: comparative advantage mu_1 - mu_0 by absolute
    advantage, the mean of mu_0 and mu_1.

    Parameters
    ----------
    sample
        From `test_sample`.

    Returns
    -------
    DataFrame
        figure, bin, x, y (means) [student SD], teacher_years, teachers, slope, intercept (of y on x
        over all teacher-years of the figure).

    """
    known = sample[sample["forecast"].notna()]
    both = known[known["difference"].notna()]
    size = tails(known["change_size"].to_numpy())
    advantage = (known["mu_0"] + known["mu_1"]) / 2
    figures = {
        "figure_01": (known, known["forecast"], known["mean_residual"]),
        "figure_02b": (known, advantage, known["forecast_difference"]),
        "figure_a02": (both, both["forecast_difference"], both["difference"]),
        "figure_a04a": _part(known[size == 0]),
        "figure_a04b": _part(known[size == 2]),
    }
    parts = [_bins(name, *columns) for name, columns in figures.items()]
    return pd.concat(parts, ignore_index=True)


def _part(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    return rows, rows["forecast"], rows["mean_residual"]


def _bins(figure: str, rows: pd.DataFrame, x: pd.Series, y: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame(
        {"x": x, "y": y, "teacher_id": rows["teacher_id"], "year": rows["year"]}
    ).sort_values(["x", "y", "teacher_id", "year"], ignore_index=True)
    for number in range(MOST_BINS, 0, -1):
        cut = table.assign(bin=np.arange(len(table)) * number // max(len(table), 1) + 1)
        means = cut.groupby("bin", as_index=False).agg(
            x=("x", "mean"),
            y=("y", "mean"),
            teacher_years=("x", "size"),
            teachers=("teacher_id", "nunique"),
        )
        if len(means) and (means["teachers"] >= FEWEST).all():
            break
    else:
        raise UserError(
            f"{figure}: {len(table):,} teacher-years with a forecast are too few for a bin of "
            f"{FEWEST} teachers; study more years"
        )
    slope, intercept = np.polyfit(table["x"], table["y"], 1)
    means.insert(0, "figure", figure)
    return means.assign(slope=slope, intercept=intercept)


def market_forecasts(
    forecasts: pd.DataFrame, teachers: pd.DataFrame, schools: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Forecasts for a year of the teachers who are in the market district then (figure A.5).

    Parameters
    ----------
    forecasts
        From `estimate_two_types`.
    teachers
        teacher_id, year, school_id.
    schools
        school_id, year, in_market, share_disadvantaged, students.
    year
        Spring of the school year.

    Returns
    -------
    DataFrame
        teacher_id, absolute_advantage (per student, at the district's student-weighted mean share
        of type 1, with experience), comparative_advantage (mu_1 - mu_0) [student SD]; sorted.

    """
    here = schools[(schools["year"] == year) & schools["in_market"].astype(bool)]
    if here.empty:
        raise UserError(f"records of schools: no school of the market district in {year}")
    share = np.average(here["share_disadvantaged"], weights=here["students"])
    own = teachers[(teachers["year"] == year) & teachers["school_id"].isin(here["school_id"])]
    rows = forecasts[forecasts["year"] == year].merge(own[["teacher_id"]], on="teacher_id")
    rows = rows.sort_values("teacher_id", ignore_index=True)
    mean = (1 - share) * rows["mu_0"] + share * rows["mu_1"]
    return pd.DataFrame(
        {
            "teacher_id": rows["teacher_id"],
            "absolute_advantage": mean + rows["experience_effect"],
            "comparative_advantage": rows["mu_1"] - rows["mu_0"],
        }
    )


def distribution(values: pd.Series) -> pd.DataFrame:
    """Shares of teachers in bins of 0.05 SD: low, high [student SD], teachers, share.

    Neighbouring bins are joined until each has ten teachers.
    """
    if len(values) < FEWEST:
        raise UserError(
            f"figure A.5: {len(values):,} teachers of the market district have a forecast, fewer "
            f"than {FEWEST}"
        )
    code = np.floor(np.round(values.to_numpy() / BIN_WIDTH, 9)).astype(int)
    first = int(code.min())
    counts, edges, waiting = [], [first], 0
    for j, count in enumerate(np.bincount(code - first)):
        waiting += int(count)
        if waiting >= FEWEST:
            counts.append(waiting)
            edges.append(first + j + 1)
            waiting = 0
    counts[-1] += waiting
    edges[-1] = int(code.max()) + 1
    low, high = (np.array(ends) * BIN_WIDTH for ends in (edges[:-1], edges[1:]))
    table = pd.DataFrame({"low": low, "high": high, "teachers": counts})
    return table.assign(share=table["teachers"] / len(values)).round(10)
