from welfare_added.exhibits.eastmond_2024.scatter import (
    CROSSED,
    binned_data,
    cross_data,
    draw_cross,
)
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(paths, sheet):
    if "bins" in paths:
        data = binned_data(read(paths["bins"]), CROSSED)
    else:
        data = cross_data(read(paths["value_added"]))
    write_exhibit(draw_cross(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(dict(snakemake.input.items()), sheet_of(snakemake, record.origin))
