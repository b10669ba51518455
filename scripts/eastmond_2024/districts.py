import pandas as pd

from welfare_added.run import writing
from welfare_added.run.job import job
from welfare_added.welfare.districts import row, side_by_side


def main(names, paths, table):
    files = zip(names, paths.sample, paths.frontiers, paths.text_numbers, strict=True)
    rows = (row(name, *map(pd.read_csv, own)) for name, *own in files)
    writing.write_csv(side_by_side(rows), table)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.params.names, snakemake.input, snakemake.output.table)
