from welfare_added.audit.job import job
from welfare_added.exhibits.bias import bias_data, draw_bias
from welfare_added.exhibits.output import read, sheet_of, write_exhibit


def main(bias, sheet):
    data = bias_data(read(bias))
    write_exhibit(draw_bias(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.bias, sheet_of(snakemake, record.origin))
