"""Compare the district's moments with the paper's."""

import pandas as pd

from welfare_added.calibration.targets import compare, read_targets
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(moments, targets, path):
    """Write target, achieved and their ratio for every line of the calibration file."""
    achieved = pd.read_csv(moments, index_col="quantity")["value"]
    write_csv(compare(read_targets(targets), achieved), path)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.moments, snakemake.input.targets, snakemake.output[0])
