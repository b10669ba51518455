"""Scores of every school's class by stratum, and who is displaced by the tier plan."""

import pandas as pd

from welfare_added.admissions.displaced import (
    displaced_by_decile,
    displaced_by_tract,
    home_percentiles,
    score_histograms,
)
from welfare_added.admissions.placed_plans import placed_by_plan, require_benchmark
from welfare_added.admissions.plan_tables import AVERAGE
from welfare_added.admissions.setting import places_of, pool_of, read_applicants
from welfare_added.admissions.tracts import tracts_of_year
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, tuned_at, year, benchmark_at):
    applicants, seats = read_applicants(files)
    names, pool = list(seats["school_id"]), pool_of(applicants, seats)
    made = pd.read_parquet(files["assignments"])
    placed = placed_by_plan(made, applicants, names, benchmark_at or "")
    require_benchmark(placed, tuned_at, benchmark_at)
    three = {"score": "score", "tiers": "tiers", "benchmark": AVERAGE}
    where = {plan: placed[column].to_numpy() for plan, column in three.items()}
    write_csv(score_histograms(pool, where, names), outputs["histograms"])
    homes = applicants["tract"].to_numpy()
    percentiles = home_percentiles(homes, tracts_of_year(pd.read_parquet(files["tracts"]), year))
    benchmark = where["benchmark"] if benchmark_at is None else placed["benchmark"].to_numpy()
    both = benchmark, where["tiers"], places_of(names, tuned_at)
    write_csv(displaced_by_decile(pool, percentiles, *both), outputs["by_decile"])
    write_csv(displaced_by_tract(homes, *both), outputs["by_tract"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
