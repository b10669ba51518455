"""Policies: who ranks by what, which pairs can meet, and the allocation that follows."""

from dataclasses import dataclass

import numpy as np

from welfare_added.assignment.dense import optimal_matching
from welfare_added.assignment.one_to_one import (
    blocking_pairs,
    other_side,
    serial_dictatorship,
    stable_matching,
)
from welfare_added.market.simulate import Run
from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class Policy:
    """A stable allocation (Bates et al. 2022, sections 1.4 and 7.3).

    Attributes
    ----------
    teachers, principals
        What each side ranks by: estimated preferences, or value_added.
    options
        Which pairs can meet: those whose windows overlap, or all.
    proposing
        Whose best stable allocation it is: teachers' or principals'.

    """

    teachers: str = "estimated"
    principals: str = "estimated"
    options: str = "all"
    proposing: str = "teachers"


STATUS_QUO = "status_quo"
POLICIES = {
    STATUS_QUO: Policy(options="windows"),
    "school_proposing": Policy(options="windows", proposing="principals"),
    "all_options": Policy(),
    "all_options_school_proposing": Policy(proposing="principals"),
    "principals_windows": Policy(principals="value_added", options="windows"),
    "principals": Policy(principals="value_added"),
    "principals_school_proposing": Policy(principals="value_added", proposing="principals"),
    "teachers": Policy(teachers="value_added"),
    "teachers_school_proposing": Policy(teachers="value_added", proposing="principals"),
    "both": Policy(teachers="value_added", principals="value_added"),
}
# Who picks first: teachers by a trait, or positions by one; the highest first, in the windows.
SERIAL = {
    "serial_advantage": ("teachers", "absolute_advantage"),
    "serial_experience": ("teachers", "experience"),
    "serial_schools": ("principals", "share_1"),
}
OPTIMA = ("best", "teacher_best", "worst")


@dataclass(frozen=True)
class Allocation:
    """Who gets which position.

    Attributes
    ----------
    partner
        (J,) position of each teacher, -1 if none.
    blocking
        Pairs who would rather have each other; counted of stable allocations alone, else NaN.
    ties
        Neighbours on both sides' lists who are worth the same to whom they are listed by.
    relative_gap
        Certified relative distance from the optimum; of optima alone, else NaN.

    """

    partner: np.ndarray
    blocking: float = float("nan")
    ties: float = float("nan")
    relative_gap: float = float("nan")


def allocate(run: Run, name: str) -> Allocation:
    """The allocation of a policy of `POLICIES`, `SERIAL` or `OPTIMA` in a run.

    Raises UserError where the policy is unknown, or a trait that it needs is not there.
    """
    if name in POLICIES:
        return stable(run, POLICIES[name])
    if name in SERIAL:
        return _serial(run, *SERIAL[name])
    if name in OPTIMA:
        value_added, utility = run.market.value_added, run.teachers
        scores = {
            "best": (value_added, utility),
            "teacher_best": (utility, value_added),
            "worst": (-value_added, utility),
        }
        found = optimal_matching(*scores[name], where=f"run {run.number}, {name}")
        return Allocation(found.partner, relative_gap=found.relative_gap)
    raise UserError(f"policy {name!r} is unknown; want {', '.join((*POLICIES, *SERIAL, *OPTIMA))}")


def stable(run: Run, policy: Policy) -> Allocation:
    """The stable allocation of a policy, with its blocking pairs counted from values alone."""
    teachers = run.lists("teachers", policy.teachers, policy.options)
    principals = run.lists("principals", policy.principals, policy.options)
    if policy.proposing == "teachers":
        partner = stable_matching(teachers, principals)
    else:
        partner = other_side(stable_matching(principals, teachers), len(run.positions))
    blocking = blocking_pairs(
        run.values("teachers", policy.teachers),
        run.values("principals", policy.principals),
        partner,
        run.allowed(policy.options),
        run.choices.infeasible,
    )
    return Allocation(partner, blocking, teachers.ties + principals.ties)


def _serial(run: Run, side: str, trait: str) -> Allocation:
    """Each of a side picks, in the windows, the best that is left by its estimated preferences."""
    market = run.market
    values = getattr(market, trait, market.teacher_traits.get(trait))
    if values is None:
        raise UserError(f"market: teachers have no column {trait}, by which they are to pick")
    lists = run.lists(side, "estimated", "windows")
    partner = serial_dictatorship(lists, np.argsort(-values, kind="stable"))
    if side == "principals":
        partner = other_side(partner, len(run.positions))
    return Allocation(partner)
