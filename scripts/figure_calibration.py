from welfare_added.exhibits.eastmond_2024.calibration import calibration_data, draw_calibration
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(calibration, sheet):
    data = calibration_data(read(calibration))
    write_exhibit(draw_calibration(data, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input.calibration, sheet_of(snakemake, record.origin))
