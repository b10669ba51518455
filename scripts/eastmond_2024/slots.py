import pandas as pd

from welfare_added.allocation.slots import build_slots
from welfare_added.run import writing
from welfare_added.run.job import job


def main(classes, value_added, slots):
    table = build_slots(pd.read_parquet(classes), pd.read_parquet(value_added))
    writing.write_parquet(table, slots)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.classes, snakemake.input.value_added, snakemake.output.slots)
