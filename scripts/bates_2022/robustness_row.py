"""Make one row of table 7 from a market of its own."""

import pandas as pd

from welfare_added.market.market_files import row_of_market
from welfare_added.market.simulate import Choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, row, note, simulation, assembly, threads):
    found = row_of_market(row, note, files, assembly, Choices(**simulation), threads)
    write_csv(pd.DataFrame([found]), outputs["row"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            threads=snakemake.threads,
            **choices(snakemake.params),
        )
