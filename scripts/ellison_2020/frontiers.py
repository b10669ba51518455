"""Find every class that a school has as the weight of each plan grows."""

import pandas as pd

from welfare_added.admissions.frontier_tables import best_by_number, frontier_table, with_shares
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv, write_parquet


def main(studied, schools, indices, outputs, *, tuned_at, tiers, largest):
    setting, _, names = read_setting(studied, schools, indices, tiers)
    places = places_of(names, tuned_at)
    table = pd.concat([frontier_table(setting, names, at, largest) for at in places])
    write_parquet(table, outputs["frontiers"])
    write_csv(with_shares(best_by_number(table)), outputs["best"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.studied,
            snakemake.input.schools,
            snakemake.input.indices,
            snakemake.output,
            tuned_at=snakemake.params.tuned_at,
            tiers=snakemake.params.tiers,
            largest=snakemake.params.largest,
        )
