"""Compare value added with the planted effects."""

import pandas as pd

from welfare_added.grade_means.study import against_truth
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table


def main(value_added, truth, out):
    found = against_truth(pd.read_parquet(value_added), pd.read_parquet(truth))
    write_csv(significant_table(found), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.value_added, snakemake.input.truth, snakemake.output.truth)
