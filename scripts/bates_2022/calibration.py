"""Compare the synthetic state and platform with every number printed of the paper's."""

import pandas as pd

from welfare_added.market.calibration_files import made_of
from welfare_added.market.calibration_table import calibration_table
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, studied):
    tables = {
        name: pd.read_csv(path) if str(path).endswith(".csv") else pd.read_parquet(path)
        for name, path in files.items()
        if str(path).endswith((".csv", ".parquet"))
    }
    made = made_of(tables, read_yaml(files["parameters"]), studied)
    write_csv(calibration_table(read_yaml(files["inputs"]), made), outputs["calibration"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            {name: path for name, path in snakemake.input.items() if name != "code"},
            snakemake.output,
            **choices(snakemake.params),
        )
