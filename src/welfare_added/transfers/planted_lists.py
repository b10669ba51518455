"""What likelihoods of ranked lists make of a taste that is planted for the purpose."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from welfare_added.run.writing import write_csv
from welfare_added.selection.chain import Chain, Schedule, advance, begin, generator
from welfare_added.selection.model import Model
from welfare_added.selection.posterior import beside_truth, of_lists, posterior_table
from welfare_added.selection.priors import read_priors
from welfare_added.transfers.planted import with_planted
from welfare_added.transfers.planted_truth import planted_truth
from welfare_added.transfers.planted_values import planted_values
from welfare_added.transfers.study_files import read_model
from welfare_added.transfers.synthetic_system import SyntheticSystem, synthesise_system


def planted_systems(
    inputs: Mapping, parameters: Mapping, parameter: str, values: Iterable[float], **chosen
) -> dict[float, SyntheticSystem]:
    """A synthetic system for each value of a coefficient of eq. 3, all else as published.

    Parameters
    ----------
    inputs, parameters, chosen
        As of `synthesise_system`.
    parameter, values
        Name in inputs.yaml, planted.demand, and what is planted instead.

    Raises
    ------
    UserError
        If there is no such parameter.

    """
    other = {value: with_planted(inputs, {"demand": {parameter: value}}) for value in values}
    return {value: synthesise_system(own, parameters, **chosen) for value, own in other.items()}


def estimates_of_lists(
    made: SyntheticSystem,
    folder: Path,
    files: Mapping[str, Path | str],
    *,
    rankings: Sequence[str],
    chains: int,
    schedule: Mapping,
    sampler: Mapping,
    least: float,
    export: Mapping,
    study: Mapping,
) -> pd.DataFrame:
    """Estimates of eq. 3 by each likelihood of a system's lists, beside the truth (`of_lists`).

    Parameters
    ----------
    made
        System, whose raw tables are written to an empty ``folder`` and read like a user's.
    files, export, study
        As of `read_model`, without the raw tables.
    rankings
        Likelihoods.
    chains, schedule
        Chains of each, and their sweeps.
    sampler
        seed, priors and start of the chains.
    least
        Effective draws below which a parameter is marked.

    """
    paths = {name: folder / f"{name}.csv" for name in made.tables}
    for name, table in made.tables.items():
        write_csv(table, paths[name])
    tables = {}
    for name in rankings:
        own = {**sampler, "rankings": name}
        _, design, model = read_model({**files, **paths}, export, study, own)
        run = [_chain(model, Schedule(**schedule), sampler, number) for number in range(chains)]
        table = posterior_table(model, run, sampler["seed"], least)
        tables[name] = beside_truth(
            table, planted_values(planted_truth(made.truth, design), design)
        )
    return of_lists(tables)


def _chain(model: Model, schedule: Schedule, sampler: Mapping, number: int) -> Chain:
    begun = begin(model, read_priors(sampler["start"]), generator(sampler["seed"], number))
    return advance(model, begun, schedule, schedule.sweeps)
