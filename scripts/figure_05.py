from welfare_added import logs
from welfare_added.exhibits.output import read, write_exhibit
from welfare_added.exhibits.profiles import FIGURE_05, draw_profiles, profile_data


def main(index, files, note, dpi, most_points):
    data = profile_data(read(index), FIGURE_05)
    write_exhibit(draw_profiles(data, FIGURE_05, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.index,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
