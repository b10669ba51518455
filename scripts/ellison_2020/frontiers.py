"""Find every class that a school has as the weight of each plan grows."""

import pandas as pd

from welfare_added.admissions.frontier_tables import best_by_number, frontier_table, with_shares
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, *, tuned_at, tiers, largest):
    setting, _, names = read_setting(files, tiers)
    places = places_of(names, tuned_at)
    table = pd.concat([frontier_table(setting, names, at, largest) for at in places])
    write_parquet(table, outputs["frontiers"])
    write_csv(with_shares(best_by_number(table)), outputs["best"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
