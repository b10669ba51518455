from welfare_added.exhibits.eastmond_2024.frontiers import draw_frontiers, information_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(frontiers, sheet):
    data = information_data(read(frontiers), "district")
    write_exhibit(draw_frontiers(data, "information", sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.frontiers, sheet_of(snakemake, record.origin))
