"""Estimate value added by group under both predictors, and test teachers' comparative advantage."""

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet
from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.predictors import compare_predictors
from welfare_added.value_added.student_variables import StudentFile


def main(students, outputs, batch, minimum_class_size, threads, **choices):
    """Read the analysis sample, write both predictors' estimates and the tests."""
    sums = collect(StudentFile(students, batch), minimum_class_size, threads)
    compared = compare_predictors(sums, threads=threads, **choices)
    write_parquet(compared.estimates, outputs.estimates)
    write_parquet(compared.teachers, outputs.teachers)
    write_csv(compared.summary, outputs.summary)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.students,
            snakemake.output,
            threads=snakemake.threads,
            **choices(snakemake.params),
        )
