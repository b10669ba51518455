"""Estimated parameters beside those that were planted, if any were."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.selection.posterior import beside_truth, of_lists, without_schools
from welfare_added.transfers.planted_truth import planted_truth
from welfare_added.transfers.planted_values import planted_values
from welfare_added.transfers.study_files import read_design

TRUTH = ("parameters", "teachers", "schools", "years", "matches")


def main(files, posteriors, outputs, *, export, study, rankings, planted):
    tables = {}
    truth = {name: pd.read_parquet(files[f"true_{name}"]) for name in TRUTH} if planted else None
    for name, path in zip(rankings, posteriors, strict=True):
        values = None
        if planted:
            _, design = read_design(files, export, study, name)
            values = planted_values(planted_truth(truth, design), design)
        tables[name] = beside_truth(pd.read_csv(path), values)
    write_csv(without_schools(tables[rankings[0]]), outputs["parameters"])
    write_csv(of_lists(tables), outputs["rankings"])


if "snakemake" in globals():
    with job(snakemake):
        files = {name: path for name, path in snakemake.input.items() if name != "posteriors"}
        main(files, snakemake.input.posteriors, snakemake.output, **choices(snakemake.params))
