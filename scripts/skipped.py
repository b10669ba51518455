from welfare_added.exhibits.declarations import skipped_table
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(reasons, out):
    write_csv(skipped_table(reasons), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.params.reasons, snakemake.output.skipped)
