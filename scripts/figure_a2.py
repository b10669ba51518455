from welfare_added.exhibits.eastmond_2024.sorting import draw_sorting, sorting_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(bins, sheet):
    data = sorting_data(read(bins), "class_size")
    write_exhibit(draw_sorting(data, "class_size", sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.bins, sheet_of(snakemake, record.origin))
