from pathlib import Path

from welfare_added.district.partition import partition
from welfare_added.run import writing
from welfare_added.run.job import job


def main(files, column, names, folder, parts):
    writing.write_csv(partition(files, column, names, Path(folder)), parts)


if "snakemake" in globals():
    with job(snakemake):
        files = dict(snakemake.input.items())
        params = snakemake.params
        raw = {table: files[table] for table in params.tables if table in files}
        main(raw, params.column, params.columns, params.folder, snakemake.output.parts)
