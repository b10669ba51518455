import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.equal_gain_index import index_table


def main(slots, students, frontiers, out, weight_ela):
    sizes = read_classrooms(slots, students).group_sizes
    write_csv(index_table(pd.read_csv(frontiers), sizes, weight_ela), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.frontiers,
            snakemake.output.table,
            snakemake.params.weight_ela,
        )
