"""Work out examples of the Roy model."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.roy import Roy
from welfare_added.value_added.significant import significant_table


def main(out, *, cases):
    table = pd.concat([Roy(**one).intervals() for one in cases.values()], ignore_index=True)
    finite = table["low"].where(table["low"] > float("-inf"))
    write_csv(significant_table(table.assign(low=finite)), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.roy, **choices(snakemake.params))
