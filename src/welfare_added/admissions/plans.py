"""The admission plans by name: each places everybody, tuned to a school's class under the tiers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from welfare_added.admissions.local_ranks import local_rank_market, seats_reserved
from welfare_added.admissions.pool import Pool, in_order, members, order_market
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.tier_plan import tier_market, tier_plan
from welfare_added.admissions.tuning import IndexSteps, Tuned, tuned_reserve
from welfare_added.admissions.two_weights import (
    Benchmark,
    Seekers,
    benchmarks,
    bonus_of,
    composition,
)
from welfare_added.assignment.deferred_acceptance import deferred_acceptance
from welfare_added.assignment.seats import Market, Placement
from welfare_added.assignment.stability import Stability, stability

# Plans with a bonus for an index, by the name of the index; and those that reserve seats.
INDEX_PLANS = (
    *("unweighted", "unweighted_frpl", "reweighted", "reweighted_frpl"),
    *("lasso", "lasso_frpl"),
)
RANK_PLANS = ("top_communities", "top_tracts")
# The plan whose class is a plan's matched benchmark, by what it matches.
MATCHED = {"overall": "benchmark", "minority_only": "race_only", "income_only": "frpl_only"}
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
    targets
        minority and frpl, students wanted in place of those of the plan in force, by place of the
        school.

    """

    pool: Pool
    indices: Mapping[str, np.ndarray]
    ranks: Mapping[str, np.ndarray]
    tiers: Mapping[str, object]
    targets: Mapping[int, Mapping[str, int]] = field(default_factory=dict)

    @cached_property
    def _schools(self) -> dict[int, "_AtSchool"]:
        return {}

    def at(self, school: int) -> "_AtSchool":
        """What plans tuned at a school share, kept."""
        return self._schools.setdefault(school, _AtSchool(self, school))

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


class _AtSchool:
    """What the plans tuned at one school share: steps by weight, and outcomes made before."""

    def __init__(self, setting: Setting, school: int):
        self.setting, self.school = setting, school
        self.outcomes: dict[tuple, Outcome | Unreachable] = {}
        self._steps: dict[str, IndexSteps] = {}

    @cached_property
    def seekers(self) -> Seekers:
        return Seekers(self.setting.pool, self.school)

    def steps(self, name: str) -> IndexSteps:
        if name not in self._steps:
            pool = self.setting.pool
            of = pool.frpl if name == "frpl_only" else pool.minority
            index = self.setting.indices[name] if name in INDEX_PLANS else of
            self._steps[name] = IndexSteps(pool, index, self.school, of)
        return self._steps[name]


def current_class(setting: Setting, school: int) -> tuple[int, int]:
    """Minority and free-lunch students at a school under the tier plan."""
    pool = setting.pool
    return composition(pool, members(tier_plan(pool, **setting.tiers), pool.lists, school))


def wanted_class(setting: Setting, school: int) -> tuple[int, int]:
    """Minority and free-lunch students that plans tuned at a school must have.

    Those under the plan in force, unless the setting has a target of its own.
    """
    minority, frpl = current_class(setting, school)
    own = setting.targets.get(school, {})
    return own.get("minority", minority), own.get("frpl", frpl)


def outcome(name: str, setting: Setting, school: int, target: tuple[int, int]) -> Outcome:
    """Place everybody by a plan whose class at ``school`` has the target's students.

    target: minority and free-lunch students. The benchmark meets both numbers; `frpl_only` the
    second, and all others that have a weight the first. An outcome is made once and kept. Raises
    Unreachable where they cannot.
    """
    kept = setting.at(school).outcomes
    of = {"score": (), "tiers": (), "benchmark": target, "frpl_only": target[1:]}
    key = name, *of.get(name, target[:1])
    if key not in kept:
        try:
            kept[key] = _outcome(name, setting, school, target)
        except Unreachable as error:
            kept[key] = error
    if isinstance(kept[key], Unreachable):
        raise kept[key]
    return kept[key]


def _outcome(name: str, setting: Setting, school: int, target: tuple[int, int]) -> Outcome:
    pool, shared = setting.pool, setting.at(school)
    if name == "score":
        return _by_order(pool, pool.order(0))
    if name == "tiers":
        return _by_acceptance(tier_market(pool, **setting.tiers))
    if name == "benchmark":
        best, *others = benchmarks(pool, school, target, shared.seekers)
        bonuses = best.minority, best.frpl
        order = pool.order(bonus_of(pool, bonuses))
        return _by_order(pool, order, weights=bonuses, solutions=(best, *others))
    if name in RANK_PLANS:
        rank = setting.ranks[name]
        tuned = tuned_reserve(pool, rank, school, pool.minority, target[0])
        reserved = seats_reserved(pool.seats, school, tuned.weight)
        market = local_rank_market(pool, rank, reserved)
        return _by_acceptance(market, weights=(tuned.weight,), tuned=tuned)
    steps = shared.steps(name)
    tuned = steps.tuned(target[1] if name == "frpl_only" else target[0])
    order = pool.index_order(tuned.weight, steps.index)
    return _by_order(pool, order, weights=(tuned.weight,), tuned=tuned)


def by_bonus(pool: Pool, bonus: np.ndarray | int, **more) -> Outcome:
    """Place everybody by keys plus bonuses (n,), with certificate. more: fields of `Outcome`."""
    return _by_order(pool, pool.order(bonus), **more)


def _by_order(pool: Pool, order: np.ndarray, **more) -> Outcome:
    return certified(order_market(pool, order), in_order(pool, order), **more)


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
    A benchmark that no bonus gives is left out.
    """
    found = {}
    for target, plan in MATCHED.items():
        with suppress(Unreachable):
            found[target] = outcome(plan, setting, school, own)
    return found
