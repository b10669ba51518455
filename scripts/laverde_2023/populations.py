"""Count the teachers and students behind published numbers."""

import pandas as pd

from welfare_added.reassignment.populations import populations
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.transfers.study_files import read_design


def main(files, out, *, export, study, rankings):
    facts = pd.read_csv(files["facts"])["fact"]
    write_csv(populations(*read_design(files, export, study, rankings), facts), out)


if "snakemake" in globals():
    with job(snakemake):
        files, out = dict(snakemake.input.items()), snakemake.output.populations
        main(files, out, **choices(snakemake.params))
