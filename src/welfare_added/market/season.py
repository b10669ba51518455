"""Days of a hiring season, counted from 1 April (day 0) of the spring before the job."""

import numpy as np
import pandas as pd

MONTHS = ("april", "may", "june", "july", "august")
FIRST_DAYS = (0, 30, 61, 91, 122)  # of the months
LAST_DAY = 152  # 31 August
MIDDLE_MONTH = 2  # June


def month_of(day: np.ndarray) -> np.ndarray:
    """Position in `MONTHS` of each day; days before April are April's, later ones August's."""
    return np.searchsorted(FIRST_DAYS[1:], np.asarray(day), side="right")


def dates(day: np.ndarray, cycle: np.ndarray) -> pd.Series:
    """ISO dates of days of seasons: cycle 2016 has day 0 on 1 April 2015."""
    start = pd.to_datetime(pd.Series(np.asarray(cycle) - 1).astype("str") + "-04-01")
    return (start + pd.to_timedelta(np.asarray(day), unit="D")).dt.strftime("%Y-%m-%d")


def days(date: pd.Series, cycle: pd.Series) -> pd.Series:
    """Days of the season of ISO dates; missing ones stay missing.

    date: datetimes. cycle: springs, as many.
    """
    start = pd.to_datetime((cycle - 1).astype("int64").astype("str") + "-04-01")
    return (date - start).dt.days


def draw_days(months: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A day at random within each of some months, given by position in `MONTHS`."""
    bounds = np.array([*FIRST_DAYS, LAST_DAY + 1])
    length = np.diff(bounds)[months]
    return bounds[months] + np.floor(length * rng.random(len(months))).astype(int)
