from welfare_added.exhibits.eastmond_2024.validation import draw_persistence, persistence_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(persistence, sheet):
    data = persistence_data(read(persistence))
    write_exhibit(draw_persistence(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.persistence, sheet_of(snakemake, record.origin))
