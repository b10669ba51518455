from welfare_added import logs
from welfare_added.exhibits.output import read, write_exhibit
from welfare_added.exhibits.scatter import draw_groups, group_data


def main(value_added, moments, files, note, dpi, most_points):
    data = group_data(read(value_added), read(moments))
    write_exhibit(draw_groups(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.value_added,
        snakemake.input.moments,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
