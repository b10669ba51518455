"""Efficiencies with their spread over resampled applicants."""

import pandas as pd

from welfare_added.admissions.bootstrap import bootstrap_efficiency
from welfare_added.admissions.resampling import source_of
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(files, out, *, tuned_at, tiers, year, grades, steps, draws, by, seed, processes):
    setting, applicants, names = read_setting(
        files["studied"], files["schools"], files["indices"], tiers
    )
    tracts = pd.read_parquet(files["tracts"])
    source = source_of(setting, applicants, tracts[tracts["year"] == year], grades, steps)
    places = dict(zip(tuned_at, places_of(names, tuned_at), strict=True))
    write_csv(bootstrap_efficiency(source, places, draws, seed, by, processes), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output.bootstrap,
            tuned_at=snakemake.params.tuned_at,
            tiers=snakemake.params.tiers,
            year=snakemake.params.year,
            grades=snakemake.params.grades,
            steps=snakemake.params.steps,
            draws=snakemake.params.draws,
            by=snakemake.params.by,
            seed=snakemake.params.seed,
            processes=snakemake.threads,
        )
