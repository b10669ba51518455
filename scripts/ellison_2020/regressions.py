"""Predict minority status by linear probability models (table A.1)."""

import pandas as pd

from welfare_added.admissions.regressions import table_a1
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(applicants, years, high, standard_errors, path):
    table = pd.read_parquet(applicants)
    sample = table[table["application_year"].between(*years)]
    clustered = standard_errors == "tract"
    write_csv(table_a1(sample, high_score=high, clustered=clustered), path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.applicants,
            snakemake.params.years,
            snakemake.params.high,
            snakemake.params.standard_errors,
            snakemake.output.regressions,
        )
