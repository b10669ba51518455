"""Log-likelihoods and sizes of the estimated preferences in one table."""

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv_parts


def main(files, outputs):
    write_csv_parts(files["numbers"], outputs["numbers"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output)
