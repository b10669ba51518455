"""Efficiencies with their spread over resampled applicants."""

import pandas as pd

from welfare_added.admissions.bootstrap import bootstrap_efficiency
from welfare_added.admissions.resampling import source_of
from welfare_added.admissions.setting import places_by_name, read_setting
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(
    files, outputs, *, tuned_at, tiers, targets, year, grades, steps, draws, by, seed, processes
):
    setting, applicants, names = read_setting(files, tiers, targets)
    tracts = pd.read_parquet(files["tracts"])
    source = source_of(setting, applicants, tracts[tracts["year"] == year], grades, steps)
    places = places_by_name(names, tuned_at)
    table = bootstrap_efficiency(source, places, draws, seed, by, processes)
    write_csv(table, outputs["bootstrap"])


if "snakemake" in globals():
    with job(snakemake):
        chosen = choices(snakemake.params)
        main(snakemake.input, snakemake.output, processes=snakemake.threads, **chosen)
