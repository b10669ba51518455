import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(reasons, out):
    write_csv(pd.DataFrame(list(reasons.items()), columns=["exhibit", "reason"]), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.params.reasons, snakemake.output.skipped)
