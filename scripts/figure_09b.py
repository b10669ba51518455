from welfare_added import logs
from welfare_added.exhibits.frontiers import draw_earnings, earnings_data
from welfare_added.exhibits.output import read, write_exhibit


def main(earnings, files, note, dpi, most_points):
    data = earnings_data(read(earnings))
    write_exhibit(draw_earnings(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.earnings,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
