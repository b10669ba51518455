"""Match districts, and compare those of either scheme of pay."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet
from welfare_added.sorting.matching import district_means, probit
from welfare_added.sorting.study import characteristics, matched_samples
from welfare_added.sorting.study_comparisons import (
    comparisons,
    densities,
    handbook_comparison,
    pairs_of,
    sample_sizes,
)
from welfare_added.value_added.significant import significant_table


def main(files, outputs, *, chosen):
    panel, years = pd.read_parquet(files["panel"]), chosen["years"]
    rows = characteristics(
        pd.read_parquet(files["districts"]),
        pd.read_parquet(files["cells"]),
        panel,
        junior=chosen["short_years"],
        senior=chosen["long_years"],
        years=years,
    )
    matches = matched_samples(rows, chosen["samples"], years)
    weights = {name: one.sample(chosen["weights"]) for name, one in matches.items()}
    means = district_means(rows, chosen["covariates"], years)
    tables = {
        "characteristics": comparisons(rows, weights["matched"]),
        "handbooks": handbook_comparison(rows),
        "probit": probit(means, chosen["covariates"])[0],
        "samples": sample_sizes(weights, panel),
        "matches": pairs_of(matches),
        "densities": densities(rows, weights["matched"], chosen),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])
    write_parquet(significant_table(rows), outputs["district_years"])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
