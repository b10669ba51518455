"""Place all applicants by every plan over the range of its weight."""

import pandas as pd

from welfare_added.admissions.planner import Range
from welfare_added.admissions.planner_tables import planner_tables
from welfare_added.admissions.setting import places_by_name, read_setting
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, tuned_at, tiers, largest, weights, reach):
    setting, applicants, names = read_setting(files, tiers)
    schools = places_by_name(names, tuned_at)
    plans = pd.read_csv(files["plans"], dtype={"tuned_at": str})
    span = Range(weights, reach, largest)
    tables = planner_tables(setting, schools, applicants["tract"].to_numpy(), plans, span)
    for name, path in outputs.items():
        write_csv(getattr(tables, name), path)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
