"""Trace the planner's frontier in every run, and price its allocations."""

import pandas as pd

from welfare_added.market.frontier import frontier_table, frontiers, scale_of, share_of_cost
from welfare_added.market.market_files import read_market
from welfare_added.market.market_numbers import numbers_table
from welfare_added.market.payments import payment_tables
from welfare_added.market.policies import STATUS_QUO
from welfare_added.market.simulate import Choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, simulation, points, options, share_of_gain, threads):
    market, simulated = read_market(files), Choices(**simulation)
    runs = pd.read_parquet(files["runs"])
    found = frontiers(market, simulated, threads)
    status_quo = runs[runs["policy"] == STATUS_QUO]
    table = frontier_table(found, status_quo, points, scale_of(market))
    payments = payment_tables(market, simulated, found, table["weight"].to_numpy(), options)
    cost = {"frontier_cost_of_three_quarters": share_of_cost(found, share_of_gain)}
    write_csv(table, outputs["frontier"])
    write_csv(payments, outputs["payments"])
    write_csv(numbers_table(cost), outputs["numbers"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            threads=snakemake.threads,
            **choices(snakemake.params),
        )
