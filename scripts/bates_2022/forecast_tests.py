"""Test forecasts of value added (table 1) and tabulate what figures show of them."""

import pandas as pd

from welfare_added.market.forecast_figures import distribution, forecast_bins, market_forecasts
from welfare_added.market.forecast_tests import forecast_tests, test_sample
from welfare_added.market.forecast_text import text_numbers
from welfare_added.market.transfers import event_study, mover_gain
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table


def main(files, outputs, *, year):
    parquet = ("forecasts", "teacher_years", "teachers", "schools")
    forecasts, years, teachers, schools = (pd.read_parquet(files[name]) for name in parquet)
    experience, structure = (pd.read_csv(files[name]) for name in ("experience", "structure"))
    sample = test_sample(years, teachers)
    bins, movers = forecast_bins(sample), mover_gain(years, teachers)
    own = market_forecasts(forecasts, teachers, schools, year)
    tables = {
        "tests": forecast_tests(sample),
        "bins": bins,
        "event_study": event_study(years, teachers),
        "movers": movers,
        "distribution": distribution(own["absolute_advantage"]),
        "text_numbers": text_numbers(experience, structure, bins, movers, own),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
