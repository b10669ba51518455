import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.public_funds import public_funds_table


def main(slots, students, earnings, out, tax_rate, bonuses):
    teachers = read_classrooms(slots, students).teachers_per_year
    write_csv(public_funds_table(pd.read_csv(earnings), teachers, tax_rate, bonuses), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.earnings,
            snakemake.output.mvpf,
            snakemake.params.tax_rate,
            snakemake.params.bonuses,
        )
