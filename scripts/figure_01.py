from welfare_added.exhibits.eastmond_2024.theory import draw_theory, theory_data
from welfare_added.exhibits.output import sheet_of, write_exhibit
from welfare_added.run.job import job


def main(sheet):
    data = theory_data()
    write_exhibit(draw_theory(data), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(sheet_of(snakemake, record.origin))
