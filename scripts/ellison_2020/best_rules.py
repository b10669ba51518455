"""Find the best rules by census tract, and how far they and other plans are from the benchmark."""

import pandas as pd

from welfare_added.admissions.best_rules import best_rules
from welfare_added.admissions.sample import applicants_of
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.admissions.tract_predictions import tract_cells, tract_expectations
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, tuned_at, tiers, targets, years, high):
    setting, applicants, names = read_setting(files, tiers, targets)
    everybody = pd.read_parquet(files["applicants"])
    shares = tract_expectations(applicants, applicants_of(everybody, years, high))
    tables = [
        best_rules(setting, at, tract_cells(applicants), shares).assign(school=names[at])
        for at in places_of(names, tuned_at)
    ]
    write_csv(pd.concat(tables), outputs["best_rules"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
