from welfare_added import logs
from welfare_added.exhibits.output import write_exhibit
from welfare_added.exhibits.theory import draw_theory, theory_data


def main(files, dpi, most_points):
    data = theory_data()
    write_exhibit(draw_theory(data), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(snakemake.output, snakemake.params.dpi, snakemake.params.most_points)
