"""Solve the example of appendix A.2 exactly."""

from welfare_added.admissions.example_tables import example_model, example_table, frontier_table
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(outputs, *, plans, populations):
    model = example_model(**populations)
    write_csv(example_table(plans, model), outputs["example"])
    write_csv(frontier_table(model), outputs["frontiers"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output, **choices(snakemake.params))
