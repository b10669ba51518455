"""Validate the estimates: persistence, forecasts, later outcomes."""

import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.forecast import forecast
from welfare_added.value_added.outcomes import STUDENT, later_outcomes
from welfare_added.value_added.persistence import persistence
from welfare_added.value_added.student_variables import StudentFile


def main(inputs, outputs, estimator, batch):
    """Write one table per validation."""
    estimates = pd.read_parquet(inputs.estimates)
    students = StudentFile(inputs.students, batch, STUDENT)
    class_means, outcomes = pd.read_parquet(inputs.class_means), pd.read_parquet(inputs.outcomes)
    write_csv(persistence(estimates, estimator=estimator), outputs.persistence)
    write_csv(forecast(estimates, class_means, estimator=estimator), outputs.forecast)
    later = later_outcomes(students, estimates, outcomes, estimator=estimator)
    write_csv(later, outputs.outcomes)


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        main(snakemake.input, snakemake.output, params.estimator, params.batch)
