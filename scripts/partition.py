from pathlib import Path

from welfare_added import tables
from welfare_added.audit.job import job
from welfare_added.district.files import TABLES
from welfare_added.district.partition import partition


def main(files, column, names, folder, parts):
    tables.write_csv(partition(files, column, names, Path(folder)), parts)


if "snakemake" in globals():
    with job(snakemake):
        raw = {table: snakemake.input[table] for table in TABLES if table in dict(snakemake.input.items())}
        params = snakemake.params
        main(raw, params.column, params.columns, params.folder, snakemake.output.parts)
