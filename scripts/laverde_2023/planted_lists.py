"""Estimate eq. 3 by several likelihoods of lists, from systems with other planted tastes."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.selection.written import write_tables
from welfare_added.transfers.planted_lists import estimates_of_lists, planted_systems


def main(files, out, *, planted, system, **chosen):
    inputs, parameters = (read_yaml(files[name]) for name in ("inputs", "parameters"))
    tables = []
    for value, made in planted_systems(inputs, parameters, **planted, **system).items():
        with TemporaryDirectory() as folder:
            found = estimates_of_lists(made, Path(folder), files, **chosen)
        tables.append(found.assign(planted=value))
    write_tables({"lists": pd.concat(tables)}, {"lists": out})


if "snakemake" in globals():
    with job(snakemake):
        files = dict(snakemake.input.items())
        main(files, snakemake.output.lists, **choices(snakemake.params))
