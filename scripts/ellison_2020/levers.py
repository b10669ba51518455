"""Move one choice of the plan in force at a time."""

import pandas as pd

from welfare_added.admissions.levers import City, lever_table
from welfare_added.admissions.setting import places_by_name, read_setting
from welfare_added.admissions.tracts import tracts_of_year
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, tuned_at, tiers, year, levers):
    setting, applicants, names = read_setting(files, tiers)
    tracts = tracts_of_year(pd.read_parquet(files["tracts"]), year)
    city = City(setting.pool, applicants["tract"].to_numpy(), tracts, tiers)
    places = places_by_name(names, tuned_at)
    write_csv(lever_table(city, levers, places), outputs["levers"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
