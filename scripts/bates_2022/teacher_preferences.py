"""Estimate teachers' preferences from their applications (table 5), or a variant of table 7."""

import pandas as pd

from welfare_added.market.preference_tables import attempted, teacher_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet

READ = ("applicants", "positions", "pairs", "schools")


def main(files, outputs, *, threads, chosen, may_fail):
    tables = [pd.read_parquet(files[name]) for name in READ]
    made = attempted(lambda: teacher_tables(*tables, threads=threads, **chosen), may_fail)
    for name in ("estimates", "covariance", "numbers", "school_effects"):
        write_csv(getattr(made, name), outputs[name])
    write_parquet(made.coefficients, outputs["coefficients"])
    return made.evaluations


if "snakemake" in globals():
    with job(snakemake) as record:
        chosen, threads = choices(snakemake.params), snakemake.threads
        done = main(snakemake.input, snakemake.output, threads=threads, **chosen)
        record.notes["evaluations"] = done
