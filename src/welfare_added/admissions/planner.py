"""What a planner can choose: each plan at a school, over the range of its weight."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from welfare_added.admissions.frontiers import PER_POINT
from welfare_added.admissions.local_ranks import local_rank_market, seats_reserved
from welfare_added.admissions.plans import INDEX_PLANS, RANK_PLANS, Outcome, Setting, certified
from welfare_added.admissions.pool import in_order, order_market
from welfare_added.admissions.tier_plan import tier_market
from welfare_added.admissions.two_weights import bonus_of
from welfare_added.assignment.deferred_acceptance import deferred_acceptance

GROUPS = {"race_only": "minority", "frpl_only": "frpl"}
DECIMALS = 10  # of shares and multiples, so that 0.3 of a grid is the 0.3 of the configuration


@dataclass(frozen=True)
class Position:
    """A plan at one value of what the planner chooses.

    Attributes
    ----------
    choice
        The weight or the two bonuses (minority, free lunch) [units of keys], the number of reserved
        seats, or the share of open seats; empty for admission by score alone.
    shown
        The same in points, seats or as a share.
    unit
        points, seats, share; empty for admission by score alone.
    tuned
        Whether it is the value tuned to the target or, of the tiers, that in force.

    """

    choice: tuple[float, ...] = ()
    shown: tuple[float, ...] = ()
    unit: str = ""
    tuned: bool = False


@dataclass(frozen=True)
class Range:
    """How far and how finely a planner can choose.

    Attributes
    ----------
    number
        Values of every plan, evenly spaced; the tuned one is added where it is not among them.
    reach
        Largest weight over the tuned one.
    largest
        Largest weight [points] of a plan that could not be tuned, or is tuned to no weight.

    """

    number: int
    reach: float
    largest: float

    def units(self, points: float) -> int:
        """A weight in units of keys."""
        return round(points * PER_POINT)

    def points(self, units: float) -> float:
        """A weight in points."""
        return units / PER_POINT

    def even(self, largest: float) -> list[float]:
        """Values from 0 to ``largest``."""
        return np.linspace(0, largest, self.number).round(DECIMALS).tolist()


def positions(
    setting: Setting, school: int, plan: str, tuned: tuple[float, ...], span: Range
) -> list[Position]:
    """All values of a plan at a school, ascending.

    tuned: the tuned weight [points, seats], or the two bonuses of the benchmark [points]; empty
    where the plan could not be tuned. It is the benchmark's two bonuses in fixed proportion that
    grow: it has no value if it could not be tuned, and one if both bonuses are 0.
    """
    if plan == "score":
        return [Position()]
    if plan == "tiers":
        in_force = float(setting.tiers["open_share"])
        shares = sorted({*span.even(1), in_force})
        return [Position((one,), (one,), "share", one == in_force) for one in shares]
    if plan in RANK_PLANS:
        even = np.floor(np.array(span.even(setting.pool.seats[school])) + 0.5)
        numbers = sorted({*map(int, even), *map(int, tuned)})
        return [Position((one,), (one,), "seats", one in tuned) for one in numbers]
    own = tuple(map(span.units, tuned))
    if plan == "benchmark" and not any(own):
        return [Position(own, tuned, "points", True)] if own else []
    base, reach = (own, span.reach) if any(own) else ((span.units(span.largest),), 1)
    multiples = sorted({*span.even(reach), 1.0})
    bonuses = [tuple(round(one * part) for part in base) for one in multiples]
    return [Position(one, tuple(map(span.points, one)), "points", one == own) for one in bonuses]


def placed(setting: Setting, school: int, plan: str, choice: tuple[float, ...]) -> Outcome:
    """Place everybody by a plan at a value of `positions`, with certificate.

    The top-10% plans reserve that number of seats at ``school`` and the same share at the others.
    Raises UnstableError where the placement is not stable.
    """
    pool = setting.pool
    if plan in ("tiers", *RANK_PLANS):
        if plan == "tiers":
            market = tier_market(pool, **{**setting.tiers, "open_share": choice[0]})
        else:
            reserved = seats_reserved(pool.seats, school, int(choice[0]))
            market = local_rank_market(pool, setting.ranks[plan], reserved)
        return certified(market, deferred_acceptance(market))
    if plan in ("score", "benchmark"):
        order = pool.order(bonus_of(pool, choice) if choice else 0)
    else:
        index = setting.indices[plan] if plan in INDEX_PLANS else getattr(pool, GROUPS[plan])
        order = pool.index_order(choice[0], index)
    return certified(order_market(pool, order), in_order(pool, order))


def tuned_values(plans: Mapping[str, Mapping], plan: str) -> tuple[float, ...]:
    """Tuned weight of a plan, or the two bonuses of the benchmark; empty where there is none.

    plans: rows of the table of plans tuned at a school, by plan.
    """
    row = plans.get(plan, {})
    weights = [row.get(name, np.nan) for name in ("weight", "weight_frpl")]
    return tuple(float(one) for one in weights if np.isfinite(one))
