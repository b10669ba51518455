"""Move one choice of the plan in force at a time."""

import pandas as pd

from welfare_added.admissions.levers import City, lever_table
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.admissions.tracts import tracts_of_year
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(files, out, *, tuned_at, tiers, year, levers):
    setting, applicants, names = read_setting(
        files["studied"], files["schools"], files["indices"], tiers
    )
    tracts = tracts_of_year(pd.read_parquet(files["tracts"]), year)
    city = City(setting.pool, applicants["tract"].to_numpy(), tracts, tiers)
    places = dict(zip(tuned_at, places_of(names, tuned_at), strict=True))
    write_csv(lever_table(city, levers, places), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output.levers,
            tuned_at=snakemake.params.tuned_at,
            tiers=snakemake.params.tiers,
            year=snakemake.params.year,
            levers=snakemake.params.levers,
        )
