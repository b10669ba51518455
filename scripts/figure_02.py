from welfare_added.audit.job import job
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.exhibits.scatter import draw_groups, group_data


def main(value_added, moments, sheet):
    data = group_data(read(value_added), read(moments))
    write_exhibit(draw_groups(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(
            snakemake.input.value_added, snakemake.input.moments, sheet_of(snakemake, record.origin)
        )
