"""Numbers of the text of the market, the bonuses and the reallocation."""

import pandas as pd

from welfare_added.market.market_files import read_market
from welfare_added.market.market_numbers import (
    market_numbers,
    numbers_table,
    reallocation_numbers,
)
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv

TABLES = ("policies", "frontier", "bonuses", "ranks", "own_rank")


def main(files, outputs, *, runs, spending, moved, replaced):
    tables = {name: pd.read_csv(files[name]) for name in TABLES}
    numbers = market_numbers(read_market(files), runs, tables, spending)
    curves = (pd.read_csv(files[name]) for name in ("moved", "replaced"))
    numbers |= reallocation_numbers(*curves, moved, replaced)
    own = [pd.read_csv(files[name]) for name in ("frontier_numbers", "rank_numbers")]
    write_csv(pd.concat([numbers_table(numbers), *own]), outputs["numbers"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
