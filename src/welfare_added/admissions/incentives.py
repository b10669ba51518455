"""Samples of applicants whose moves are looked at: panels C and D of tables A.3 and A.4."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.admissions.moments import Conventions, school_numbers
from welfare_added.admissions.pool import Pool
from welfare_added.admissions.tier_plan import tier_plan, tier_seats
from welfare_added.admissions.world import World, year_pool

TIERS = 4


def with_samples(world: World, choices: Conventions) -> pd.DataFrame:
    """The earlier applicants with the columns that `moves.paper_samples` wants [0 or 1].

    lists_payton_northside: lists one or both of the described schools. gains_from_lower_tier: see
    `gains_from_lower_tier`; every year has the seats of the studied one, as no others are stated.
    """
    numbers = school_numbers(world, choices.described)
    gains = np.zeros(len(world.earlier), dtype=bool)
    for _, rows in world.earlier.groupby("application_year"):
        at = rows.index.to_numpy()
        pool = year_pool(rows, world.earlier_lists[at], world.schools)
        gains[at] = gains_from_lower_tier(pool, choices.plan)
    lists = np.isin(world.earlier_lists, numbers).any(axis=1)
    return world.earlier.assign(
        lists_payton_northside=lists.astype(int), gains_from_lower_tier=gains.astype(int)
    )


def gains_from_lower_tier(pool: Pool, plan: Mapping) -> np.ndarray:
    """Whether a lower tier would get an applicant a school that she ranks higher, (n,).

    Her score is compared with the lowest one in the seats of each tier below her own, all else as
    it is. plan: choices of the plan in force, as of `tier_market`.
    """
    placed = tier_plan(pool, **plan)
    kinds = np.arange(1, TIERS + 1) if plan["open_first"] else np.arange(TIERS)
    cutoffs = _cutoffs(pool, placed.school(pool.lists), placed.kind, kinds, plan)
    rank = np.where(placed.choice < 0, pool.lists.shape[1], placed.choice)
    gains = np.zeros(len(pool), dtype=bool)
    for place in range(pool.lists.shape[1]):
        school = pool.lists[:, place]
        better = (place < rank) & (school >= 0)
        for tier in range(1, TIERS):
            reaches = pool.keys > cutoffs[school, tier - 1]
            gains |= better & (tier < pool.tier) & reaches
    return gains


def _cutoffs(
    pool: Pool, school: np.ndarray, kind: np.ndarray, kinds: np.ndarray, plan: Mapping
) -> np.ndarray:
    """Lowest key of a tier's own applicants in its seats, (S, tiers); -1 where any would do.

    That is where seats are free or held by applicants of other tiers, who come after its own.
    """
    seats = tier_seats(pool.seats, plan["open_share"], TIERS, plan["rounding"])[:, 1]
    cutoffs = np.full((len(pool.seats), TIERS), -1, dtype=np.int64)
    for number in range(len(pool.seats)):
        for tier in range(1, TIERS + 1):
            own = (school == number) & (kind == kinds[tier - 1]) & (pool.tier == tier)
            if own.sum() == seats[number]:
                cutoffs[number, tier - 1] = pool.keys[own].min(initial=np.iinfo(np.int64).max)
    return cutoffs
