"""Estimate value added with each open choice changed in turn."""

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.student_variables import StudentFile
from welfare_added.value_added.variants import variants


def main(students, path, batch, **choices):
    """Write how estimates under other choices compare with the configured ones."""
    write_csv(variants(StudentFile(students, batch), **choices), path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.students,
            snakemake.output.choices,
            **choices(snakemake.params),
            threads=snakemake.threads,
        )
