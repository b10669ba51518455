import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.populations import populations


def main(students, slots, outcomes, deselected_share, out):
    tables = [pd.read_parquet(path) for path in (students, slots, outcomes)]
    write_csv(populations(*tables, deselected_share), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.students,
            snakemake.input.slots,
            snakemake.input.outcomes,
            snakemake.params.deselected_share,
            snakemake.output.populations,
        )
