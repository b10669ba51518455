"""Describe the district and its estimates before any reallocation."""

import pandas as pd

from welfare_added.calibration.moments import equal_bins, moments
from welfare_added.calibration.sorting import sorting_bins
from welfare_added.calibration.targets import bin_counts, read_targets
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(students, classes, outcomes, estimates, published, bins, moments_path, bins_path):
    """Write all moments of the calibration file, and the bins of figures 3 and A.2."""
    classes, estimates = pd.read_parquet(classes), pd.read_parquet(estimates)
    counts = bin_counts(read_targets(published)) if published else equal_bins(bins)
    table = moments(
        pd.read_parquet(students), classes, estimates, pd.read_parquet(outcomes), counts
    )
    write_csv(table.reset_index(), moments_path)
    write_csv(sorting_bins(classes, estimates, counts), bins_path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.students,
            snakemake.input.classes,
            snakemake.input.outcomes,
            snakemake.input.estimates,
            snakemake.input.published,
            snakemake.params.bins,
            snakemake.output.moments,
            snakemake.output.bins,
        )
