"""Validate the estimates: persistence, forecasts, later outcomes."""

import pandas as pd

from welfare_added import logs
from welfare_added.tables import write_csv
from welfare_added.value_added.forecast import forecast
from welfare_added.value_added.outcomes import later_outcomes
from welfare_added.value_added.persistence import persistence


def main(inputs, outputs):
    """Write one table a validation."""
    estimates = pd.read_parquet(inputs.estimates)
    students = pd.read_parquet(inputs.students)
    write_csv(persistence(estimates), outputs.persistence)
    write_csv(forecast(estimates, pd.read_parquet(inputs.class_means)), outputs.forecast)
    outcomes = later_outcomes(students, estimates, pd.read_parquet(inputs.outcomes))
    write_csv(outcomes, outputs.outcomes)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(snakemake.input, snakemake.output)
