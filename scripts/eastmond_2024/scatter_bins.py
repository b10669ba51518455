import pandas as pd

from welfare_added.disclosure.bins import scatter_bins
from welfare_added.disclosure.profiles import profile_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(value_added, profile, minimum, out):
    write_csv(scatter_bins(pd.read_parquet(value_added), profile_of(profile, minimum)), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.value_added,
            snakemake.params.profile,
            snakemake.params.minimum,
            snakemake.output.bins,
        )
