"""Data from the model: decisions and scores of a system whose regressors are given.

Used to test the sampler; the rules by which data arise are those of the likelihood.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.selection.arrays import ACCEPTED, DECLINED, Demand, Outcomes, Supply, System
from welfare_added.selection.fallbacks import fallbacks_of
from welfare_added.selection.pairs import Pairs, find_pairs
from welfare_added.selection.priors import Priors
from welfare_added.selection.state import (
    State,
    draw_effects,
    prior_parameters,
    sizes_of,
)
from welfare_added.selection.sums import sum_outcomes, sum_team_outcomes
from welfare_added.selection.teams import draw_differences


@dataclass(frozen=True)
class World:
    """Regressors of a system, rows of students included; decisions of `system` mean nothing.

    Attributes
    ----------
    system
        Arrays of the right shapes; all candidates on its lists are those interviewed.
    regressors, teacher, school
        (N, p), (N,) and (N,) of rows of scores.
    would_offer
        (R,) vacancies whose offers arrive at the same time, if the teacher applies.
    score
        (N,) number of the score of each row: rows of a team of teachers have the same. None: each
        row is a score of its own.

    """

    system: System
    regressors: np.ndarray = field(repr=False)
    teacher: np.ndarray = field(repr=False)
    school: np.ndarray = field(repr=False)
    would_offer: np.ndarray = field(repr=False)
    score: np.ndarray | None = field(default=None, repr=False)

    @property
    def pairs(self) -> Pairs:
        """Pairs when all candidates are used."""
        return find_pairs(self.system)


def draw_parameters(world: World, priors: Priors, rng: np.random.Generator) -> dict:
    """Parameters from the prior, as keywords of `State`."""
    return prior_parameters(priors, sizes_of(world.system), world.system.schools, rng)


def simulate(
    world: World, parameters: dict, rankings: str, rng: np.random.Generator
) -> tuple[System, State]:
    """Data and true state of a world.

    Parameters
    ----------
    world
        Regressors.
    parameters
        As `draw_parameters` gives them.
    rankings
        `order`: every candidate is ranked. `full`: those above zero, at most `most_ranked`.
        `positive`: the same, and only they are on the lists (the published likelihood's data).
    rng
        Generator.

    """
    pairs, base = world.pairs, world.system
    effects = draw_effects(parameters["scales"], pairs, base.teachers, rng)
    state = State(
        **parameters, **effects, utility=np.empty(0), fallback=np.empty(0), value=np.empty(0)
    )
    outcomes = _scores(world, pairs, state, rng)
    effect = state.theta[outcomes.teacher] + state.eta_y
    difference = draw_differences(outcomes, effect, state.scales.sd_eps, rng)
    state = replace(state, difference=difference)
    supply, state = _applications(world, pairs, state, rng)
    demand, state = _rankings(base.demand, pairs, state, rankings, rng)
    return replace(base, outcomes=outcomes, supply=supply, demand=demand), state


def _scores(world: World, pairs: Pairs, state: State, rng) -> Outcomes:
    schools = world.system.schools
    cells = world.system.outcomes
    code = cells.teacher.astype(np.int64) * schools + cells.school
    cell = np.searchsorted(code, world.teacher.astype(np.int64) * schools + world.school)
    mean = world.regressors @ state.outcome + state.theta[world.teacher] + state.eta_y[cell]
    rows = world.regressors, world.teacher, world.school
    if world.score is None:
        scores = mean + state.scales.sd_eps * rng.standard_normal(len(cell))
        return sum_outcomes(cells.names, schools, [(scores, *rows)])
    _, place = np.unique(world.score, return_inverse=True)
    scores = np.bincount(place, mean) / np.bincount(place)
    scores += state.scales.sd_eps * rng.standard_normal(len(scores))
    return sum_team_outcomes(cells.names, schools, [(scores[place], *rows, world.score)])


def _applications(world: World, pairs: Pairs, state: State, rng) -> tuple[Supply, State]:
    data = world.system.supply
    coefficients, worth = state.supply[:-1], fallbacks_of(data, pairs, world.system.schools)
    utility = (
        data.regressors @ coefficients
        + state.school_effect[data.school]
        + state.eta_u[pairs.of_row]
        + rng.standard_normal(len(data.school))
    )
    fallback = rng.standard_normal(len(data.teacher))
    fallback[worth.own] += (
        worth.regressors[worth.own] @ state.supply
        + worth.schools @ state.school_effect
        + worth.pairs @ state.eta_u
    )
    menu = np.repeat(np.arange(len(data.teacher)), np.diff(data.first))
    applied = utility > fallback[menu]
    offer = np.zeros(len(menu), dtype=np.int8)
    offered = np.flatnonzero(applied & world.would_offer)
    number = np.bincount(menu[offered], minlength=len(fallback))
    offered = offered[number[menu[offered]] > 1]
    offer[offered] = DECLINED
    best = np.full(len(fallback), -np.inf)
    np.maximum.at(best, menu[offered], utility[offered])
    offer[offered[utility[offered] == best[menu[offered]]]] = ACCEPTED
    return (
        replace(data, applied=applied, offer=offer),
        replace(state, utility=utility, fallback=fallback),
    )


def _rankings(data: Demand, pairs: Pairs, state: State, rankings, rng) -> tuple[Demand, State]:
    value = (
        data.regressors @ state.demand
        + state.phi[data.teacher]
        + state.eta_v[pairs.of_candidate]
        + rng.standard_normal(len(data.teacher))
    )
    number = np.repeat(np.arange(len(data.first) - 1), np.diff(data.first))
    best_first = np.lexsort((-value, number))
    place = np.empty(len(value), dtype=np.int64)
    place[best_first] = np.arange(len(value)) - data.first[number]
    ranked = np.ones(len(value), dtype=bool)
    if rankings != "order":
        ranked = (place < data.most_ranked) & (value > 0)
    # Nothing may tell of who was not ranked, not even the order of rows.
    order = np.lexsort((np.where(ranked, place, len(value)), number))
    place, ranked, value = place[order], ranked[order], value[order]
    demand = replace(
        data,
        teacher=data.teacher[order],
        school=data.school[order],
        regressors=data.regressors[order],
        rank=np.where(ranked, place + 1, 0),
        most_ranked=max(data.most_ranked, int(np.diff(data.first).max()))
        if rankings == "order"
        else data.most_ranked,
    )
    return demand, replace(state, value=value)
