"""Solve the example of appendix A.2 exactly."""

from welfare_added.admissions.example_tables import example_model, example_table, frontier_table
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(example, frontiers, plans, populations):
    model = example_model(**populations)
    write_csv(example_table(plans, model), example)
    write_csv(frontier_table(model), frontiers)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.output.example,
            snakemake.output.frontiers,
            snakemake.params.plans,
            snakemake.params.populations,
        )
