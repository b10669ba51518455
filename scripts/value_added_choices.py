"""Estimate value added with each open choice changed in turn."""

import pandas as pd

from welfare_added.audit.job import choices, job
from welfare_added.tables import write_csv
from welfare_added.value_added.variants import variants


def main(students, choices, path):
    """Write how estimates under other choices compare with the configured ones."""
    write_csv(variants(pd.read_parquet(students), choices), path)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.students, choices(snakemake.params), snakemake.output.choices)
