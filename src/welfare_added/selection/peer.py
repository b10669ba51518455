"""Our sampler beside a general one (NumPyro's NUTS), on the same posterior.

The other one runs in an environment of its own: workflow/papers/laverde_2023/benchmark.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.selection.arrays import System
from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.diagnostics import diagnose
from welfare_added.selection.model import Model, state_model
from welfare_added.selection.parameters import parameter_names
from welfare_added.selection.priors import Priors


@dataclass(frozen=True)
class Run:
    """Draws (chains, draws) by parameter, and processor seconds before the first and for all."""

    draws: Mapping[str, np.ndarray]
    before: float
    sampling: float


def peer_arrays(system: System, priors: Priors) -> dict[str, np.ndarray]:
    """Arrays of the posterior under `full`, by the names that nuts.py reads.

    Raises
    ------
    UserError
        If there are concurrent offers or teams, which nuts.py does not know, or the prior of a
        standard deviation is not half-Cauchy.

    """
    model = state_model(system, "full", priors)
    sds = {name: value for name, value in vars(priors).items() if name.startswith("sd_")}
    if (
        system.supply.offer.any()
        or len(system.outcomes.overlap)
        or any(prior.kind != "half_cauchy" for prior in sds.values())
    ):
        raise UserError("peer: want no concurrent offers, no teams, and half-Cauchy priors of SDs")
    variances = ("outcome", "supply", "demand", "school_mean", "loading")
    return {
        **{f"prior_{name}": np.array(getattr(priors, name)) for name in variances},
        **{f"prior_{name}": np.array(prior.numbers[0]) for name, prior in sds.items()},
        **dict(zip(("names_outcomes", "names_supply", "names_demand"), model.names, strict=True)),
        "teachers": np.array(model.teachers),
        "schools": np.array(model.schools),
        "pairs": np.array(len(model.pairs.teacher)),
        "listed": model.pairs.listed,
        "of_cell": model.pairs.of_cell,
        "cell_listed": model.pairs.cell_listed,
        **_scores(model),
        **_menus(model),
        **_lists(model),
    }


def our_run(
    system: System,
    priors: Priors,
    start_from: Priors,
    schedule: Schedule,
    chains: int,
    seed: int,
) -> Run:
    """Our chains under `full`; compiling is not counted."""
    model = state_model(system, "full", priors)
    short = Schedule(plain=2, rounds=1, moves=1, burn=0, kept=1)
    advance(model, begin(model, start_from, generator(seed, chains)), short, short.sweeps)
    draws, before, sampling = [], 0.0, 0.0
    for number in range(chains):
        begun = time.process_time()
        chain = begin(model, start_from, generator(seed, number))
        chain = advance(model, chain, schedule, schedule.pilot + schedule.burn)
        ready = time.process_time()
        draws.append(advance(model, chain, schedule, schedule.sweeps).draws)
        before += ready - begun
        sampling += time.process_time() - ready
    stacked = np.array(draws)
    names = parameter_names(model)
    return Run({name: stacked[:, :, j] for j, name in enumerate(names)}, before, sampling)


def peer_table(runs: Mapping[str, Run]) -> pd.DataFrame:
    """Effective draws a processor second of the parameters that all runs have.

    Parameters
    ----------
    runs
        By name of the sampler; the first is compared with the others.

    Returns
    -------
    DataFrame
        sampler, parameter, mean, sd, r_hat, bulk (effective draws), a_second (of sampling),
        a_second_in_all (warm-up, pilot and burn-in counted), times (the first sampler's effective
        draws a second over this one's), times_in_all.

    """
    names = [
        name
        for name in next(iter(runs.values())).draws
        if all(name in run.draws for run in runs.values())
    ]
    rows = []
    for sampler, run in runs.items():
        for name in names:
            values = run.draws[name]
            found = diagnose(values)
            rows.append(
                {
                    "sampler": sampler,
                    "parameter": name,
                    "mean": values.mean(),
                    "sd": values.std(ddof=1),
                    "r_hat": found.r_hat,
                    "bulk": found.bulk,
                    "a_second": found.bulk / run.sampling,
                    "a_second_in_all": found.bulk / (run.before + run.sampling),
                }
            )
    table = pd.DataFrame(rows)
    first = table[table["sampler"] == next(iter(runs))].set_index("parameter")
    for ratio, column in (("times", "a_second"), ("times_in_all", "a_second_in_all")):
        table[ratio] = first[column].reindex(table["parameter"]).to_numpy() / table[column]
    return table


def _scores(model: Model) -> dict[str, np.ndarray]:
    cells = model.scores
    centre = np.linalg.solve(cells.cross, cells.moment)
    left = cells.square - centre @ cells.moment
    return {
        "cross": cells.cross,
        "moment": cells.moment,
        "square": np.array(cells.square),
        "cell_teacher": cells.teacher,
        "rows": cells.rows,
        "total": cells.total,
        "regressor_sum": cells.regressor_sum,
        "outcome_centre": centre,
        "outcome_root": _root(cells.cross) * np.sqrt(left / cells.rows.sum()),
    }


def _menus(model: Model) -> dict[str, np.ndarray]:
    menus, terms = model.menus, model.terms
    merged, q = slice(0, terms.merged), menus.own_regressors.shape[1]
    return {
        "own_regressors": menus.own_regressors,
        "own_school": np.maximum(menus.data.own_school, 0),
        "own_pair": np.maximum(menus.pairs.of_own, 0),
        "displaced": menus.data.displaced,
        "term_regressors": terms.regressors[terms.place[merged]],
        "term_school": terms.school[terms.place[merged]],
        "term_pair": terms.pair[terms.place[merged]],
        "term_menu": terms.menu[merged],
        "side": terms.side[merged],
        "supply_centre": np.zeros(q),
        "supply_root": _root(menus.cross[:q, :q]),
    }


def _lists(model: Model) -> dict[str, np.ndarray]:
    data = model.demand
    number = np.repeat(np.arange(len(data.first) - 1), np.diff(data.first))
    ranked, free = np.flatnonzero(data.rank > 0), np.flatnonzero(data.rank == 0)
    length = np.bincount(number[ranked], minlength=len(data.first) - 1)
    after = np.cumsum(length)
    full = length[number[free]] == data.most_ranked
    return {
        "candidate_regressors": data.regressors,
        "candidate_teacher": data.teacher,
        "of_candidate": model.pairs.of_candidate,
        "ranked": ranked,
        "unranked": free,
        "next_list": after[number[ranked]],
        "below": np.where(full, after[number[free]] - 1, -1),
        "demand_centre": np.zeros(data.regressors.shape[1]),
        "demand_root": _root(data.regressors.T @ data.regressors),
    }


def _root(cross: np.ndarray) -> np.ndarray:
    """R^-1 of the QR decomposition of regressors with these cross products."""
    return np.linalg.inv(np.linalg.cholesky(cross).T)
