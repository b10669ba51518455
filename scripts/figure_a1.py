from welfare_added.audit.job import job
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.exhibits.scatter import cross_data, draw_cross


def main(value_added, sheet):
    data = cross_data(read(value_added))
    write_exhibit(draw_cross(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.value_added, sheet_of(snakemake, record.origin))
