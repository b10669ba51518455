from welfare_added.exhibits.eastmond_2024.frontiers import draw_frontiers, scope_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(frontiers, exact, sheet):
    data = scope_data(read(frontiers), *map(read, exact))
    write_exhibit(draw_frontiers(data, "scope", sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.frontiers, snakemake.input.exact, sheet_of(snakemake, record.origin))
