"""Plans with one weight, tuned to bring a wanted number of minority or free-lunch students in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.local_ranks import local_rank_market, seats_reserved, split_seats
from welfare_added.admissions.one_weight import Interval, matching_weights, within
from welfare_added.admissions.pool import Pool, class_with_bonus, index_bonus, members
from welfare_added.assignment.deferred_acceptance import deferred_acceptance


@dataclass(frozen=True)
class Tuned:
    """A plan whose weight gives a school's class the wanted number of students.

    Attributes
    ----------
    weight
        The weight used: of all that match, one with the highest mean score.
    intervals
        All weights that match.
    mean, sd
        Smallest and largest mean and SD of the class's scores over the weights that match.

    """

    weight: int
    intervals: tuple[Interval, ...]
    mean: tuple[float, float]
    sd: tuple[float, float]


def tuned_index(pool: Pool, index: np.ndarray, school: int, of: np.ndarray, target: int) -> Tuned:
    """Tune the weight of an index (n,), 0 to 1, that is added to scores.

    of: (n,) 0 or 1, whom to count. The weight is in units of keys (`POINT` a step of the score).
    Raises Unreachable where no weight matches.
    """

    def here(weight: int) -> np.ndarray:
        return class_with_bonus(pool, index_bonus(weight, index), school)

    return _tuned(pool, here, of, target, start=4 * STEPS_A_POINT * POINT)


def tuned_reserve(pool: Pool, rank: np.ndarray, school: int, of: np.ndarray, target: int) -> Tuned:
    """Tune the number of seats reserved for low local ranks (n,); the weight is that number."""
    seats = int(pool.seats[school])
    market = local_rank_market(pool, rank, np.zeros_like(pool.seats))

    def here(number: int) -> np.ndarray:
        split = split_seats(pool.seats, seats_reserved(pool.seats, school, number))
        return members(deferred_acceptance(replace(market, seats=split)), pool.lists, school)

    return _tuned(pool, here, of, target, start=seats // 2, most=seats)


def _tuned(
    pool: Pool,
    class_at: Callable[[int], np.ndarray],
    of: np.ndarray,
    target: int,
    start: int,
    most: int | None = None,
) -> Tuned:
    here = cache(class_at)
    intervals = matching_weights(
        lambda weight: int(of[here(weight)].sum()), target, "weight", start, most
    )
    tried = [weight for one in intervals for weight in within(one)]
    classes = [class_statistics(pool, here(weight)) for weight in tried]
    sums = [int(pool.keys[here(weight)].sum()) for weight in tried]
    mean, sd = ([one[name] for one in classes] for name in ("mean", "sd"))
    weight = tried[int(np.argmax(sums))]
    return Tuned(weight, tuple(intervals), (min(mean), max(mean)), (min(sd), max(sd)))
