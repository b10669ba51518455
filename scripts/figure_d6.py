from welfare_added import logs
from welfare_added.exhibits.output import read, write_exhibit
from welfare_added.exhibits.validation import draw_persistence, persistence_data


def main(persistence, files, note, dpi, most_points):
    data = persistence_data(read(persistence))
    write_exhibit(draw_persistence(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.persistence,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
