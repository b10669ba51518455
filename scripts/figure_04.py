from welfare_added import logs
from welfare_added.exhibits.frontiers import draw_frontiers, scope_data
from welfare_added.exhibits.output import read, write_exhibit


def main(frontiers, exact, files, note, dpi, most_points):
    data = scope_data(read(frontiers), *map(read, exact))
    write_exhibit(draw_frontiers(data, "scope", note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.frontiers,
        snakemake.input.exact,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
