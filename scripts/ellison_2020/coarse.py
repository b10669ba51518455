"""Make coarser tables of confidential applicants."""

import pandas as pd

from welfare_added.admissions.coarse import coarse_displaced, coarse_frontiers, coarse_histograms
from welfare_added.disclosure.profiles import profile_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv

MADE = {
    "frontiers": coarse_frontiers,
    "histograms": coarse_histograms,
    "displaced": coarse_displaced,
}


def main(files, outputs, fewest):
    for name, make in MADE.items():
        write_csv(make(pd.read_csv(files[name], dtype={"school": str}), fewest), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            profile_of(snakemake.params.profile, snakemake.params.minimum).students,
        )
