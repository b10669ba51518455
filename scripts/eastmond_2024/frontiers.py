import pandas as pd

from welfare_added.allocation.frontier import frontier, subject_shares
from welfare_added.run import writing
from welfare_added.run.job import job


def main(slots, plans, certificates, labels, weight_ela, frontiers):
    slots = pd.read_parquet(slots)
    parts = []
    for plan, certificate, (subject, scope, information) in zip(
        plans, certificates, labels, strict=True
    ):
        part = frontier(
            slots,
            pd.read_parquet(plan),
            pd.read_csv(certificate),
            subject_shares(subject, weight_ela),
        )
        keys = {"subject": subject, "scope": scope, "information": information}
        parts.append(part.assign(**keys)[[*keys, *part.columns]])
    writing.write_csv(pd.concat(parts, ignore_index=True), frontiers)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.plans,
            snakemake.input.certificates,
            snakemake.params.labels,
            snakemake.params.subject_weight_ela,
            snakemake.output.frontiers,
        )
