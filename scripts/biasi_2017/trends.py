"""Tabulate who moves, leaves and stays by year and two-year period."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.study import with_handbook, with_outcome
from welfare_added.sorting.study_tables import period_table, trend_tests, workforce_periods
from welfare_added.sorting.trends import moving_shares, regime_shares
from welfare_added.value_added.significant import significant_table


def main(panel, outputs, *, first_post_year, width):
    panel = with_handbook(pd.read_parquet(panel))
    rows, years = with_outcome(panel), (first_post_year, width)
    tables = {
        "moving_shares": moving_shares(panel),
        "leaving_shares": regime_shares(panel, "exits"),
        "movers_periods": period_table(rows, "movers", *years),
        "exiters_periods": period_table(rows, "exiters", *years),
        "workforce_periods": workforce_periods(rows, *years),
        "trends_before": trend_tests(rows, *years),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.panel, snakemake.output, **choices(snakemake.params))
