"""Who would be admitted to a school that she wants more, had she applied from a lower tier."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.admissions.pool import Pool
from welfare_added.admissions.setting import choice_columns, lists_of, pool_of, schools_of
from welfare_added.admissions.tier_plan import tier_market
from welfare_added.assignment.deferred_acceptance import deferred_acceptance
from welfare_added.assignment.stability import lowest_keys_held

NOWHERE = -2  # a place that no list holds; -1 is past a list's end


def gains_from_lower_tier(pool: Pool, plan: Mapping[str, object]) -> np.ndarray:
    """Whether each applicant of one year would gain, (n,).

    Her key is compared with that of the last admitted to each lower tier's seats at the schools
    that she lists above the one that takes her; exact but for the seat that she would free.

    plan: choices of the tier plan, as of `tier_market`.
    Source: Ellison and Pathak (2020), note of table A.3, panel D.
    """
    market = tier_market(pool, **plan)
    placement = deferred_acceptance(market)
    cutoffs = lowest_keys_held(market, placement)  # (S, K)
    of_tier = cutoffs[:, 1:] if plan["open_first"] else cutoffs[:, :-1]
    own_tier_key = pool.keys + int(pool.keys.max(initial=0)) + 1
    length = pool.lists.shape[1]
    reached = np.where(placement.choice >= 0, placement.choice, length)
    better = (np.arange(length) < reached[:, None]) & (pool.lists >= 0)
    would = own_tier_key[:, None, None] > of_tier[pool.lists]  # (n, L, tiers)
    lower = np.arange(1, of_tier.shape[1] + 1) < pool.tier[:, None]
    return (would & better[:, :, None] & lower[:, None, :]).any(axis=(1, 2))


def with_samples(
    applicants: pd.DataFrame,
    schools: pd.DataFrame,
    listed: list[str],
    plan: Mapping[str, object],
    *,
    all_of_them: bool,
) -> pd.DataFrame:
    """Applicants of several years with the columns that panels C and D of table A.3 ask for.

    lists_payton_northside: whether she lists any of the schools ``listed``, or ``all_of_them``;
    gains_from_lower_tier: see there. Both 0 or 1. A school that a year does not have is listed by
    nobody. schools: application_year, school_id, seats.
    """
    parts = []
    for year, rows in applicants.groupby("application_year"):
        there = schools_of(schools, year)
        lists = lists_of(rows, there["school_id"])
        names = list(there["school_id"])
        places = [names.index(name) if name in names else NOWHERE for name in listed]
        on_list = np.stack([(lists == place).any(axis=1) for place in places])
        chosen = on_list.all(axis=0) if all_of_them else on_list.any(axis=0)
        gains = gains_from_lower_tier(pool_of(rows, there), plan)
        parts.append(
            rows.drop(columns=choice_columns(rows)).assign(
                lists_payton_northside=chosen.astype(int), gains_from_lower_tier=gains.astype(int)
            )
        )
    return pd.concat(parts, ignore_index=True)
