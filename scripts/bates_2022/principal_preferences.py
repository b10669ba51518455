"""Estimate principals' preferences from their ratings (table 6), or a variant of table 7."""

import pandas as pd

from welfare_added.market.preference_tables import attempted, principal_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv

READ = ("applicants", "positions", "applications")


def main(files, outputs, *, chosen, may_fail):
    tables = [pd.read_parquet(files[name]) for name in READ]
    made = attempted(lambda: principal_tables(*tables, **chosen), may_fail)
    for name in ("estimates", "covariance", "numbers"):
        write_csv(getattr(made, name), outputs[name])
    return made.evaluations


if "snakemake" in globals():
    with job(snakemake) as record:
        chosen = choices(snakemake.params)
        record.notes["evaluations"] = main(snakemake.input, snakemake.output, **chosen)
