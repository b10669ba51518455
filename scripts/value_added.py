"""Estimate every teacher's value added."""

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import StudentFile


def main(students, estimates, autocovariances, variances, class_means, batch, **choices):
    """Read the analysis sample, write estimates, class means, variances and autocovariances."""
    estimation = estimate_value_added(StudentFile(students, batch), **choices)
    write_parquet(estimation.estimates_to_keep(), estimates)
    for table, path in zip(estimation.moments_to_keep(), (autocovariances, variances), strict=True):
        write_csv(table, path)
    write_parquet(estimation.class_means_to_keep(), class_means)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.students,
            *snakemake.output,
            **choices(snakemake.params),
            threads=snakemake.threads,
        )
