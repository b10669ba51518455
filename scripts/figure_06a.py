from welfare_added import logs
from welfare_added.exhibits.frontiers import draw_frontiers, information_data
from welfare_added.exhibits.output import read, write_exhibit


def main(frontiers, files, note, dpi, most_points):
    data = information_data(read(frontiers), "district")
    write_exhibit(draw_frontiers(data, "information", note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.frontiers,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
