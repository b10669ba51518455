from welfare_added.exhibits.eastmond_2024.bias import bias_data, draw_bias
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(bias, sheet):
    data = bias_data(read(bias))
    write_exhibit(draw_bias(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.bias, sheet_of(snakemake, record.origin))
