"""Solve the example of appendix A.2 exactly."""

from welfare_added.admissions.example_tables import example_table, frontier_table
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(example, frontiers):
    write_csv(example_table(), example)
    write_csv(frontier_table(), frontiers)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.example, snakemake.output.frontiers)
