"""Estimate the dispersion of salaries, their slopes on value added and premia of subjects."""

import numpy as np
import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.pay_for_quality import (
    fit_lines,
    log_salary_residuals,
    pay_for_quality,
)
from welfare_added.sorting.regression_tables import subject_premia
from welfare_added.sorting.salary_tables import interquantile_samples
from welfare_added.sorting.study import with_handbook, with_quality
from welfare_added.value_added.significant import significant_table

EFFECTS = ("year", "district_id", "schedule_cell", "level")


def main(panel, outputs, *, periods, most_years, subjects, line, points, replications, seed):
    everybody = pd.read_parquet(panel)
    own, quality = with_handbook(everybody), with_quality(everybody)
    residuals = log_salary_residuals(own)
    tables = {
        "interquantile": interquantile_samples(
            residuals, most_years, replications=replications, seed=seed
        ),
        "pay_for_quality": pay_for_quality(quality, periods),
        "fit_lines": fit_lines(with_handbook(quality), periods, np.linspace(*line, points)),
        "premia": subject_premia(own, subjects, effects=EFFECTS),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.panel, snakemake.output, **choices(snakemake.params))
