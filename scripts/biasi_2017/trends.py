"""Tabulate who moves, leaves and stays by year and two-year period."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.study import sample_weights, with_handbook, with_outcome
from welfare_added.sorting.study_tables import period_tables, trend_tests
from welfare_added.sorting.trends import moving_shares, regime_shares
from welfare_added.value_added.significant import significant_table


def main(panel, matches, outputs, *, weights, first_post_year, width):
    panel = with_handbook(pd.read_parquet(panel))
    rows, years = with_outcome(panel), (first_post_year, width)
    matched = sample_weights(pd.read_csv(matches), weights)["matched"]
    tables = {
        "moving_shares": moving_shares(panel),
        "leaving_shares": regime_shares(panel, "exits"),
        **period_tables(rows, matched, *years),
        "trends_before": trend_tests(rows, *years),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        files = snakemake.input
        main(files.panel, files.matches, snakemake.output, **choices(snakemake.params))
