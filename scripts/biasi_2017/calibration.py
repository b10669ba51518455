"""Compare the synthetic states with the numbers that the paper states of its own."""

import pandas as pd

from welfare_added.pay.calibration_table import Made, calibration_table
from welfare_added.pay.record_files import read_records
from welfare_added.pay.two_worlds import of_both_worlds
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv

TRUTH = ("districts", "teachers", "teacher_years", "cells", "parameters")


def of_world(files, world):
    prefix = f"{world}_"
    own = {name.removeprefix(prefix): path for name, path in files.items() if prefix in name}
    truth = {name: pd.read_parquet(own[f"true_{name}"]) for name in TRUTH}
    made = Made(read_records(own), pd.read_csv(own["raw"]), truth)
    return calibration_table(read_yaml(files["inputs"]), made)


def main(files, out):
    write_csv(of_both_worlds(*(of_world(files, world) for world in ("panel", "market"))), out)


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output.calibration)
