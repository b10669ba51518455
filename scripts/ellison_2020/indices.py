"""Compute the indices and local ranks by which plans favour some applicants."""

import pandas as pd

from welfare_added.admissions.index_table import index_table
from welfare_added.admissions.indices import estimated_coefficients
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_parquet


def main(files, outputs, *, coefficients, year, grades):
    if coefficients is None:
        coefficients = estimated_coefficients(pd.read_csv(files["regressions"]))
    tracts = pd.read_parquet(files["tracts"])
    tracts = tracts[tracts["year"] == year]
    indices = index_table(pd.read_parquet(files["studied"]), tracts, coefficients, grades)
    predicted = pd.read_parquet(files["lasso"])
    indices = indices.merge(predicted, on="applicant_id", validate="one_to_one")
    write_parquet(indices, outputs["indices"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
