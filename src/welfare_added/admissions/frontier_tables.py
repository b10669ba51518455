"""Frontiers of diversity and distortion: every class of a school under every plan."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.frontiers import PER_POINT, frontier
from welfare_added.admissions.local_ranks import local_rank_market, seats_reserved
from welfare_added.admissions.plans import INDEX_PLANS, RANK_PLANS, Setting
from welfare_added.admissions.pool import members
from welfare_added.assignment.deferred_acceptance import deferred_acceptance

COLUMNS = ["plan", "school", "first", "last", "students", "minority", "frpl", "mean", "sd"]


def frontier_table(
    setting: Setting, schools: Sequence[str], at: int, largest: float
) -> pd.DataFrame:
    """Every class that a school has as the weight of each plan grows.

    largest: points that the neediest are given at most. Columns plan, school; first and last weight
    of the class [points; seats of the top-10% plans], students, minority and frpl (numbers), mean
    and sd of the score. Exact in the weight: between two rows there is no other class.
    """
    made = [*_by_index(setting, at, largest), *_by_rank(setting, at)]
    return pd.concat(
        [table.assign(plan=plan, school=schools[at]) for plan, table in made], ignore_index=True
    )[COLUMNS]


def best_by_number(frontiers: pd.DataFrame) -> pd.DataFrame:
    """Of the classes of a plan with the same number of minority students that of highest mean."""
    keys = ["school", "plan", "minority"]
    ordered = frontiers.sort_values(["mean", "first"], ascending=[False, True], kind="stable")
    best = ordered.drop_duplicates(keys)
    groups = best.groupby(["school", "plan"], sort=False)
    order = frontiers[["school", "plan"]].drop_duplicates().itertuples(index=False)
    return pd.concat([groups.get_group(tuple(one)).sort_values("minority") for one in order])


def _by_index(setting: Setting, at: int, largest: float) -> Iterator[tuple[str, pd.DataFrame]]:
    pool = setting.pool
    groups = {"race_only": pool.minority, "frpl_only": pool.frpl}
    indices = {name: setting.indices[name] for name in INDEX_PLANS if name in setting.indices}
    for plan, index in {**groups, **indices}.items():
        table = frontier(pool, index, at, int(largest * PER_POINT))
        yield plan, table.assign(first=table["first"] / PER_POINT, last=table["last"] / PER_POINT)


def _by_rank(setting: Setting, at: int) -> Iterator[tuple[str, pd.DataFrame]]:
    pool = setting.pool
    for plan in [name for name in RANK_PLANS if name in setting.ranks]:
        rows = []
        for number in range(int(pool.seats[at]) + 1):
            reserved = seats_reserved(pool.seats, at, number)
            market = local_rank_market(pool, setting.ranks[plan], reserved)
            here = members(deferred_acceptance(market), pool.lists, at)
            own = class_statistics(pool, here)
            numbers = {name: int(getattr(pool, name)[here].sum()) for name in ("minority", "frpl")}
            rows.append({**own, **numbers, "first": number, "last": number})
        yield plan, pd.DataFrame(rows).round({"mean": 10, "sd": 10})


def with_shares(frontiers: pd.DataFrame) -> pd.DataFrame:
    """Numbers of minority and free-lunch students as shares of the class."""
    students = frontiers["students"].where(frontiers["students"] > 0, np.nan)
    return frontiers.assign(
        minority=frontiers["minority"] / students, frpl=frontiers["frpl"] / students
    )
