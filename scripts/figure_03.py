from welfare_added.audit.job import job
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.exhibits.sorting import draw_sorting, sorting_data


def main(bins, sheet):
    data = sorting_data(read(bins), "share_lower")
    write_exhibit(draw_sorting(data, "share_lower", sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.bins, sheet_of(snakemake, record.origin))
