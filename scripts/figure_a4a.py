from welfare_added.exhibits.eastmond_2024.profiles import FIGURE_A4A, draw_profiles, profile_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(winners, sheet):
    data = profile_data(read(winners), FIGURE_A4A)
    write_exhibit(draw_profiles(data, FIGURE_A4A, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.winners, sheet_of(snakemake, record.origin))
