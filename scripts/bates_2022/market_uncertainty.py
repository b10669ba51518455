"""Carry the uncertainty of the estimates of preferences through the market."""

import pandas as pd

from welfare_added.market.market_files import Assembly
from welfare_added.market.simulate import Choices
from welfare_added.market.uncertainty import gains_by_draw, uncertainty_table
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, *, simulation, assembly, draws, runs, seed, threads):
    markets = Assembly(files, **assembly).draws(draws, seed)
    some = Choices(**{**simulation, "runs": runs})
    by_draw = gains_by_draw(markets, some, threads=threads)
    write_parquet(by_draw, outputs["by_draw"])
    write_csv(uncertainty_table(pd.read_parquet(files["runs"]), by_draw), outputs["uncertainty"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            threads=snakemake.threads,
            **choices(snakemake.params),
        )
