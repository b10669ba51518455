"""The synthetic platform's positions: which schools post when, and how long postings are open."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from welfare_added.market.season import LAST_DAY, draw_days


@dataclass(frozen=True)
class Positions:
    """Positions of all cycles, sorted by cycle and number.

    Attributes
    ----------
    cycle : (P,) int array
    school : (P,) int array
        Row in the table of schools.
    posted, closed : (P,) int arrays
        Days of the season, both open.

    """

    cycle: np.ndarray
    school: np.ndarray
    posted: np.ndarray
    closed: np.ndarray

    def of(self, cycle: int) -> np.ndarray:
        """Numbers of a cycle's positions."""
        return np.flatnonzero(self.cycle == cycle)


def draw_positions(
    schools: pd.DataFrame,
    cycles: range,
    studied: int,
    size: Mapping,
    parameters: Mapping,
    rng: np.random.Generator,
) -> Positions:
    """Draw all cycles' positions.

    Parameters
    ----------
    schools
        The market's schools, one row each: title1.
    cycles, studied
        Cycles, and the one that has ``size["studied"]`` of the positions.
    size, parameters
        Of `sizes`, and the section ``vacancies`` of parameters.yaml.

    """
    cycle = _cycles(size["positions"], size["studied"], cycles, studied)
    month = rng.permutation(_shared(len(cycle), np.array(parameters["months"])))
    title1 = np.zeros(len(cycle), dtype=bool)
    for number, share in enumerate(parameters["title1"]):
        rows = np.flatnonzero(month == number)
        title1[rng.permutation(rows)[: round(share * len(rows))]] = True
    weight = gammaincinv(parameters["schools_shape"], rng.random(len(schools)))
    of_group = schools["title1"].to_numpy(bool)
    school = np.empty(len(cycle), dtype=np.int64)
    for group in (False, True):
        among, rows = np.flatnonzero(of_group == group), np.flatnonzero(title1 == group)
        school[rows] = _spread(len(rows), among, weight[among], rng)
    posted = draw_days(month, rng)
    open_days = parameters["open_days"]
    long = rng.random(len(cycle)) < open_days["long_share"]
    mean = np.where(long, open_days["long"], open_days["short"])
    mean = mean * np.where(title1, open_days["title1_times"], 1.0)
    length = (open_days["lowest"] + mean * rng.exponential(size=len(cycle))).astype(int)
    closed = np.minimum(posted + length, LAST_DAY)
    return Positions(cycle, school, posted, closed)


def _shared(number: int, chances: np.ndarray) -> np.ndarray:
    """Kinds of so many things, in order, as many of each as its chance says."""
    bounds = np.round(number * np.cumsum(chances) / chances.sum()).astype(int)
    return np.searchsorted(bounds, np.arange(number), side="right")


def _cycles(positions: int, studied_positions: int, cycles: range, studied: int) -> np.ndarray:
    """Cycle of each position: a given number in the studied one, the rest even."""
    others = [cycle for cycle in cycles if cycle != studied]
    number = dict.fromkeys(others, (positions - studied_positions) // len(others))
    for cycle in others[: (positions - studied_positions) % len(others)]:
        number[cycle] += 1
    number[studied] = studied_positions
    return np.repeat(list(cycles), [number[cycle] for cycle in cycles])


def _spread(number: int, among: np.ndarray, weight: np.ndarray, rng) -> np.ndarray:
    """Schools of some positions: each school has one if there are enough, the rest by weight."""
    drawn = rng.choice(len(among), number, p=weight / weight.sum())
    each = rng.permutation(number)[: len(among)]
    drawn[each] = rng.permutation(len(among))[: len(each)]
    return among[drawn]
