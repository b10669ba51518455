import pandas as pd

from welfare_added.run import writing
from welfare_added.run.job import job


def main(parts, whole):
    writing.write_parquet(pd.concat(map(pd.read_parquet, parts)), whole)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.vertices, snakemake.output.vertices)
        main(snakemake.input.moves, snakemake.output.moves)
