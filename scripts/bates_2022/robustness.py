"""Put the rows of table 7 together; those that this run does not make say why."""

import pandas as pd

from welfare_added.market.robustness import empty_row, full_sample_row, robustness_table
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, notes):
    rows = [pd.read_csv(path, keep_default_na=False).iloc[0].to_dict() for path in files["rows"]]
    size = int(pd.read_csv(files["district"])["teachers"].iloc[0])
    rows.append(full_sample_row(pd.read_csv(files["reallocation"]), size))
    rows += [empty_row(row, note) for row, note in notes.items()]
    write_csv(robustness_table(rows), outputs["robustness"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
