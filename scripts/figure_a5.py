from welfare_added import logs
from welfare_added.exhibits.frontiers import ces_data, draw_ces
from welfare_added.exhibits.output import read, write_exhibit


def main(earnings, ces, files, note, dpi, most_points):
    data = ces_data(read(earnings), read(ces))
    write_exhibit(draw_ces(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.earnings,
        snakemake.input.ces,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
