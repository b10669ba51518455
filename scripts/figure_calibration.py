from welfare_added import logs
from welfare_added.exhibits.calibration import calibration_data, draw_calibration
from welfare_added.exhibits.output import read, write_exhibit


def main(calibration, files, note, dpi, most_points):
    data = calibration_data(read(calibration))
    write_exhibit(draw_calibration(data, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.calibration,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
