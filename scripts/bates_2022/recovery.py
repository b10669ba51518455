"""Estimated preferences beside those that were planted, by integrator and by choice sets too."""

import pandas as pd

from welfare_added.market.preference_tables import choice_set_tables, recovery_table
from welfare_added.market.principals import planted_of_estimable
from welfare_added.market.ratings import ratings
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def planted(path):
    return pd.read_csv(path).set_index("parameter")["value"]


def main(files, outputs, *, integrators, sets):
    platform = ("observed_applicants", "positions", "applications")
    rated = ratings(*(pd.read_parquet(files[name]) for name in platform))
    truth = {side: planted(files[f"true_{side}"]) for side in ("teachers", "principals")}
    truth["principals"] = pd.Series(planted_of_estimable(truth["principals"].to_dict(), rated))
    tables = [recovery_table(truth[side], pd.read_csv(files[side]), side) for side in truth]
    write_csv(pd.concat(tables), outputs["recovery"])
    named = [
        recovery_table(truth["teachers"], pd.read_csv(files[name]), name).rename(
            columns={"side": "integrator"}
        )
        for name in integrators
    ]
    write_csv(pd.concat(named), outputs["integrators"])
    by_set = {
        name: (
            pd.read_csv(files[f"{name}_estimates"]),
            pd.read_parquet(files[f"{name}_applicants"]),
            pd.read_parquet(files[f"{name}_pairs"]),
        )
        for name in sets
    }
    estimates, sizes = choice_set_tables(truth["teachers"], by_set)
    write_csv(estimates, outputs["choice_sets"])
    write_csv(sizes, outputs["choice_set_sizes"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
