"""Describe teachers, their schedules and who enters."""

import pandas as pd

from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.salary_tables import named_schedules, printed_schedule, schedule_gaps
from welfare_added.sorting.study import with_handbook
from welfare_added.sorting.trends import (
    against_schedule,
    coverage,
    regime_shares,
    state_flows,
    teacher_summary,
)
from welfare_added.value_added.significant import significant_table

TESTED = ("all", "math", "reading")


def main(files, outputs, *, named, periods, first_post_year, class_years, most_years, tolerance):
    everybody = pd.read_parquet(files["panel"])
    panel, people = with_handbook(everybody), pd.read_parquet(files["teacher_years"])
    drawn = {name: named[name] for name in ("racine", "green_bay")}
    madison = everybody[
        (everybody["district_id"] == named["madison"])
        & (everybody["year"] == first_post_year - 1)
        & (everybody["degree"] == "BA")
    ]
    tested = panel[panel["subject"].isin(TESTED)]
    schedule = read_yaml(files["inputs"])["salary_schedule"]["racine_2016"]
    tables = {
        "teachers": teacher_summary(people, first_post_year),
        "schedules": named_schedules(panel, drawn, periods, most_years, class_years),
        "printed_schedule": printed_schedule(schedule),
        "against_schedule": against_schedule(madison, tolerance),
        "schedule_gaps": schedule_gaps(madison, class_years),
        "flows": state_flows(people),
        "new_teachers": regime_shares(panel, "new"),
        "coverage": coverage(tested, pd.read_parquet(files["value_added"])),
        "steps": pd.read_parquet(files["steps"]),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
