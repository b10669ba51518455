"""Withhold small cells of a table and round the others."""

from pathlib import Path

import pandas as pd

from welfare_added.disclosure.declarations import read, read_declared
from welfare_added.disclosure.gate import publishable
from welfare_added.disclosure.profiles import profile_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(table, populations, declared, profile, out, withheld):
    shown, hidden = publishable(
        read_declared(table, declared), declared, pd.read_csv(populations), profile
    )
    write_csv(shown, out)
    write_csv(hidden, withheld)


if "snakemake" in globals():
    with job(snakemake):
        paths, choices = snakemake.input, snakemake.params
        main(
            paths.table,
            paths.populations,
            read(Path(paths.declaration), Path(paths.schema))[choices.name],
            profile_of(choices.profile, choices.minimum),
            snakemake.output.table,
            snakemake.output.withheld,
        )
