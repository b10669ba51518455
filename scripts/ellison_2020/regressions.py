"""Predict minority status by linear probability models (table A.1)."""

import pandas as pd

from welfare_added.admissions.regressions import table_a1
from welfare_added.admissions.sample import applicants_of
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, years, high, standard_errors):
    sample = applicants_of(pd.read_parquet(files["applicants"]), years)
    table = table_a1(sample, high_score=high, clustered=standard_errors == "tract")
    write_csv(table, outputs["regressions"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
