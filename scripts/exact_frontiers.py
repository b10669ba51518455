import pandas as pd

from welfare_added import logs, tables
from welfare_added.allocation.vertices import minkowski


def main(vertices, labels, frontiers):
    parts = []
    for path, (subject, scope, information) in zip(vertices, labels, strict=True):
        keys = {"subject": subject, "scope": scope, "information": information}
        part = minkowski(pd.read_parquet(path))
        parts.append(part.assign(**keys)[[*keys, *part.columns]])
    tables.write_parquet(pd.concat(parts, ignore_index=True), frontiers)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(snakemake.input.vertices, snakemake.params.labels, snakemake.output.frontiers)
