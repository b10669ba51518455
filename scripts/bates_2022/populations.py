"""Count the teachers and applicants behind published numbers."""

import pandas as pd

from welfare_added.market.district_tables import read_district
from welfare_added.market.populations import populations
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(inputs, out, year):
    table = populations(
        *(pd.read_parquet(inputs[name]) for name in ("applicants", "positions")),
        *(pd.read_parquet(inputs[name]) for name in ("teachers", "schools")),
        forecasts=pd.read_parquet(inputs["forecasts"]),
        district=read_district(inputs, year).teachers,
        market=pd.read_parquet(inputs["market_teachers"]),
        fit=pd.read_csv(inputs["fit"]),
    )
    write_csv(table, out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output.populations, **choices(snakemake.params))
