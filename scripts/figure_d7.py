from welfare_added import logs
from welfare_added.exhibits.output import read, write_exhibit
from welfare_added.exhibits.validation import draw_outcomes, outcomes_data


def main(outcomes, files, note, dpi, most_points):
    data = outcomes_data(read(outcomes))
    write_exhibit(draw_outcomes(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.outcomes,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
