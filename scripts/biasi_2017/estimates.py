"""Set estimates of the two-sided model beside what was planted, if anything was."""

import pandas as pd

from welfare_added.offers.published import planted_parameters
from welfare_added.offers.study_tables import beside_truth
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table


def main(files, out):
    table = beside_truth(pd.read_csv(files["fit"]), planted_parameters(files.get("truth")))
    write_csv(significant_table(table), out)


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output.estimates)
