"""The best rule by census tract at one school: its class, everybody's placement, its efficiency."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.efficiency import efficiency_table
from welfare_added.admissions.plans import Outcome, by_bonus, certified
from welfare_added.admissions.pool import Pool, members
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.tract_rule import TractRule, tract_rule
from welfare_added.admissions.two_weights import wants_seat
from welfare_added.assignment.deferred_acceptance import deferred_acceptance
from welfare_added.assignment.seats import Market, Placement

ROUNDS = 50


@dataclass(frozen=True)
class TractPlan:
    """A rule by cells at one school, all others admitting by key.

    rule: the best for those who want a seat at the school, given everybody's place. here: (n,)
    whether each applicant of the pool is in its class, which is the school's. outcome: everybody's
    place, certified. rounds: of rules looked for until both agreed.
    """

    rule: TractRule
    here: np.ndarray
    outcome: Outcome
    rounds: int


def rule_at(
    pool: Pool,
    placement: Placement,
    cell: np.ndarray,
    school: int,
    target: int,
    *,
    exactly: bool = False,
) -> tuple[TractRule, np.ndarray]:
    """The best rule for those who want a seat at a school, and its class (n,).

    placement: by which it is decided who wants one. Under the race-only benchmark it makes the rule
    comparable with this: both choose among the same students, so the benchmark's mean is not lower.
    cell: (n,) labels of the applicants of the pool. Raises Unreachable as `tract_rule`.
    """
    wanted = np.flatnonzero(wants_seat(pool, placement, school))
    seats = int(pool.seats[school])
    given = pool.keys[wanted], pool.minority[wanted], cell[wanted]
    rule = tract_rule(*given, seats, target, exactly=exactly)
    here = np.zeros(len(pool), dtype=bool)
    here[wanted[rule.admitted]] = True
    return rule, here


def tract_plan(
    pool: Pool, cell: np.ndarray, school: int, target: int, *, exactly: bool = False
) -> TractPlan:
    """Place everybody, with the best rule by cells at one school and keys alone at the others.

    Who wants a seat there depends on the places at the other schools, and these on the rule: from
    the plan by score on, both are found in turn until they agree. Raises Unreachable as
    `tract_rule`, or where `ROUNDS` rounds do not agree.
    """
    outcome = by_bonus(pool, 0)
    for rounds in range(1, ROUNDS + 1):
        rule, here = rule_at(pool, outcome.placement, cell, school, target, exactly=exactly)
        if np.array_equal(members(outcome.placement, pool.lists, school), here):
            return TractPlan(rule, here, outcome, rounds)
        market = rule_market(pool, school, reaches_cutoff(pool, cell, rule))
        outcome = certified(market, deferred_acceptance(market))
    raise Unreachable(
        f"{ROUNDS} rounds met no rule by cells that agrees with the places at other schools; "
        "choose another number of minority students"
    )


def reaches_cutoff(pool: Pool, cell: np.ndarray, rule: TractRule) -> np.ndarray:
    """Whether each applicant's key reaches the cutoff of her cell, (n,)."""
    at = np.searchsorted(rule.cells, cell).clip(max=len(rule.cells) - 1)
    return (rule.cells[at] == cell) & (rule.counts[at] > 0) & (pool.keys >= rule.cutoffs[at])


def rule_market(pool: Pool, school: int, reaches: np.ndarray) -> Market:
    """The market in which one school takes those who reach their cutoff before all others.

    reaches: (n,). Within both groups, and at the other schools, the keys decide.
    """
    beyond = int(pool.keys.max(initial=0)) + 1
    first = (pool.lists == school) & reaches[:, None]
    keys = (pool.keys[:, None] + beyond * first).astype(float)
    return Market(pool.lists, pool.seats[:, None], keys[:, :, None])


def gap_to(
    score: Mapping,
    rule: Mapping,
    plan: Mapping,
    rule_benchmarks: Mapping[str, Mapping],
    plan_benchmarks: Mapping[str, Mapping],
) -> pd.DataFrame:
    """Efficiencies of the best rule by tract and of a plan: measure, target, rule, plan, gap.

    gap: rule minus plan. Each class is compared with the benchmarks matched to its own numbers.
    By the mean and minority students alone, and with the class of `rule_at` under that benchmark,
    the rule's efficiency is the largest of any rule by these cells; by the SD it need not be.
    score, rule, plan: statistics of the classes; the others: of matched benchmarks by target, see
    `efficiency_table`.
    """
    of_rule = efficiency_table(score, rule, rule_benchmarks).rename(columns={"value": "rule"})
    of_plan = efficiency_table(score, plan, plan_benchmarks)["value"]
    return of_rule.assign(plan=of_plan, gap=of_rule["rule"] - of_plan)
