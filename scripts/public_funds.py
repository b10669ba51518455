import pandas as pd

from welfare_added import logs
from welfare_added.tables import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.public_funds import public_funds_table


def main(slots, students, earnings, out, tax_rate, bonuses):
    teachers = read_classrooms(slots, students).teachers_per_year
    write_csv(public_funds_table(pd.read_csv(earnings), teachers, tax_rate, bonuses), out)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.slots,
        snakemake.input.students,
        snakemake.input.earnings,
        snakemake.output.mvpf,
        snakemake.params.tax_rate,
        snakemake.params.bonuses,
    )
