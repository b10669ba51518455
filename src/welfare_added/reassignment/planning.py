"""Reassignment of a year in draws of the posterior, by both planners (Laverde et al., 6.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.reassignment.benchmark import random_weights
from welfare_added.reassignment.draws import CLAIRVOYANT, Draw, Planned, expected_scores, plan_draws
from welfare_added.reassignment.from_records import Parameters, YearRecords, draw_of
from welfare_added.reassignment.groups import group_names, make_groups
from welfare_added.selection.all_pairs import Matches, expected_matches, matches_of_all_pairs
from welfare_added.selection.model import Model
from welfare_added.selection.state import State

# Streams of random numbers of a year, beside the draw's own.
PAIRS, ERRORS, RANDOM = range(3)


@dataclass(frozen=True)
class Choices:
    """How a year is planned.

    Attributes
    ----------
    aims
        Of `plans.AIMS`.
    errors
        Of `from_records.ERRORS`: of students, in the share proficient.
    shocks
        Whether utilities have the errors of eqs. 2 and 3.
    cut
        Score from which a student is proficient.
    random_draws
        Assignments of the random benchmark where it has no closed form.
    seed
        Of all that is drawn.

    """

    aims: Sequence[str]
    errors: str
    shocks: bool
    cut: float
    random_draws: int
    seed: int

    def stream(self, kind: int, *key: int) -> np.random.Generator:
        """Generator of a draw or year, whatever the others."""
        seeds = np.random.SeedSequence(self.seed, spawn_key=(kind, *key))
        return np.random.Generator(np.random.PCG64(seeds))


@dataclass(frozen=True)
class YearPlans:
    """Plans of a year, and what pools them with those of others.

    Attributes
    ----------
    planned
        Plans, results and gains (`draws.Planned`).
    sizes
        One row: year, positions, candidates, students (pairs with teachers), random_exact.
    selected
        teacher (number), brought_in and displaced: draws in which the clairvoyant planner of the
        mean score, unconstrained, places who had no position, and leaves out who had one.

    """

    planned: Planned
    sizes: pd.DataFrame
    selected: pd.DataFrame = field(repr=False)


def parameters_of(model: Model, state: State, matches: Matches) -> Parameters:
    """A kept state of a chain, as reassignment takes it; inertia is left out (section 6.1)."""
    outcomes, _, demand = model.names
    return Parameters(
        outcomes=dict(zip(outcomes, state.outcome, strict=True)),
        sd_eps=state.scales.sd_eps,
        supply=state.supply[:-1],
        attraction=state.school_effect,
        demand=dict(zip(demand, state.demand, strict=True)),
        theta=state.theta,
        phi=state.phi,
        **vars(matches),
    )


def plan_year(
    own: YearRecords,
    model: Model,
    states: Sequence[State],
    choices: Choices,
    past: tuple[Model, Sequence[State]] | None = None,
) -> YearPlans:
    """Plan a year in all draws.

    Parameters
    ----------
    own
        The year.
    model, states
        Of all years: each state is a draw.
    choices
        How.
    past
        The same of the years before alone, by which the feasible planner goes; None: there is none.

    """
    weights, exact = random_weights(
        own.year, choices.stream(RANDOM, own.year.year), choices.random_draws
    )
    expected = None
    if past is not None:
        expected = {
            aim: expected_scores(_past_draws(own, *past, choices), aim, own.sums, own.students)
            for aim in choices.aims
        }
    groups = make_groups(own.students, group_names(own.quartile, own.white))
    draws = _draws(own, model, states, choices)
    planned = plan_draws(
        own.year, draws, own.sums, own.students, choices.aims, expected, groups, weights
    )
    size = {
        "year": own.year.year,
        "positions": len(own.year.school),
        "candidates": len(own.year.own),
        "students": len(own.score),
        "random_exact": exact,
    }
    return YearPlans(planned, pd.DataFrame([size]), _selected(own, planned.plans))


def _draws(own: YearRecords, model: Model, states: Sequence[State], choices: Choices):
    """Draws of all years, each with the same matches in every year."""
    for number, state in enumerate(states):
        matches = matches_of_all_pairs(model, state, choices.stream(PAIRS, number))
        yield draw_of(
            own,
            parameters_of(model, state, matches),
            number,
            choices.stream(ERRORS, own.year.year, number),
            cut=choices.cut,
            errors=choices.errors,
            shocks=choices.shocks,
        )


def _past_draws(
    own: YearRecords, model: Model, states: Sequence[State], choices: Choices
) -> Iterator[Draw]:
    """Draws of what is known: matches as expected, the year's effect that of a mean year before."""
    for number, state in enumerate(states):
        parameters = parameters_of(model, state, expected_matches(model, state))
        effects = parameters.outcomes
        before = [effects.get(f"year_{year}", 0.0) for year in own.before]
        effects[own.levels[0]] = float(np.mean(before))
        rng = choices.stream(ERRORS, own.year.year, number)
        yield draw_of(own, parameters, number, rng, cut=choices.cut, errors="expected")


def _selected(own: YearRecords, plans: pd.DataFrame) -> pd.DataFrame:
    """See `YearPlans.selected`."""
    label = {"planner": CLAIRVOYANT, "aim": "mean_score", "scenario": "unconstrained"}
    rows = plans[np.logical_and.reduce([plans[name] == one for name, one in label.items()])]
    placed = np.bincount(rows["candidate"], minlength=len(own.teacher))
    had, draws = own.year.own >= 0, rows["draw"].nunique()
    return pd.DataFrame(
        {
            "teacher": own.teacher,
            "brought_in": np.where(had, 0, placed),
            "displaced": np.where(had, draws - placed, 0),
        }
    )
