from welfare_added.exhibits.eastmond_2024.profiles import FIGURE_07, draw_profiles, profile_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(index, sheet):
    data = profile_data(read(index), FIGURE_07)
    write_exhibit(draw_profiles(data, FIGURE_07, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.index, sheet_of(snakemake, record.origin))
