"""Leave out of the frontiers the classes that differ by few students."""

import pandas as pd

from welfare_added.admissions.coarse_frontiers import coarse_frontiers
from welfare_added.disclosure.profiles import profile_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(frontiers, profile, out):
    table = pd.read_csv(frontiers, dtype={"school": str})
    write_csv(coarse_frontiers(table, profile.students), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.frontiers,
            profile_of(snakemake.params.profile, snakemake.params.minimum),
            snakemake.output.frontiers,
        )
