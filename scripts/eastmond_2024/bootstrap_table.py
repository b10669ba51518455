"""Standard errors by school, if they are of the gains that this run computes."""

import pandas as pd

from welfare_added.resampling.kept import check_estimates
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv

if "snakemake" in globals():
    with job(snakemake):
        errors = pd.read_csv(snakemake.input.errors)
        check_estimates(errors, pd.read_csv(snakemake.input.frontiers))
        write_csv(errors, snakemake.output.table)
