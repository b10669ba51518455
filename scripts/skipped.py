from welfare_added import logs
from welfare_added.exhibits.availability import skipped_table
from welfare_added.tables import write_csv


def main(reasons, out):
    write_csv(skipped_table(reasons), out)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(snakemake.params.reasons, snakemake.output.skipped)
