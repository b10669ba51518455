"""Find the best rules by census tract, and how far they and other plans are from the benchmark."""

import pandas as pd

from welfare_added.admissions.best_rules import best_rules
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.admissions.tract_predictions import tract_cells, tract_expectations
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(files, out, *, tuned_at, tiers, years, high):
    setting, applicants, names = read_setting(
        files["studied"], files["schools"], files["indices"], tiers
    )
    everybody = pd.read_parquet(files["applicants"])
    chosen = everybody["application_year"].between(*years) & (everybody["composite_score"] >= high)
    shares = tract_expectations(applicants, everybody[chosen])
    tables = [
        best_rules(setting, at, tract_cells(applicants), shares).assign(school=names[at])
        for at in places_of(names, tuned_at)
    ]
    write_csv(pd.concat(tables), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output.best_rules,
            tuned_at=snakemake.params.tuned_at,
            tiers=snakemake.params.tiers,
            years=snakemake.params.years,
            high=snakemake.params.high,
        )
