import pandas as pd

from welfare_added import tables
from welfare_added.audit.job import job


def main(parts, whole):
    tables.write_parquet_parts(map(pd.read_parquet, parts), whole)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.vertices, snakemake.output.vertices)
        main(snakemake.input.moves, snakemake.output.moves)
