"""When positions are posted, applied to and filled: tables 3 and A8, figures 3 and A11."""

import numpy as np
import pandas as pd

from welfare_added.market.features import absolute_advantage, representative_schools
from welfare_added.market.platform import Platform
from welfare_added.market.season import MONTHS, month_of

HIRED = ("hired", "hired_elsewhere", "hired_out")
DECIMALS = 8
DAYS_A_WEEK = 7
LONGEST_WAIT = 60  # days, in histograms


def value_added_ranks(applicants: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    """Share of applicants with value added whose absolute advantage is no higher, by applicant.

    Missing for applicants without value added. schools: of records.
    """
    typical = representative_schools(schools).reindex(applicants["year"])
    advantage = absolute_advantage(
        *(applicants[name].to_numpy() for name in ("mu_0", "mu_1", "experience_effect")),
        typical["share_disadvantaged"].to_numpy(),
        typical["class_size"].to_numpy(),
    )
    known = (applicants["va_missing"] == 0).to_numpy()
    return pd.Series(advantage).where(known).rank(pct=True)


def timing(platform: Platform, schools: pd.DataFrame) -> pd.DataFrame:
    """Postings, applications and hires by month, with the share at Title I schools (table 3a, b).

    Returns
    -------
    DataFrame
        group (vacancies, applications, hires, with_value_added, above_median, top_decile: the last
        three are applications of applicants with value added), month (april to august), count,
        share (of the group's total), share_title1.

    """
    made, positions = platform.applications, platform.positions
    title1 = positions["title1"].to_numpy(float)
    rank = value_added_ranks(platform.applicants, schools).to_numpy()[made["applicant"]]
    hired = made["outcome"].isin(HIRED).to_numpy()
    of_made = made["day"].to_numpy(), title1[made["position"]]
    masks = {
        "applications": np.ones(len(made), bool),
        "hires": hired,
        "with_value_added": ~np.isnan(rank),
        "above_median": rank > 0.5,
        "top_decile": rank > 0.9,
    }
    parts = [by_month("vacancies", positions["posted"].to_numpy(), title1)]
    parts += [by_month(name, *(one[mask] for one in of_made)) for name, mask in masks.items()]
    return pd.concat(parts, ignore_index=True)


def by_month(group: str, day: np.ndarray, title1: np.ndarray) -> pd.DataFrame:
    """Rows of `timing` for one group: days, and whether each is of a Title I school."""
    month = month_of(day)
    count = np.bincount(month, minlength=len(MONTHS))
    of_title1 = np.bincount(month, weights=title1, minlength=len(MONTHS))
    with np.errstate(invalid="ignore"):
        share_title1 = of_title1 / count
    return pd.DataFrame(
        {
            "group": group,
            "month": MONTHS,
            "count": count,
            "share": (count / max(count.sum(), 1)).round(DECIMALS),
            "share_title1": share_title1.round(DECIMALS),
        }
    )


def posting_months(positions: pd.DataFrame) -> pd.DataFrame:
    """Schools by whether they ever post in April and in July, over all cycles (table 3c).

    Returns
    -------
    DataFrame
        posts_april, posts_july (0 or 1), schools.

    """
    month = month_of(positions["posted"].to_numpy())
    of_school = positions.assign(april=month == 0, july=month == 3).groupby("school_id")
    ever = of_school[["april", "july"]].any()
    cells = [(False, False), (False, True), (True, False), (True, True)]
    rows = [(*map(int, cell), int((ever == list(cell)).all(axis=1).sum())) for cell in cells]
    return pd.DataFrame(rows, columns=["posts_april", "posts_july", "schools"])


def timing_weeks(platform: Platform) -> pd.DataFrame:
    """Postings, applications and hires by week (figure A11).

    Returns
    -------
    DataFrame
        group (vacancies, applications, hires), week (0 begins on 1 April), count, share.

    """
    made = platform.applications
    hired = made["outcome"].isin(HIRED)
    days = {
        "vacancies": platform.positions["posted"],
        "applications": made["day"],
        "hires": made.loc[hired, "day"],
    }
    parts = []
    for name, day in days.items():
        week = (day // DAYS_A_WEEK).astype("int64")
        count = week.value_counts().sort_index().rename_axis("week").rename("count").reset_index()
        count.insert(0, "group", name)
        parts.append(count.assign(share=(count["count"] / max(len(day), 1)).round(DECIMALS)))
    return pd.concat(parts, ignore_index=True)


def waits(platform: Platform) -> pd.DataFrame:
    """Days that applicants wait (section 4.2, footnote 12), one row an application.

    From the applicant's first day with an application on which the position was posted to the day
    of the application to it.

    Returns
    -------
    DataFrame
        applicant, position, stock (whether posted by the applicant's first day), age (days posted
        then), wait; of the stock one application of the first day is left out an applicant.

    """
    made, posted = platform.applications, platform.positions["posted"].to_numpy()
    day, who = made["day"].to_numpy(), made["applicant"].to_numpy().astype(np.int64)
    span = int(day.max(initial=0)) - int(min(day.min(initial=0), posted.min(initial=0))) + 2
    start = int(min(day.min(initial=0), posted.min(initial=0)))
    active = np.unique(who * span + day - start)
    of_position = posted[made["position"]]
    first = active[np.searchsorted(active, who * span)] - who * span + start
    since = np.searchsorted(active, who * span + np.maximum(of_position, start) - start)
    wait = day - (active[since] - who * span + start)
    stock = of_position <= first
    table = made[["applicant", "position"]].assign(stock=stock, age=first - of_position, wait=wait)
    of_first_day = table[stock & (day == first)]
    left_out = of_first_day.drop_duplicates("applicant").index
    return table.drop(index=left_out).reset_index(drop=True)


def wait_days(waited: pd.DataFrame) -> pd.DataFrame:
    """Histograms of waits (figure 3).

    waited: of `waits`.

    Returns
    -------
    DataFrame
        panel (stock, flow), days (`LONGEST_WAIT` stands for longer ones too), applications, share.

    """
    panel = np.where(waited["stock"], "stock", "flow")
    counts = waited.groupby([panel, waited["wait"].clip(upper=LONGEST_WAIT)]).size()
    table = counts.rename("applications").rename_axis(["panel", "days"]).reset_index()
    total = table.groupby("panel")["applications"].transform("sum")
    return table.assign(share=(table["applications"] / total).round(DECIMALS))


def stock_flow(platform: Platform, waited: pd.DataFrame) -> pd.DataFrame:
    """Ages of vacancies and waits of stock and flow, and months of last applications (table A8).

    waited: of `waits`.

    Returns
    -------
    DataFrame
        panel (stock, flow, stop), statistic, value: of stock and flow applications, share, wait
        median and mean [days]; of stock also age_mean, the mean days since posting of the vacancies
        applied to on an applicant's first day; of stop the share of applicants whose last
        application is in each month.

    """
    made = platform.applications
    rows = []
    for panel, of_panel in (("stock", waited["stock"]), ("flow", ~waited["stock"])):
        wait = waited.loc[of_panel, "wait"]
        rows += [
            (panel, "applications", len(wait)),
            (panel, "share", of_panel.mean()),
            (panel, "wait_median", wait.median()),
            (panel, "wait_mean", wait.mean()),
        ]
    first = made[made["day"] == made.groupby("applicant")["day"].transform("min")]
    age = first["day"] - platform.positions["posted"].to_numpy()[first["position"]]
    rows.append(("stock", "age_mean", age.mean()))
    last = month_of(made.groupby("applicant")["day"].max().to_numpy())
    shares = np.bincount(last, minlength=len(MONTHS)) / max(len(last), 1)
    rows += [("stop", month, share) for month, share in zip(MONTHS, shares, strict=True)]
    table = pd.DataFrame(rows, columns=["panel", "statistic", "value"])
    return table.round({"value": DECIMALS})
