"""Estimate table 4 by measure of value added, the truth among them."""

import pandas as pd

from welfare_added.grade_means.study import ESTIMATORS
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.pay_by_measure import pay_by_measure
from welfare_added.value_added.significant import significant_table


def main(files, outputs, *, limit, periods):
    panel, value_added, teachers, districts = (
        pd.read_parquet(files[name])
        for name in ("panel", "value_added", "true_teachers", "true_districts")
    )
    delta = districts.set_index("district_id")["delta"]
    made = pay_by_measure(
        *(panel, value_added, teachers, delta, ESTIMATORS), limit=limit, periods=periods
    )
    write_csv(significant_table(made), outputs["pay_by_measure"])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
