from welfare_added import logs
from welfare_added.exhibits.output import read, write_exhibit
from welfare_added.exhibits.scatter import cross_data, draw_cross


def main(value_added, files, note, dpi, most_points):
    data = cross_data(read(value_added))
    write_exhibit(draw_cross(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.value_added,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
