"""The synthetic platform's applicants: who they are, where they live, and when they search."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.market.season import LAST_DAY, MIDDLE_MONTH, MONTHS, draw_days
from welfare_added.market.synthetic_schools import coordinates


def draw_cycle_teachers(
    cycle: int, forecasts: pd.DataFrame, teachers: pd.DataFrame, size: Mapping, share: float, rng
) -> pd.DataFrame:
    """Teachers with a forecast who search in a cycle: teacher_id, school_id (missing: not here).

    forecasts: teacher_id, year. teachers: of records, of all years. share: of the district's
    teachers among them. They taught in the spring before the cycle's.
    """
    last = teachers.loc[teachers["year"] == cycle - 1, ["teacher_id", "school_id", "in_market"]]
    known = forecasts.loc[forecasts["year"] == cycle, "teacher_id"]
    last = last[last["teacher_id"].isin(known)].sort_values("teacher_id", ignore_index=True)
    wanted = size["with_value_added"]
    here = round(share * wanted)
    parts = []
    for own, number in ((True, here), (False, wanted - here)):
        pool = np.flatnonzero(last["in_market"].to_numpy(bool) == own)
        chosen = np.sort(rng.choice(pool, min(number, len(pool)), replace=False))
        rows = last.iloc[chosen]
        parts.append(rows if own else rows.assign(school_id=None))
    return pd.concat(parts, ignore_index=True)[["teacher_id", "school_id"]]


def draw_others(
    pool: np.ndarray, cycles: range, size: Mapping, parameters: Mapping, schools: int, rng
) -> pd.DataFrame:
    """Applicants without a forecast: cycle, person, teacher_id, school (-1: not here).

    pool: teacher_id of teachers without classes in tested grades. person: number, the same in every
    cycle in which somebody applies.
    """
    each = size["applicants"] // len(cycles) - size["with_value_added"]
    pool = rng.permutation(pool)
    here, elsewhere = (round(parameters[name] * each) for name in ("in_district", "elsewhere"))
    home_school = rng.integers(schools, size=len(pool))
    half = len(pool) // 2
    parts, last, number = [], np.zeros(0, np.int64), len(pool)
    for cycle in cycles:
        groups = [
            np.sort(rng.choice(half, min(here, half), replace=False)),
            half + np.sort(rng.choice(len(pool) - half, min(elsewhere, len(pool) - half), False)),
        ]
        found = sum(map(len, groups))
        again = np.sort(rng.choice(last, round(parameters["again"] * len(last)), replace=False))
        new = number + np.arange(each - found - len(again))
        number += len(new)
        last = np.concatenate([again, new])
        person = np.concatenate([*groups, last])
        known = person < len(pool)
        teacher = np.where(known, pool[np.minimum(person, len(pool) - 1)], None)
        school = np.where(person < half, home_school[np.minimum(person, half)], -1)
        part = {"cycle": cycle, "person": person, "teacher_id": teacher, "school": school}
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def draw_homes(
    near: np.ndarray, schools: pd.DataFrame, parameters: Mapping, centre: Mapping, rng
) -> pd.DataFrame:
    """Homes of persons: latitude, longitude, missing where the address is; and near_title1.

    near_title1: 1 where the school near which they live is a Title I school.

    near: (n,) rows of the schools near which they live; -1: one at random, more often Title I.
    schools: the market's, with true coordinates ``north`` and ``east`` [km from the centre].
    """
    weight = np.where(schools["title1"].to_numpy(bool), parameters["home_title1"], 1.0)
    drawn = rng.choice(len(schools), len(near), p=weight / weight.sum())
    at = np.where(near >= 0, near, drawn)
    far = np.where(rng.random(len(near)) < parameters["far"], parameters["far_times"], 1.0)
    spread = parameters["home_km"] * far[:, None] * rng.standard_normal((len(near), 2))
    north = schools["north"].to_numpy()[at] + spread[:, 0]
    east = schools["east"].to_numpy()[at] + spread[:, 1]
    latitude, longitude = coordinates(north, east, centre)
    unknown = rng.random(len(near)) < parameters["home_missing"]
    return pd.DataFrame(
        {
            "latitude": np.where(unknown, np.nan, latitude),
            "longitude": np.where(unknown, np.nan, longitude),
            "near_title1": schools["title1"].to_numpy(float)[at],
        }
    )


def draw_windows(
    parameters: Mapping, later: np.ndarray, stays: np.ndarray, rng
) -> tuple[np.ndarray, np.ndarray]:
    """First and last day on the platform of applicants, (n,) each.

    later: (n,) by how much the log chance of a first month rises from each month to the next.
    stays: (n,) log of how many times longer than others they stay.
    """
    number = len(later)
    chances = np.array([parameters["first_month"][name] for name in MONTHS])
    odds = chances * np.exp(np.outer(later, np.arange(len(MONTHS)) - MIDDLE_MONTH))
    below = np.cumsum(odds, axis=1)
    month = (rng.random(number)[:, None] * below[:, -1:] >= below).sum(axis=1)
    first = draw_days(month, rng)
    length = (parameters["mean_days"] * np.exp(stays) * rng.exponential(size=number)).astype(int)
    length[rng.random(number) < parameters["one_day"]] = 0
    return first, np.minimum(first + length, LAST_DAY)


def leans(
    near_title1: np.ndarray, advantage: np.ndarray, without: np.ndarray, parameters: Mapping
) -> tuple[np.ndarray, np.ndarray]:
    """``later`` and ``stays`` of `draw_windows`, by where applicants live and their value added.

    near_title1, advantage [student SD], without (bool, whether there is no forecast): (n,).
    """
    standard = np.zeros(len(advantage))
    known = advantage[~without]
    standard[~without] = (known - known.mean()) / known.std()
    later = parameters["later_title1"] * (near_title1 - 0.5)
    later = later + parameters["later_by_value_added"] * standard
    return later, parameters["stays_by_value_added"] * standard


def application_days(
    first: np.ndarray,
    last: np.ndarray,
    posted: np.ndarray,
    closed: np.ndarray,
    title1: np.ndarray,
    parameters: Mapping,
    waits: np.ndarray,
    wait: np.ndarray,
) -> np.ndarray:
    """Day of each application: when both are there, or some days later (section 4.2, feature 4).

    Parameters
    ----------
    first, last, posted, closed, title1
        Of each application the applicant's first and last day, the position's, and its Title I.
    parameters
        Section ``applicants`` of parameters.yaml.
    waits, wait
        Uniform draws: of who waits, and of how long they do.

    """
    earliest, latest = np.maximum(first, posted), np.minimum(last, closed)
    # Not for what is there on the first day: applications to it wait 0 days at the median.
    longer = (waits > 1 - parameters["title1_wait"] * title1) & (posted > first)
    mean = np.where(longer, parameters["title1_wait_days"], parameters["wait_days"])
    days = 1 + np.floor(np.log1p(-wait) / np.log1p(-1 / mean))  # a geometric law
    days = np.where((waits < parameters["wait"]) | longer, days, 0).astype(int)
    return np.minimum(earliest + days, latest)
