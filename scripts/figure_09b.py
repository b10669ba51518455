from welfare_added.exhibits.eastmond_2024.frontiers import draw_earnings, earnings_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(earnings, sheet):
    data = earnings_data(read(earnings))
    write_exhibit(draw_earnings(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.earnings, sheet_of(snakemake, record.origin))
