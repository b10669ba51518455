"""Simulate bonuses at all rates, beside payments of each teacher's own."""

import pandas as pd

from welfare_added.market.bonuses import BonusPlan, bonus_table
from welfare_added.market.market_files import read_market
from welfare_added.market.simulate import Choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, simulation, plan, threads):
    table = bonus_table(read_market(files), Choices(**simulation), BonusPlan(**plan), threads)
    payments = pd.read_csv(files["payments"])
    write_csv(pd.concat([table, payments], ignore_index=True), outputs["bonuses"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            threads=snakemake.threads,
            **choices(snakemake.params),
        )
