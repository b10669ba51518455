import pandas as pd

from welfare_added import tables
from welfare_added.audit.job import job


def main(plans, certificates, plan, certificate):
    tables.write_parquet_parts(map(pd.read_parquet, plans), plan)
    tables.write_csv_parts(certificates, certificate)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.plan, snakemake.input.certificates, *snakemake.output)
