"""Tabulate effects of having a teacher of the own race or gender (table A6)."""

import pandas as pd

from welfare_added.market.same_trait import same_trait
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.type_students import read_students


def main(files, outputs, *, trait, minimum_class_size):
    students = read_students(files["students"], trait)
    teachers = pd.read_parquet(files["teachers"])
    table = same_trait(students, teachers, trait=trait, minimum_class_size=minimum_class_size)
    write_csv(table, outputs["same_trait"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
