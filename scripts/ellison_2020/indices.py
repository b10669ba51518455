"""Compute the indices and local ranks by which plans favour some applicants."""

import pandas as pd

from welfare_added.admissions.index_table import index_table
from welfare_added.admissions.indices import coefficients_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_parquet


def main(studied, tracts, regressions, lasso, coefficients, year, grades, path):
    if coefficients is None:
        table = pd.read_csv(regressions)
        coefficients = {"plain": coefficients_of(table, 4), "frpl": coefficients_of(table, 6)}
    places = pd.read_parquet(tracts)
    places = places[places["year"] == year]
    indices = index_table(pd.read_parquet(studied), places, coefficients, grades)
    predicted = pd.read_parquet(lasso)
    write_parquet(indices.merge(predicted, on="applicant_id", validate="one_to_one"), path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.studied,
            snakemake.input.tracts,
            snakemake.input.regressions,
            snakemake.input.lasso,
            snakemake.params.coefficients,
            snakemake.params.year,
            snakemake.params.grades,
            snakemake.output.indices,
        )
