"""Scores by year, grade and school: mean, spread, and correlation with last year's."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from welfare_added.district.studied import SCORES, Studied


def sums_by(cell: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Sum of values in each of ``size`` cells."""
    return np.bincount(cell, values, minlength=size)


def moments(cell: np.ndarray, values: np.ndarray, size: int) -> tuple[np.ndarray, ...]:
    """Number, mean and standard deviation of the values that are there, by cell."""
    there = ~np.isnan(values)
    cell, values = cell[there], values[there]
    number = sums_by(cell, np.ones(len(values)), size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums_by(cell, values, size) / number
        deviation = np.sqrt(sums_by(cell, (values - mean[cell]) ** 2, size) / number)
    return number, mean, deviation


def correlations(
    cell: np.ndarray, one: np.ndarray, other: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Number of pairs and correlation in each of ``size`` cells; nan if it does not exist."""
    there = ~np.isnan(one) & ~np.isnan(other)
    cell, one, other = cell[there], one[there], other[there]
    number, mean_one, sd_one = moments(cell, one, size)
    _, mean_other, sd_other = moments(cell, other, size)
    products = sums_by(cell, (one - mean_one[cell]) * (other - mean_other[cell]), size)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Where all values are equal rounding may leave a spread of 1e-17.
        spread = np.where((sd_one > 1e-9) & (sd_other > 1e-9), sd_one * sd_other, np.nan)
        return number, products / (number * spread)


def statistics(studied: Studied, places: pd.DataFrame, place: np.ndarray) -> pd.DataFrame:
    """Describe the scores of each subject in each place.

    Parameters
    ----------
    studied
        The rows on which estimates rest.
    places, place
        Places, and the row of each enrolment's place: `Studied.places` or `Studied.cells`.

    Returns
    -------
    DataFrame
        The columns of ``places``, and column (of the score), tested (students), mean and sd
        [scale points], mean_rank and sd_rank [ranks within year and grade, 0 to 1], pairs (students
        scored this year and last), correlation (of their ranks).

    """
    tables = []
    for column in SCORES:
        scores, ranks = studied.enrolments[column].to_numpy(), studied.ranks[column]
        tested, mean, sd = moments(place, scores, len(places))
        _, mean_rank, sd_rank = moments(place, ranks, len(places))
        pairs, correlation = correlations(place, ranks, studied.of_last_year(ranks), len(places))
        numbers = {"tested": tested.astype(int), "mean": mean, "sd": sd}
        numbers |= {"mean_rank": mean_rank, "sd_rank": sd_rank}
        numbers |= {"pairs": pairs.astype(int), "correlation": correlation}
        tables.append(places.assign(column=column, **numbers))
    return pd.concat(tables, ignore_index=True)


def median_of_others(table: pd.DataFrame, by: Sequence[str], value: str) -> np.ndarray:
    """Median of a value over the other rows of the same group; nan where there is none."""
    keys = table.groupby(list(by), sort=False).ngroup().to_numpy()
    values = table[value].to_numpy(float)
    medians = np.full(len(table), np.nan)
    there = np.flatnonzero(~np.isnan(values))
    there = there[np.lexsort([values[there], keys[there]])]
    starts = np.unique(keys[there], return_index=True)[1]
    for start, end in pairwise([*starts, len(there)]):
        medians[there[start:end]] = _medians_without_one(values[there[start:end]])
    return medians


def _medians_without_one(ordered: np.ndarray) -> np.ndarray:
    """Median of the others, for each of some ordered values."""
    others = len(ordered) - 1
    if not others:
        return np.full(1, np.nan)
    own = np.arange(others + 1)
    low, high = (others - 1) // 2, others // 2
    return (ordered[low + (own <= low)] + ordered[high + (own <= high)]) / 2


def robust_sd(values: np.ndarray) -> float:
    """Standard deviation of the bulk of some values: 1.4826 times their median distance from 0."""
    values = values[~np.isnan(values)]
    return 1.4826 * float(np.median(np.abs(values))) if len(values) else 0.0
