import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.deselection import deselection_table
from welfare_added.welfare.ranking import representative_class


def main(slots, students, frontiers, out, weight, weight_ela, share):
    classrooms = read_classrooms(slots, students)
    shares = representative_class(pd.read_parquet(students, columns=["lower_ela", "lower_math"]))
    frontiers = pd.read_csv(frontiers)
    write_csv(deselection_table(classrooms, frontiers, shares, weight, weight_ela, share), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.frontiers,
            snakemake.output.deselection,
            snakemake.params.ranking_weight,
            snakemake.params.weight_ela,
            snakemake.params.deselected_share,
        )
