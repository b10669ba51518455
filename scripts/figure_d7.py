from welfare_added.exhibits.eastmond_2024.validation import draw_outcomes, outcomes_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(outcomes, sheet):
    data = outcomes_data(read(outcomes))
    write_exhibit(draw_outcomes(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.outcomes, sheet_of(snakemake, record.origin))
