"""Make coarser tables of confidential applicants."""

import pandas as pd

from welfare_added.admissions.coarse import coarse_displaced, coarse_frontiers, coarse_histograms
from welfare_added.disclosure.profiles import profile_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(files, outputs, fewest):
    def table(name):
        return pd.read_csv(files[name], dtype={"school": str, "tuned_at": str})

    made = {
        "frontiers": coarse_frontiers(table("frontiers"), table("classes"), fewest),
        "histograms": coarse_histograms(table("histograms"), fewest),
        "displaced": coarse_displaced(table("displaced"), fewest),
    }
    for name, one in made.items():
        write_csv(one, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            profile_of(snakemake.params.profile, snakemake.params.minimum).students,
        )
