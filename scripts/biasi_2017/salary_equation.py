"""Estimate the salary equation of each district, and describe what they pay for value added."""

import numpy as np
import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.deltas import delta_density, delta_slopes, delta_table
from welfare_added.sorting.matching import district_means
from welfare_added.sorting.salary_equation import estimate_salary_equation
from welfare_added.sorting.salary_predictions import share_outside
from welfare_added.sorting.salary_tables import deltas_with_errors, outside_by_regime
from welfare_added.sorting.study import with_handbook, with_quality
from welfare_added.value_added.significant import significant_table

COVARIATES = ["disadvantaged_percent", "value_added", "math"]


def main(files, outputs, *, periods, years, method, function, density, points):
    panel = with_handbook(pd.read_parquet(files["panel"]))
    regimes = panel.drop_duplicates("district_id").set_index("district_id")["regime"]
    equation = estimate_salary_equation(
        with_quality(panel), periods, method=method, function=function
    )
    deltas = delta_table(equation, regimes)
    means = district_means(pd.read_parquet(files["characteristics"]), COVARIATES, years)
    tables = {
        "deltas": deltas_with_errors(deltas),
        "delta_districts": deltas.merge(means.drop(columns="regime"), "left", on="district_id"),
        "delta_density": delta_density(deltas, np.linspace(*density, points)),
        "delta_slopes": delta_slopes(deltas, means.drop(columns="regime"), COVARIATES, "after"),
        "outside": outside_by_regime(share_outside(equation, panel, periods), regimes),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
