"""Simulate all policies, and find all stable allocations."""

from welfare_added.market.all_stable import stable_set_table, stable_sets
from welfare_added.market.market_files import read_market
from welfare_added.market.policy_tables import policy_table, simulate_policies
from welfare_added.market.simulate import Choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, *, simulation, threads):
    market, simulated = read_market(files), Choices(**simulation)
    runs = simulate_policies(market, simulated, threads=threads)
    write_parquet(runs, outputs["runs"])
    write_csv(policy_table(runs), outputs["policies"])
    write_csv(stable_set_table(stable_sets(market, simulated, threads)), outputs["stable_sets"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            threads=snakemake.threads,
            **choices(snakemake.params),
        )
