import pandas as pd

from welfare_added.allocation.vertices import sum_of_frontiers
from welfare_added.run import writing
from welfare_added.run.job import job


def main(vertices, labels, frontiers):
    parts = []
    for path, (subject, scope, information) in zip(vertices, labels, strict=True):
        keys = {"subject": subject, "scope": scope, "information": information}
        part = sum_of_frontiers(pd.read_parquet(path))
        parts.append(part.assign(**keys)[[*keys, *part.columns]])
    writing.write_parquet(pd.concat(parts, ignore_index=True), frontiers)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.vertices, snakemake.params.labels, snakemake.output.frontiers)
