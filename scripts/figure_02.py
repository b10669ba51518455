from welfare_added.exhibits.eastmond_2024.scatter import (
    GROUPED,
    binned_data,
    draw_groups,
    group_data,
)
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(paths, sheet):
    if "bins" in paths:
        data = binned_data(read(paths["bins"]), GROUPED)
    else:
        data = group_data(read(paths["value_added"]), read(paths["moments"]))
    write_exhibit(draw_groups(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(dict(snakemake.input.items()), sheet_of(snakemake, record.origin))
