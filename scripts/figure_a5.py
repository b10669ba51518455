from welfare_added.exhibits.eastmond_2024.frontiers import ces_data, draw_ces
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(earnings, ces, sheet):
    data = ces_data(read(earnings), read(ces))
    write_exhibit(draw_ces(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.earnings, snakemake.input.ces, sheet_of(snakemake, record.origin))
