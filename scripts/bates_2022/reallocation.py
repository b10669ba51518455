"""Assign all teachers of the district anew."""

from welfare_added.market.district_tables import read_district
from welfare_added.market.reallocation_tables import reallocation_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, year, **curves):
    tables = reallocation_tables(read_district(files, year), **curves)
    for name, path in outputs.items():
        write_csv(tables[name], path)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
