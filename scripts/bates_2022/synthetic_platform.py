"""Make the synthetic hiring platform's raw tables, and the truth behind them."""

import pandas as pd

from welfare_added.market.synthetic_platform import Inputs, synthesise_platform
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet

RECORDS = ("schools", "teachers", "traits", "forecasts")


def main(files, outputs, **chosen):
    inputs = Inputs(**{name: pd.read_parquet(files[name]) for name in RECORDS})
    made = synthesise_platform(inputs, read_yaml(files["parameters"]), **chosen)
    for name, table in made.tables.items():
        write_csv(table, outputs[name])
    for name, table in made.truth.items():
        write = write_parquet if outputs[f"true_{name}"].endswith("parquet") else write_csv
        write(table, outputs[f"true_{name}"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
