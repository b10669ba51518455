"""Compute gains and their value in districts of schools drawn with replacement."""

import pandas as pd

from welfare_added.resampling.quantities import Choices
from welfare_added.resampling.replications import replicated
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv

if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        students = pd.read_parquet(snakemake.input.students)
        numbers = range(params.first, params.last + 1)
        table = replicated(students, Choices(**params.choices), params.seed, numbers)
        write_csv(table, snakemake.output.replications)
