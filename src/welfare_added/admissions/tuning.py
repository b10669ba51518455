"""Plans with one weight, tuned to bring a wanted number of minority or free-lunch students in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.local_ranks import local_rank_plan, seats_reserved
from welfare_added.admissions.one_weight import Interval, matching_weights
from welfare_added.admissions.pool import Pool, index_bonus, members, with_bonus
from welfare_added.assignment.seats import Placement


@dataclass(frozen=True)
class Tuned:
    """A plan whose weight gives a school's class the wanted number of students.

    Attributes
    ----------
    weight
        The weight used: of all that match, one with the highest mean score.
    intervals
        All weights that match.
    placement
        Everybody's seat at that weight.
    mean, sd
        Smallest and largest mean and SD of the class's scores over the weights that match.

    """

    weight: int
    intervals: tuple[Interval, ...]
    placement: Placement
    mean: tuple[float, float]
    sd: tuple[float, float]


def tuned_index(pool: Pool, index: np.ndarray, school: int, of: np.ndarray, target: int) -> Tuned:
    """Tune the weight of an index (n,), 0 to 1, that is added to scores.

    of: (n,) 0 or 1, whom to count. The weight is in units of keys (`POINT` a step of the score).
    Raises Unreachable where no weight matches.
    """
    return _tuned(
        pool,
        lambda weight: with_bonus(pool, index_bonus(weight, index)),
        school,
        of,
        target,
        start=4 * STEPS_A_POINT * POINT,
        most=None,
    )


def tuned_reserve(pool: Pool, rank: np.ndarray, school: int, of: np.ndarray, target: int) -> Tuned:
    """Tune the number of seats reserved for low local ranks (n,); the weight is that number."""
    seats = int(pool.seats[school])
    return _tuned(
        pool,
        lambda number: local_rank_plan(pool, rank, seats_reserved(pool.seats, school, number)),
        school,
        of,
        target,
        start=seats // 2,
        most=seats,
    )


def _tuned(
    pool: Pool,
    place: Callable[[int], Placement],
    school: int,
    of: np.ndarray,
    target: int,
    start: int,
    most: int | None,
) -> Tuned:
    @cache
    def here(weight: int) -> np.ndarray:
        return members(place(weight), pool.lists, school)

    def count(weight: int) -> int:
        return int(of[here(weight)].sum())

    intervals = matching_weights(count, target, "weight", start, most)
    tried = _within(intervals)
    classes = [class_statistics(pool, here(weight)) for weight in tried]
    sums = [int(pool.keys[here(weight)].sum()) for weight in tried]
    weight = tried[int(np.argmax(sums))]
    mean, sd = ([one[name] for one in classes] for name in ("mean", "sd"))
    return Tuned(
        weight, tuple(intervals), place(weight), (min(mean), max(mean)), (min(sd), max(sd))
    )


def _within(intervals: Sequence[Interval]) -> list[int]:
    """Up to nine weights in each interval, its ends included."""
    return [
        weight
        for one in intervals
        for weight in sorted(set(np.linspace(one.first, one.last, 9).astype(np.int64).tolist()))
    ]
