from welfare_added.exhibits.eastmond_2024.constrained import constrained_data, draw_constrained
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(constrained, sheet):
    data = constrained_data(read(constrained))
    write_exhibit(draw_constrained(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.constrained, sheet_of(snakemake, record.origin))
