"""Tests of the sampler on data that the model generates: invariance, calibration, coverage."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.diagnostics import diagnose
from welfare_added.selection.factors import draw_scales, with_all_matches
from welfare_added.selection.hamiltonian import move
from welfare_added.selection.model import Model, state_model
from welfare_added.selection.parameters import parameter_names, parameter_values
from welfare_added.selection.preconditioner import Coordinates, find_coordinates
from welfare_added.selection.priors import Priors
from welfare_added.selection.published_sweep import published_sweep
from welfare_added.selection.simulate import World, draw_parameters, simulate
from welfare_added.selection.state import State
from welfare_added.selection.supply import first_utilities, school_precision
from welfare_added.selection.sweep import held, sweep


@dataclass(frozen=True)
class JointTest:
    """Changes of means of functions of parameters, effects and latent utilities.

    Attributes
    ----------
    table
        function, change (its mean over replications), error (standard), z.
    accepted
        Share of moves that were accepted; NaN without moves.

    """

    table: pd.DataFrame
    accepted: float


def joint_test(
    world: World,
    priors: Priors,
    rankings: str,
    replications: int,
    sweeps: int,
    seed: int,
    how: str = "moves",
) -> JointTest:
    """Joint distribution test (Geweke 2004) by independent replications.

    Parameters and effects are drawn from the prior and data from the model. Sweeps from there leave
    the joint distribution as it is, so that no mean of a function of the state may change.

    Parameters
    ----------
    world, priors, rankings
        Small world; proper and informative priors; `order` or `full`.
    replications, sweeps
        Number of replications, and of sweeps of each.
    seed
        Of the replications.
    how
        `moves` (Hamiltonian, then a sweep), `plain` (sweeps) or `published` (appendix B's).

    """
    changes, accepted = [], []
    for replication in range(replications):
        rng = generator(seed, replication)
        parameters = draw_parameters(world, priors, rng)
        if how == "published":
            parameters["scales"] = draw_scales(priors, rng)
            q = parameters["scales"].sd_school * rng.standard_normal(world.system.schools)
            parameters["school_effect"] = parameters["school_mean"] + q
        system, state = simulate(world, parameters, rankings, rng)
        model = state_model(system, rankings, priors)
        if how == "published":
            state = with_all_matches(model, state, rng)
        coordinates = _coordinates_of_data(model, state) if how == "moves" else None
        before = _functions(model, state)
        for _ in range(sweeps):
            if coordinates is not None:
                state, yes = move(held(model, state), coordinates, state, rng)
                accepted.append(yes)
            step = published_sweep if how == "published" else sweep
            state = step(model, state, rng)
        after = _functions(model, state)
        changes.append({name: after[name] - before[name] for name in after})
    table = pd.DataFrame(changes)
    change, error = table.mean(), table.std(ddof=1) / np.sqrt(replications)
    found = pd.DataFrame({"change": change, "error": error, "z": change / error})
    share = float(np.mean(accepted)) if accepted else np.nan
    return JointTest(found.rename_axis("function").reset_index(), share)


def calibration(
    world: World,
    priors: Priors,
    rankings: str,
    schedule: Schedule,
    worlds: int,
    seed: int,
    names: list[str],
    keep: int = 19,
) -> pd.DataFrame:
    """Simulation-based calibration (Talts et al. 2018): ranks of true values among draws.

    Parameters
    ----------
    world, priors, rankings
        As in `joint_test`; rankings may be `positive` too, whose data are no draw from its
        likelihood, so that its ranks of eq. 3 are not uniform.
    schedule
        Of one chain a world.
    worlds, seed
        Number of worlds; seed.
    names
        Parameters, as `parameters.parameter_names` names them.
    keep
        Evenly spaced draws among which a true value is ranked (0 to `keep`).

    Returns
    -------
    DataFrame
        world, parameter, rank, bulk (effective draws of the chain).

    """
    rows = []
    for number in range(worlds):
        rng = generator(seed, number)
        system, truth = simulate(world, draw_parameters(world, priors, rng), rankings, rng)
        model = state_model(system, rankings, priors)
        draws = advance(model, begin(model, priors, rng), schedule, schedule.sweeps).draws
        every = np.linspace(0, len(draws) - 1, keep).round().astype(int)
        true, place = parameter_values(model, truth), parameter_names(model)
        for name in names:
            j = place.index(name)
            rank = int((draws[every, j] < true[j]).sum())
            bulk = diagnose(draws[None, :, j]).bulk
            rows.append({"world": number, "parameter": name, "rank": rank, "bulk": bulk})
    return pd.DataFrame(rows)


def coverage(
    worlds: list[World],
    parameters: list[dict],
    priors: Priors,
    start_from: Priors,
    rankings: str,
    schedule: Schedule,
    chains: int,
    seed: int,
) -> pd.DataFrame:
    """Whether central 90% intervals cover planted values, world by world.

    Parameters
    ----------
    worlds, parameters
        Worlds, and the planted parameters of each (keywords of a `State`).
    priors, start_from
        Of the estimation; of the starting values.
    rankings, schedule, chains, seed
        Likelihood of lists; schedule of each chain; number of chains; seed.

    Returns
    -------
    DataFrame
        world, parameter, true, mean, sd, covered, r_hat, bulk.

    """
    rows = []
    for number, (world, planted) in enumerate(zip(worlds, parameters, strict=True)):
        rng = generator(seed, number)
        system, truth = simulate(world, planted, rankings, rng)
        model = state_model(system, rankings, priors)
        draws = [
            advance(model, begin(model, start_from, one), schedule, schedule.sweeps).draws
            for one in rng.spawn(chains)
        ]
        true = parameter_values(model, truth)
        for j, name in enumerate(parameter_names(model)):
            values = np.array(draws)[:, :, j]
            low, high = np.quantile(values, [0.05, 0.95])
            found = diagnose(values)
            rows.append(
                {
                    "world": number,
                    "parameter": name,
                    "true": true[j],
                    "mean": values.mean(),
                    "sd": values.std(),
                    "covered": low <= true[j] <= high,
                    "r_hat": found.r_hat,
                    "bulk": found.bulk,
                }
            )
    return pd.DataFrame(rows)


def _coordinates_of_data(model: Model, state: State) -> Coordinates:
    """Coordinates that depend on the data alone, as moves without a pilot need."""
    utility, fallback = first_utilities(model.menus)
    nothing = np.zeros(len(model.pairs.teacher))
    target = replace(
        held(model, replace(state, utility=utility, fallback=fallback)),
        taste_precision=nothing,
        taste_product=nothing,
        school_precision=school_precision(model.schools, 0.3, model.priors),
    )
    parameters = np.zeros(len(state.supply) + len(state.school_effect) + 1)
    parameters[-1] = np.log(0.3)
    return find_coordinates(target, parameters, np.concatenate([nothing, fallback]))


def _functions(model: Model, state: State) -> dict[str, float]:
    """First and second moments of parameters, effects and utilities."""
    values = dict(zip(parameter_names(model), parameter_values(model, state), strict=True))
    values |= {name: np.log(values[name]) for name in values if name.startswith("sd ")}
    values["school mean"] = state.school_mean
    for name in ("theta", "eta_u", "eta_v", "utility", "fallback", "value"):
        effect = getattr(state, name)
        values |= {f"first {name}": effect[0], f"mean {name}": effect.mean()}
        values[f"spread {name}"] = effect.std()
    eta_y = (
        state.eta_y[model.pairs.of_cell] if len(state.eta_y) == len(state.eta_u) else (state.eta_y)
    )
    values |= {"first eta_y": eta_y[0], "spread eta_y": eta_y.std()}
    ranked = model.pairs.ranked_teacher
    values["theta phi"] = state.theta[ranked] @ state.phi[ranked]
    values["eta_y eta_u"] = eta_y @ state.eta_u[model.pairs.of_cell]
    values["eta_u eta_v"] = state.eta_u[model.pairs.listed] @ state.eta_v
    return values | {f"{name} squared": value**2 for name, value in values.items()}
