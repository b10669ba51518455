from welfare_added import logs
from welfare_added.exhibits.earnings import draw_subjects, subjects_data
from welfare_added.exhibits.output import read, write_exhibit


def main(subjects, files, earnings_per_sd, note, dpi, most_points):
    data = subjects_data(read(subjects), earnings_per_sd)
    write_exhibit(draw_subjects(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.subjects,
        snakemake.output,
        snakemake.params.earnings_per_sd,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
