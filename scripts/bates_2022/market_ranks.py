"""Tabulate places in preferences, who sorts where, and first choices."""

from welfare_added.market.fit import sample_table, sorting_table
from welfare_added.market.market_files import read_market
from welfare_added.market.market_numbers import numbers_table
from welfare_added.market.rank_tables import (
    MeanRanks,
    own_rank_table,
    rank_numbers,
    rank_table,
    top_choice_table,
)
from welfare_added.market.simulate import Choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, simulation, bins, strong_from, minutes):
    market, simulated = read_market(files), Choices(**simulation)
    ranks = MeanRanks(market, simulated)
    tables = {
        "ranks": rank_table(ranks, bins),
        "own_rank": own_rank_table(ranks, bins),
        "top_choice": top_choice_table(ranks, bins),
        "sample": sample_table(market, bins),
        "sorting": sorting_table(market, simulated, bins),
        "numbers": numbers_table(rank_numbers(ranks, strong_from, minutes)),
    }
    for name, table in tables.items():
        write_csv(table, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
