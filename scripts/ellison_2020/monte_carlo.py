"""Repeat the study with fresh synthetic pools."""

from welfare_added.admissions.fresh_pools import FreshPools
from welfare_added.admissions.monte_carlo import monte_carlo
from welfare_added.admissions.tracts import read_tracts
from welfare_added.district.layout import read_layout
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, study, tuned_at, pools, seed, processes):
    fresh = FreshPools(
        read_tracts(files["tracts"]),
        read_yaml(files["parameters"]),
        read_layout(files["layout"], files["layout_schema"]),
        **study,
    )
    write_csv(monte_carlo(fresh, tuned_at, pools, seed, processes), outputs["spread"])


if "snakemake" in globals():
    with job(snakemake):
        chosen = choices(snakemake.params)
        main(snakemake.input, snakemake.output, processes=snakemake.threads, **chosen)
