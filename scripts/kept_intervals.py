"""Take the kept effects of choices, and shares of intervals, into the results."""

import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(paths, out):
    for name in out.keys():  # noqa: SIM118
        write_csv(pd.read_csv(paths[name], keep_default_na=False), out[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output)
