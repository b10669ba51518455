"""Estimate scores by scheme of pay, with and without teachers' value added."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.study import sample_weights
from welfare_added.sorting.study_scores import (
    cells_with_value_added,
    score_estimates,
    score_means,
    score_samples,
)
from welfare_added.value_added.significant import significant_table


def main(files, outputs, *, weights, scale, clusters, first_post_year):
    cells = cells_with_value_added(
        pd.read_parquet(files["cells"]),
        pd.read_parquet(files["links"]),
        pd.read_parquet(files["panel"]),
        **scale,
    )
    matched = sample_weights(pd.read_csv(files["matches"]), weights)["matched"]
    districts = pd.read_parquet(files["districts"])
    regimes = score_samples(districts, matched)
    own, full = regimes["scores"], regimes["scores_full"]
    tables = {
        "scores": score_estimates(cells, own, first_post_year, clusters[0], matched),
        "scores_full": score_estimates(cells, full, first_post_year, clusters[1]),
        "mean_scores": score_means(cells, districts, matched),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
