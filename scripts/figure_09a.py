from welfare_added.exhibits.eastmond_2024.earnings import draw_subjects, subjects_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(subjects, earnings_per_sd, sheet):
    data = subjects_data(read(subjects), earnings_per_sd)
    write_exhibit(draw_subjects(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(
            snakemake.input.subjects,
            snakemake.params.earnings_per_sd,
            sheet_of(snakemake, record.origin),
        )
