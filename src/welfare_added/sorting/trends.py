"""Shares and means by year and scheme of pay (figures 3 to 7, A6, A9, A10; table 1)."""

import numpy as np
import pandas as pd

from welfare_added.sorting.panel import REGIMES

FLAGS = {"new": "entering", "moved": "moving", "exits": "leaving"}


def moving_shares(panel: pd.DataFrame) -> pd.DataFrame:
    """Movers by regimes of origin and destination, as shares of a year's teachers (figure 3).

    Of teachers of districts with a handbook in years in which it is known who moved; movers from
    districts without one count in the denominator alone.

    Returns origin_regime, regime, year, movers, teachers, share.
    """
    rows = panel[panel["moved"].notna()]
    teachers = rows.groupby("year", sort=True).size()
    moved = rows[(rows["moved"] == 1) & rows["origin_regime"].isin(REGIMES)]
    keys = pd.MultiIndex.from_product(
        [REGIMES, REGIMES, teachers.index], names=["origin_regime", "regime", "year"]
    )
    movers = moved.groupby(list(keys.names)).size().reindex(keys, fill_value=0)
    table = movers.rename("movers").reset_index()
    table["teachers"] = table["year"].map(teachers)
    return table.assign(share=table["movers"] / table["teachers"])


def regime_shares(rows: pd.DataFrame, flag: str) -> pd.DataFrame:
    """Teachers of either regime whose flag is one, as shares of all teachers of the year.

    As the notes of figures 5 and A9 have it: both regimes have the same denominator, all rows of
    the year for whom the flag is known.

    Parameters
    ----------
    rows
        regime, year and the flag, of districts with a handbook, the sample of section 3.3.
    flag
        exits or new.

    Returns
    -------
    DataFrame
        regime, year, events, teachers (of the year), share.

    """
    known = rows[rows[flag].notna()]
    teachers = known.groupby("year", sort=True).size()
    keys = pd.MultiIndex.from_product([REGIMES, teachers.index], names=["regime", "year"])
    events = known[known[flag] == 1].groupby(list(keys.names)).size().reindex(keys, fill_value=0)
    table = events.rename("events").reset_index()
    table["teachers"] = table["year"].map(teachers)
    return table.assign(share=table["events"] / table["teachers"])


def state_flows(teacher_years: pd.DataFrame) -> pd.DataFrame:
    """Shares of all teachers entering, moving and leaving by year (figure A6).

    Returns flow (entering, moving, leaving), year, events, teachers, share.
    """
    tables = []
    for flag, name in FLAGS.items():
        known = teacher_years[teacher_years[flag].notna()]
        by = known.groupby("year", sort=True)[flag]
        table = by.agg(events="sum", teachers="size").reset_index()
        tables.append(table.assign(flow=name, events=table["events"].astype(int)))
    whole = pd.concat(tables, ignore_index=True)
    whole["share"] = whole["events"] / whole["teachers"]
    return whole[["flow", "year", "events", "teachers", "share"]]


def mean_value_added(
    panel: pd.DataFrame, by: list[str], weight: str | None = "weight"
) -> pd.DataFrame:
    """Weighted mean of value added by columns such as regime and year (figures 4, 6, 7).

    Returns the columns ``by``, value_added, n.
    """
    own = panel[weight] if weight else pd.Series(1.0, index=panel.index)
    parts = panel[by].assign(total=own, product=own * panel["value_added"], n=1)
    sums = parts.groupby(by, sort=True).sum().reset_index()
    sums["value_added"] = sums["product"] / sums["total"]
    return sums[[*by, "value_added", "n"]]


def years_of_periods(rows: pd.DataFrame) -> pd.Series:
    """Years of the rows of each period, as "2008-09" or "2014", by period.

    rows: period and year. Moves of the first year are unknown, and exits of the last.
    """
    by = rows.groupby("period")["year"]
    first, last = by.min(), by.max()
    names = first.astype(str)
    return names.where(first == last, names + "-" + (last % 100).map("{:02d}".format))


def coverage(panel: pd.DataFrame, value_added: pd.DataFrame) -> pd.DataFrame:
    """Teachers with and without value added by regime and year (figure A10).

    Returns regime, year, with_value_added, without, share.
    """
    seen = panel["teacher_id"].isin(value_added["teacher_id"])
    counts = panel.assign(seen=seen).groupby(["regime", "year"], sort=True)["seen"]
    table = counts.agg(with_value_added="sum", teachers="size").reset_index()
    table["without"] = table["teachers"] - table["with_value_added"]
    table["share"] = table["with_value_added"] / table["teachers"]
    return table[["regime", "year", "with_value_added", "without", "share"]]


def teacher_summary(teacher_years: pd.DataFrame, first_post_year: int) -> pd.DataFrame:
    """Means and SDs of teacher-years before and after the reform, and in all (table 1).

    Returns period (before, after, all), variable, mean, standard_deviation, n (rows with a value),
    teachers (distinct).
    """
    degree = teacher_years["degree"]
    variables = {
        "female": teacher_years["female"],
        "experience": teacher_years["seniority"],
        **{name: (degree == name).where(degree.notna()) for name in ("BA", "MA", "PhD")},
        **{name: teacher_years[name] for name in ("salary", "moved", "exits")},
    }
    post = (teacher_years["year"] >= first_post_year).to_numpy()
    rows = []
    for period, of in {"before": ~post, "after": post, "all": np.ones(len(post), bool)}.items():
        teachers = teacher_years.loc[of, "teacher_id"].nunique()
        for name, values in variables.items():
            own = values[of].dropna().astype(float)
            spread = float(own.std()) if len(own) > 1 else np.nan
            rows.append((period, name, float(own.mean()), spread, len(own), teachers))
    columns = ["period", "variable", "mean", "standard_deviation", "n", "teachers"]
    return pd.DataFrame(rows, columns=columns)


def schedule_by_seniority(
    panel: pd.DataFrame, districts: list[str], degree: str, most_seniority: float
) -> pd.DataFrame:
    """Median and quartiles of salaries by seniority class, before and after (figure 1).

    Of teachers of some districts, one degree, and less than so many years of seniority. Quartiles
    are interpolated linearly.

    Returns district_id, post, seniority_class, lower, median, upper [dollars], n.
    """
    rows = panel[
        panel["district_id"].isin(districts)
        & (panel["degree"] == degree)
        & (panel["seniority"] < most_seniority)
    ]
    by = rows.groupby(["district_id", "post", "seniority_class"], sort=True)["salary"]
    table = pd.DataFrame(
        {name: by.quantile(q) for name, q in {"lower": 0.25, "median": 0.5, "upper": 0.75}.items()}
    )
    return table.assign(n=by.size()).reset_index()


def against_schedule(rows: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """Teachers paid as the schedule says, less and more (figure A2).

    rows: salary and schedule [dollars], of one district and year; missing schedules are left out.
    tolerance: dollars within which a salary is on the line.

    Returns place (on, below, above), teachers, share, mean_gap (mean of salary / schedule - 1).
    """
    known = rows.dropna(subset=["salary", "schedule"])
    gap = (known["salary"] - known["schedule"]).to_numpy()
    relative = gap / known["schedule"].to_numpy()
    places = {"on": np.abs(gap) <= tolerance, "below": gap < -tolerance, "above": gap > tolerance}
    out = [
        (
            name,
            int(of.sum()),
            of.mean() if len(of) else np.nan,
            relative[of].mean() if of.any() else np.nan,
        )
        for name, of in places.items()
    ]
    return pd.DataFrame(out, columns=["place", "teachers", "share", "mean_gap"])
