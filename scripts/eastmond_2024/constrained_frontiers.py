import pandas as pd

from welfare_added.run import writing
from welfare_added.run.job import job


def main(parts, labels, frontiers):
    tables = []
    for path, (plan, subject) in zip(parts, labels, strict=True):
        part = pd.read_csv(path)
        tables.append(part.assign(plan=plan, subject=subject)[["plan", "subject", *part.columns]])
    writing.write_csv(pd.concat(tables, ignore_index=True), frontiers)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.parts, snakemake.params.labels, snakemake.output.frontiers)
