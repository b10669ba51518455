"""Compare the synthetic transfer system with the numbers that the paper states of its own."""

import pandas as pd

from welfare_added.run.choices import read_yaml
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.transfers.calibration_table import calibration_table


def main(inputs, facts, out):
    facts = pd.read_csv(facts).set_index("fact")["value"]
    write_csv(calibration_table(read_yaml(inputs), facts), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.inputs, snakemake.input.facts, snakemake.output.calibration)
