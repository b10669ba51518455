import pandas as pd

from welfare_added.run import writing
from welfare_added.run.job import job


def main(plans, certificates, plan, certificate):
    writing.write_parquet(pd.concat(map(pd.read_parquet, plans)), plan)
    writing.write_csv_parts(certificates, certificate)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.plan, snakemake.input.certificates, *snakemake.output)
