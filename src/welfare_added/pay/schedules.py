"""Salary schedules as seen in the data, and seniority adjusted by them (Biasi 2017, appendix B)."""

import numpy as np
import pandas as pd

from welfare_added.pay.choices import PayChoices

LANE = ["district_id", "year", "degree"]


def seniority_class(years: np.ndarray, width: int) -> np.ndarray:
    """Class of seniority, from 1: of width 2, years 0 to 2 (less than 3), 3 and 4, 5 and 6.

    Fractions of a year do not count: 6.9 years are in class 5 and 6.
    """
    whole = np.floor(np.asarray(years, float))
    return np.maximum(1, np.ceil(whole / width)).astype(np.int64)


def modal_schedule(rows: pd.DataFrame, width: int, fewest: int) -> pd.DataFrame:
    """Modal salary of each district, year, degree and class of seniority.

    Parameters
    ----------
    rows
        district_id, year, degree, salary [$], seniority_recorded [years].
    width
        Years of seniority a class.
    fewest
        Teachers who must earn the modal salary; cells with fewer are not in the schedule.

    Returns
    -------
    DataFrame
        district_id, year, degree, seniority_class, salary (whole dollars; of salaries equally
        frequent the lowest, as pay for extra duties only adds), on_mode, teachers. Sorted.

    """
    key = [*LANE, "seniority_class"]
    made = rows[LANE].assign(
        seniority_class=seniority_class(rows["seniority_recorded"], width),
        salary=rows["salary"].round(),
    )
    counts = made.groupby([*key, "salary"], observed=True).size().rename("on_mode").reset_index()
    counts["teachers"] = counts.groupby(key, observed=True)["on_mode"].transform("sum")
    order = counts.sort_values([*key, "on_mode", "salary"], ascending=[True] * 4 + [False, True])
    modal = order[~order.duplicated(key)]
    return modal[modal["on_mode"] >= fewest].reset_index(drop=True)


def scheduled_salary(rows: pd.DataFrame, schedule: pd.DataFrame, width: int) -> np.ndarray:
    """Modal salary of each row's own cell [$], nan where the schedule is silent."""
    key = [*LANE, "seniority_class"]
    own = rows[LANE].assign(seniority_class=seniority_class(rows["seniority_recorded"], width))
    return own.merge(schedule, "left", on=key)["salary"].to_numpy(float)


def adjusted_seniority(
    rows: pd.DataFrame,
    schedule: pd.DataFrame,
    width: int,
    off_schedule: str,
    silent: str = "keep",
) -> np.ndarray:
    """Seniority that the schedule gives to each salary [years] (appendix B).

    Who earns the salary of her own class keeps her years. Who earns that of other classes of
    her lane gets the nearest one. Who is on no step gets the class of the nearest salary
    (``nearest``), or keeps her years (``keep``); where the schedule is silent in her own class,
    ``silent`` says which. Ties go to the class nearer to the recorded one,
    then to the lower. Within a class she gets the year nearest to those recorded. Lanes without
    any step leave years as they are.

    Parameters
    ----------
    rows
        As for `modal_schedule`.
    schedule
        From `modal_schedule`.
    width, off_schedule, silent
        See `PayChoices`.

    """
    recorded = rows["seniority_recorded"].to_numpy(float)
    own = seniority_class(recorded, width)
    steps = schedule.groupby(LANE, observed=True, sort=True)
    lanes = pd.MultiIndex.from_frame(steps.size().reset_index()[LANE])
    lane = lanes.get_indexer(pd.MultiIndex.from_frame(rows[LANE]))
    number = steps.ngroup().to_numpy()
    first = np.searchsorted(number, np.arange(len(lanes) + 1))
    at, salary = schedule["seniority_class"].to_numpy(), schedule["salary"].to_numpy(float)
    wage, given = rows["salary"].round().to_numpy(float), own.copy()
    best = np.full((2, len(rows)), np.inf)  # distance in dollars and in classes of what is given
    for place in range(int(np.diff(first).max(initial=0))):  # classes rise within a lane
        step = np.where(lane >= 0, first[lane] + place, 0)
        there = (lane >= 0) & (step < first[lane + 1])
        step = np.where(there, step, 0)
        dollars, classes = np.abs(salary[step] - wage), np.abs(at[step] - own)
        if off_schedule == "keep":
            there &= dollars == 0
        nearer = (dollars < best[0]) | ((dollars == best[0]) & (classes < best[1]))
        taken = there & nearer
        given[taken] = at[step[taken]]
        best[:, taken] = dollars[taken], classes[taken]
    if silent == "keep":
        key = pd.MultiIndex.from_frame(rows[LANE].assign(seniority_class=own))
        of_class = pd.MultiIndex.from_frame(schedule[[*LANE, "seniority_class"]])
        unknown = (of_class.get_indexer(key) < 0) & (best[0] > 0)
        given = np.where(unknown, own, given)
    low = np.where(given == 1, 0, width * (given - 1) + 1)
    years = np.clip(np.floor(recorded), low, width * given)
    return np.where(given == own, recorded, years)


def with_adjusted_seniority(rows: pd.DataFrame, choices: PayChoices) -> pd.DataFrame:
    """Add columns seniority and schedule to teacher-years, sorted by teacher_id and year.

    The schedule of a year is that of its own modal salaries; years from ``first_post_year`` on
    follow ``adjust_after``.
    """
    width = choices.class_years
    modal = modal_schedule(rows, width, choices.fewest_on_mode)
    seniority = adjusted_seniority(rows, modal, width, choices.off_schedule, choices.silent)
    recorded = rows["seniority_recorded"].to_numpy(float)
    post = rows["year"].to_numpy() >= choices.first_post_year
    if choices.adjust_after != "every_year":
        seniority = np.where(post, recorded, seniority)
    if choices.adjust_after == "carry":
        carried = _carried(rows, seniority - recorded, post)
        seniority = np.where(post, np.maximum(recorded + carried, 0.0), seniority)
    schedule = scheduled_salary(rows, modal, width)
    return rows.assign(seniority=seniority.round(6), schedule=schedule)


def _carried(rows: pd.DataFrame, change: np.ndarray, post: np.ndarray) -> np.ndarray:
    """Last adjustment before the reform of each teacher and district, 0 where there is none."""
    before = rows.loc[~post, ["teacher_id", "district_id"]].assign(change=change[~post])
    last = before.groupby(["teacher_id", "district_id"], observed=True)["change"].last()
    keys = pd.MultiIndex.from_frame(rows[["teacher_id", "district_id"]])
    return last.reindex(keys).fillna(0.0).to_numpy()
