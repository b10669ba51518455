from welfare_added import logs
from welfare_added.exhibits.bias import bias_data, draw_bias
from welfare_added.exhibits.output import read, write_exhibit


def main(bias, files, note, dpi, most_points):
    data = bias_data(read(bias))
    write_exhibit(draw_bias(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.bias,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
