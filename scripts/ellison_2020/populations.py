"""Count the applicants behind published numbers."""

import pandas as pd

from welfare_added.admissions.populations import populations
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(applicants, classes, moves, out, **chosen):
    of_moves = pd.read_csv(moves) if moves else None
    classes = pd.read_csv(classes, dtype={"school": str})
    table = populations(pd.read_parquet(applicants), classes=classes, moves=of_moves, **chosen)
    write_csv(table, out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.applicants,
            snakemake.input.classes,
            snakemake.input.get("moves"),
            snakemake.output.populations,
            **choices(snakemake.params),
        )
