"""Chicago's plan: at each school some seats are open to all and the rest reserved by tier."""

import numpy as np

from welfare_added.admissions.pool import Pool
from welfare_added.assignment.deferred_acceptance import deferred_acceptance
from welfare_added.assignment.seats import Market, Placement, same_keys


def tier_seats(seats: np.ndarray, open_share: float, tiers: int, rounding: str) -> np.ndarray:
    """Seats by kind, (S, 1 + tiers): open ones, then those of each tier, of equal number.

    rounding: ``down``, a tier's seats are rounded down and what is left is open; ``up``, they are
    rounded up. Source: rule of the Chicago Public Schools, 30 percent open and 17.5 percent for
    each of four tiers.
    """
    share = (1 - open_share) / tiers
    each = np.floor(seats * share + 1e-9) if rounding == "down" else np.ceil(seats * share - 1e-9)
    each = np.minimum(each.astype(np.int64), seats // tiers)
    return np.column_stack([seats - tiers * each, *[each] * tiers])


def tier_market(
    pool: Pool,
    open_share: float = 0.3,
    *,
    open_first: bool = True,
    rounding: str = "down",
    tiers: int = 4,
) -> Market:
    """The market of a tier plan; see `tier_seats`.

    A tier's seats go to its own applicants first; where these leave some, to others. open_first:
    applicants are considered for open seats before reserved ones, as in Chicago; else the other
    way round.
    """
    seats = tier_seats(pool.seats, open_share, tiers, rounding)
    beyond = int(pool.keys.max(initial=0)) + 1
    own = pool.tier[:, None] == np.arange(1, tiers + 1)
    by_kind = np.column_stack([pool.keys, pool.keys[:, None] + beyond * own]).astype(float)
    if not open_first:
        by_kind, seats = np.roll(by_kind, -1, axis=1), np.roll(seats, -1, axis=1)
    return Market(pool.lists, seats, same_keys(by_kind, pool.lists))


def tier_plan(pool: Pool, **choices) -> Placement:
    """Place everybody by the tier plan; choices as of `tier_market`."""
    return deferred_acceptance(tier_market(pool, **choices))
