"""Estimate who moves, leaves and stays, with tests for few movers."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.matching import Matches
from welfare_added.sorting.study import sample_weights, with_handbook, with_outcome
from welfare_added.sorting.study_events import event_tables, wild_tests
from welfare_added.sorting.study_tables import other_sample, randomised, regime_tables
from welfare_added.value_added.significant import significant_table


def main(files, outputs, *, weights, bootstrap, randomisation):
    panel = with_handbook(pd.read_parquet(files["panel"]))
    rows, pairs = with_outcome(panel), pd.read_csv(files["matches"])
    samples = sample_weights(pairs, weights)
    own = Matches(pairs[pairs["sample"] == "matched"], ())
    made = {
        **regime_tables(rows, samples["matched"]),
        **event_tables(panel, rows, samples["matched"]),
    }
    tables = {
        **{name: table for name, (_, table) in made.items()},
        "other_four_covariates": other_sample(rows, samples["four_covariates"]),
        "other_propensity": other_sample(rows, samples["propensity"]),
        "wild_bootstrap": wild_tests({name: one for name, (one, _) in made.items()}, **bootstrap),
        "randomisation": randomised(rows, own, **randomisation),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
