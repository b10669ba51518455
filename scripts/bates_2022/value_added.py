"""Estimate value added on two types of students and forecast it from past years."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet
from welfare_added.value_added.two_types import estimate_two_types
from welfare_added.value_added.type_students import read_students

PARQUET = ("forecasts", "teacher_years", "school_years")


def main(files, outputs, *, trait, **choices):
    students = read_students(files["students"], trait)
    teachers = pd.read_parquet(files["teachers"])
    estimation = estimate_two_types(students, teachers, trait=trait, **choices)
    for name, path in outputs.items():
        write = write_parquet if name in PARQUET else write_csv
        write(getattr(estimation, name), path)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
