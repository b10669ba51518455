"""Compare every plan's class with benchmarks of its own composition (table A.6)."""

import pandas as pd

from welfare_added.admissions.efficiency_tables import efficiency_tables, placed_by_plan
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(studied, schools, indices, assignments, outputs, *, tuned_at, tiers):
    setting, applicants, names = read_setting(studied, schools, indices, tiers)
    made = pd.read_parquet(assignments)
    tables = [
        efficiency_tables(setting, names, at, placed_by_plan(made, applicants, names, names[at]))
        for at in places_of(names, tuned_at)
    ]
    write_csv(pd.concat([one.efficiency for one in tables]), outputs["efficiency"])
    write_csv(pd.concat([one.benchmarks for one in tables]), outputs["benchmarks"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.studied,
            snakemake.input.schools,
            snakemake.input.indices,
            snakemake.input.assignments,
            snakemake.output,
            tuned_at=snakemake.params.tuned_at,
            tiers=snakemake.params.tiers,
        )
