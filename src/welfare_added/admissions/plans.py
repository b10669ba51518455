"""The admission plans by name: each places everybody, tuned to a school's class under the tiers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from welfare_added.admissions.local_ranks import local_rank_market, seats_reserved
from welfare_added.admissions.pool import Pool, bonus_market, index_bonus, members, with_bonus
from welfare_added.admissions.tier_plan import tier_market, tier_plan
from welfare_added.admissions.tuning import Tuned, tuned_index, tuned_reserve
from welfare_added.admissions.two_weights import Benchmark, benchmarks, bonus_of, composition
from welfare_added.assignment.deferred_acceptance import deferred_acceptance
from welfare_added.assignment.seats import Market, Placement
from welfare_added.assignment.stability import Stability, stability

# Plans with a bonus for an index, by the name of the index; and those that reserve seats.
INDEX_PLANS = (
    *("unweighted", "unweighted_frpl", "reweighted", "reweighted_frpl"),
    *("lasso", "lasso_frpl"),
)
RANK_PLANS = ("top_communities", "top_tracts")
PLANS = ("score", "tiers", "benchmark", "race_only", "frpl_only", *INDEX_PLANS, *RANK_PLANS)


class UnstableError(RuntimeError):
    """A placement whose certificate shows violations: an error of the program."""


@dataclass(frozen=True)
class Setting:
    """What plans are made from.

    Attributes
    ----------
    pool
        The applicants.
    indices
        (n,) index by plan, of `INDEX_PLANS`; those that are left out are not made.
    ranks
        (n,) local rank by plan, of `RANK_PLANS`; likewise.
    tiers
        Choices of the tier plan: open_share, open_first, rounding.

    """

    pool: Pool
    indices: Mapping[str, np.ndarray]
    ranks: Mapping[str, np.ndarray]
    tiers: Mapping[str, object]

    def names(self) -> list[str]:
        """Plans that can be made."""
        left_out = {*INDEX_PLANS, *RANK_PLANS} - {*self.indices, *self.ranks}
        return [name for name in PLANS if name not in left_out]


@dataclass(frozen=True)
class Outcome:
    """A plan tuned at a school.

    Attributes
    ----------
    placement
        Everybody's seat.
    certificate
        Violations of stability; none.
    weights
        The weight, or the bonuses for minority and for free lunch; empty for a plan without.
    tuned
        All weights that match, with ranges; None for a plan without one weight.
    solutions
        All pairs of bonuses found, that of the highest mean first; empty for other plans.

    """

    placement: Placement
    certificate: Stability
    weights: tuple[int, ...] = ()
    tuned: Tuned | None = None
    solutions: tuple[Benchmark, ...] = ()


def current_class(setting: Setting, school: int) -> tuple[int, int]:
    """Minority and free-lunch students at a school under the tier plan, which others must match."""
    pool = setting.pool
    return composition(pool, members(tier_plan(pool, **setting.tiers), pool.lists, school))


def outcome(name: str, setting: Setting, school: int, target: tuple[int, int]) -> Outcome:
    """Place everybody by a plan whose class at ``school`` has the target's students.

    target: minority and free-lunch students. The benchmark meets both numbers; `frpl_only` the
    second, and all others that have a weight the first. Raises Unreachable where they cannot.
    """
    pool = setting.pool
    if name == "score":
        return by_bonus(pool, 0)
    if name == "tiers":
        return _by_acceptance(tier_market(pool, **setting.tiers))
    if name == "benchmark":
        best, *others = benchmarks(pool, school, target)
        bonuses = best.minority, best.frpl
        return by_bonus(pool, bonus_of(pool, bonuses), weights=bonuses, solutions=(best, *others))
    if name in RANK_PLANS:
        rank = setting.ranks[name]
        tuned = tuned_reserve(pool, rank, school, pool.minority, target[0])
        reserved = seats_reserved(pool.seats, school, tuned.weight)
        market = local_rank_market(pool, rank, reserved)
        return _by_acceptance(market, weights=(tuned.weight,), tuned=tuned)
    of, wanted = (pool.frpl, target[1]) if name == "frpl_only" else (pool.minority, target[0])
    index = setting.indices[name] if name in INDEX_PLANS else of
    tuned = tuned_index(pool, index, school, of, wanted)
    return by_bonus(pool, index_bonus(tuned.weight, index), weights=(tuned.weight,), tuned=tuned)


def by_bonus(pool: Pool, bonus: np.ndarray | int, **more) -> Outcome:
    """Place everybody by keys plus bonuses (n,), with certificate. more: fields of `Outcome`."""
    return certified(bonus_market(pool, bonus), with_bonus(pool, bonus), **more)


def _by_acceptance(market: Market, **more) -> Outcome:
    return certified(market, deferred_acceptance(market), **more)


def certified(market: Market, placement: Placement, **more) -> Outcome:
    """An outcome with its certificate. Raises UnstableError where it is not stable."""
    certificate = stability(market, placement)
    if not certificate.stable:
        raise UnstableError(f"a placement is not stable: {certificate}")
    return Outcome(placement, certificate, **more)


def matched_benchmarks(setting: Setting, school: int, own: tuple[int, int]) -> dict[str, Outcome]:
    """The benchmarks to which a plan with these numbers of students is compared, by target.

    overall: both numbers; minority_only and income_only: one of them, by a bonus for that group.
    """
    plans = {"overall": "benchmark", "minority_only": "race_only", "income_only": "frpl_only"}
    return {target: outcome(plan, setting, school, own) for target, plan in plans.items()}
