from welfare_added import logs
from welfare_added.exhibits.constrained import constrained_data, draw_constrained
from welfare_added.exhibits.output import read, write_exhibit


def main(constrained, files, note, dpi, most_points):
    data = constrained_data(read(constrained))
    write_exhibit(draw_constrained(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.constrained,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
