"""Optimal plans of a year in the four scenarios, with proofs, and checks that they are nested."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from welfare_added.assignment.masked import MaskedOptimum, NoAssignmentError, optimal_assignment
from welfare_added.reassignment.scores import Sums
from welfare_added.reassignment.year import SCENARIOS, Year, lacking
from welfare_added.run.errors import UserError

TOLERANCE = 1e-9  # of certificates, and of comparisons of scenarios, relative
AIMS = ("mean_score", "share_proficient", "class_mean")


class NotNestedError(RuntimeError):
    """A scenario with more constraints that is worth more."""


@dataclass(frozen=True)
class Plan:
    """A plan of one scenario.

    Attributes
    ----------
    holder
        (n,) candidate in each position.
    value
        Of the scores on which it was planned.
    relative_gap
        Of its certificate.

    """

    holder: np.ndarray = field(repr=False)
    value: float
    relative_gap: float


def aim_scores(aim: str, totals: np.ndarray, sums: Sums, counts: np.ndarray | None) -> np.ndarray:
    """What a planner adds up, (m, n): of an aim of `AIMS`.

    totals: `total_scores`; counts: of `proficient`, for the second aim alone. Positions without
    students count 0 in the class mean.
    """
    if aim == "mean_score":
        return totals
    if aim == "class_mean":
        return totals / np.maximum(sums.students, 1.0)
    if aim == "share_proficient" and counts is not None:
        return counts
    raise UserError(f"reassignment.aims: {aim!r}; want {', '.join(AIMS)}, the second with counts")


def plans(
    year: Year,
    scores: np.ndarray,
    allowed: Mapping[str, np.ndarray],
    known: Mapping[str, Plan] | None = None,
) -> dict[str, Plan]:
    """Optimal plan of each scenario, each proven to `TOLERANCE`; of equals, see `preference`.

    Parameters
    ----------
    year
        Candidates and positions.
    scores
        (m, n) of `aim_scores`: of the draw itself (the clairvoyant planner of the paper), or
        what a planner expects (the feasible one).
    allowed
        Of `masks`.
    known
        Plans of scenarios that need not be solved again.

    Raises
    ------
    UserError
        If positions cannot all be filled: names the year, licences and numbers.
    NotNestedError
        If a scenario with more constraints is worth more.

    """
    made, order = dict(known or {}), [name for name in SCENARIOS if name in allowed]
    preferred = preference(year)
    for name in order:
        if name in made:
            continue
        rows = np.flatnonzero(allowed[name].any(axis=1))
        optimum = _solved(year, scores[rows], allowed[name][rows], preferred[rows], name)
        made[name] = Plan(rows[optimum.row], optimum.value, optimum.relative_gap)
    size = max((abs(plan.value) for plan in made.values()), default=0.0)
    largest = float(np.abs(scores[np.isfinite(scores)]).max(initial=0.0))
    for wide, narrow in pairwise(order):
        if made[narrow].value > made[wide].value + TOLERANCE * max(size, largest):
            raise NotNestedError(f"{year.year}: {narrow} is worth more than {wide}")
    return made


def preference(year: Year) -> np.ndarray:
    """Integers (m, n) by which plans that are worth the same are told apart.

    Most of all teachers stay where they are; then fixed random numbers decide.
    """
    shape = year.licensed.shape
    numbers = np.random.default_rng(0).integers(1 << 30, size=shape)
    placed = np.flatnonzero(year.own >= 0)
    numbers[placed, year.own[placed]] += len(year.own) << 30
    return numbers


def _solved(year: Year, scores, allowed, preferred, name: str) -> MaskedOptimum:
    where = f"{year.year}, {name}"
    try:
        return optimal_assignment(scores, allowed, TOLERANCE, where, preferred)
    except NoAssignmentError as error:
        raise UserError(
            f"{lacking(year, error.columns)}. Add candidates or licences, or leave positions out"
        ) from error


def moved(year: Year, holder: np.ndarray) -> dict[str, int]:
    """Who moves under a plan: moves, teachers left without a position, candidates brought in."""
    observed = year.observed
    held = np.zeros(len(year.own), dtype=bool)
    held[holder] = True
    had = year.own >= 0
    return {
        "moves": int((holder != observed).sum()),
        "displaced": int((had & ~held).sum()),
        "brought_in": int((~had & held).sum()),
    }


def worse_off(year: Year, holder: np.ndarray, utility: np.ndarray) -> int:
    """Teachers with another position than their own that is worth less to them."""
    own = year.own[holder]
    placed = own >= 0
    positions = np.arange(len(holder))
    return int((utility[holder, positions][placed] < utility[holder[placed], own[placed]]).sum())
