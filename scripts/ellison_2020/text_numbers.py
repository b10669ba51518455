import pandas as pd

from welfare_added.admissions.text_numbers import text_numbers
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(applicants, paths, checks, enrolments, out):
    addresses = pd.read_parquet(enrolments) if enrolments else None
    table = text_numbers(
        pd.read_parquet(applicants), pd.read_csv(paths), pd.read_csv(checks), addresses
    )
    write_csv(table, out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.applicants,
            snakemake.input.paths,
            snakemake.input.checks,
            snakemake.input.get("enrolments"),
            snakemake.output.text_numbers,
        )
