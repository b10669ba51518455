"""A system with the likelihood of its lists and the priors, prepared for sweeps."""

from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.selection.arrays import Demand, Outcomes, System
from welfare_added.selection.decision_density import Terms, terms_of
from welfare_added.selection.demand import demand_cells, first_values, floor_of, used
from welfare_added.selection.outcome_block import Cells, outcome_cells
from welfare_added.selection.pairs import Pairs, find_pairs
from welfare_added.selection.priors import Priors
from welfare_added.selection.state import State, draw_effects, prior_parameters
from welfare_added.selection.supply import Menus, first_utilities, menus_of
from welfare_added.selection.teams import draw_differences, with_differences


@dataclass(frozen=True)
class Model:
    """What sweeps need beside the state.

    Attributes
    ----------
    teachers, schools
        Numbers of both.
    names
        Of the regressors of outcomes, supply (inertia comes last) and demand.
    pairs, menus, terms, demand, priors
        Pairs; menus, also as terms of a density; rows of lists that the likelihood uses; priors.
    rankings
        `positive`, `order` or `full` (see `demand.used`).
    outcomes
        Sums of scores.
    scores, lists
        Sums by cell of scores, and by listed pair of regressors of eq. 3 (its values are stale).

    """

    teachers: int
    schools: int
    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    pairs: Pairs = field(repr=False)
    menus: Menus = field(repr=False)
    terms: Terms = field(repr=False)
    demand: Demand = field(repr=False)
    priors: Priors
    rankings: str
    outcomes: Outcomes = field(repr=False)
    scores: Cells = field(repr=False)
    lists: Cells = field(repr=False)

    @property
    def floor(self) -> float:
        """Utility that a ranked candidate exceeds."""
        return floor_of(self.rankings)

    def scores_of(self, state: State) -> Cells:
        """Sums by cell of scores, with the state's differences of teammates as data."""
        return with_differences(self.scores, self.outcomes, state.difference)


def state_model(system: System, rankings: str, priors: Priors) -> Model:
    """Prepare a system for sweeps.

    Raises
    ------
    UserError
        If the likelihood of the lists is unknown or leaves a coefficient without data.

    """
    system = replace(system, demand=used(system.demand, rankings))
    pairs, names = find_pairs(system), system.supply.names
    menus = menus_of(system, pairs)
    values = np.zeros(len(system.demand.rank))
    return Model(
        teachers=system.teachers,
        schools=system.schools,
        names=(system.outcomes.names, (*names, "inertia"), system.demand.names),
        pairs=pairs,
        menus=menus,
        terms=terms_of(menus),
        demand=system.demand,
        priors=priors,
        rankings=rankings,
        outcomes=system.outcomes,
        scores=outcome_cells(system.outcomes, system.teachers),
        lists=demand_cells(system.demand, pairs, values, system.teachers),
    )


def start(model: Model, start_from: Priors, rng: np.random.Generator) -> State:
    """First state: parameters and effects drawn, latent utilities that respect all decisions.

    Coefficients are drawn per unit of their regressors' root mean square where this is above one:
    a coefficient of minutes of the size of one of shares would make absurd utilities.

    Parameters
    ----------
    model
        Prepared system.
    start_from
        Distribution of the starting parameters: narrower than diffuse priors, and dispersed.
    rng
        The chain's generator.

    """
    p, q, k = (len(names) for names in model.names)
    parameters = prior_parameters(start_from, (p, q - 1, k), model.schools, rng)
    for name, square in _mean_squares(model).items():
        parameters[name] = parameters[name] / np.sqrt(np.maximum(square, 1.0))
    effects = draw_effects(parameters["scales"], model.pairs, model.teachers, rng)
    utility, fallback = first_utilities(model.menus)
    values = first_values(model.demand, model.floor)
    effect = effects["theta"][model.scores.teacher] + effects["eta_y"]
    difference = draw_differences(model.outcomes, effect, parameters["scales"].sd_eps, rng)
    return State(
        **parameters,
        **effects,
        utility=utility,
        fallback=fallback,
        value=values,
        difference=difference,
    )


def _mean_squares(model: Model) -> dict[str, np.ndarray]:
    """Mean squares of the regressors of outcomes, supply and demand."""
    menus, lists = model.menus.regressors, model.demand.regressors
    rows = model.outcomes.rows.sum()
    return {
        "outcome": np.diag(model.outcomes.cross) / rows,
        "supply": (menus**2).mean(axis=0),
        "demand": (lists**2).mean(axis=0) if len(lists) else np.zeros(lists.shape[1]),
    }
