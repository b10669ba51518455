"""Set every reading of pay for value added beside what the paper states of it."""

import pandas as pd

from welfare_added.offers.scheme_readings import beside_published
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(readings, claims, out):
    write_csv(beside_published(pd.read_csv(readings), read_yaml(claims)["claims"]), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.readings, snakemake.input.claims, snakemake.output.readings)
