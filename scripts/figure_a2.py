from welfare_added import logs
from welfare_added.exhibits.output import read, write_exhibit
from welfare_added.exhibits.sorting import draw_sorting, sorting_data


def main(bins, files, note, dpi, most_points):
    data = sorting_data(read(bins), "class_size")
    write_exhibit(draw_sorting(data, "class_size", note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.bins,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
