"""Make the synthetic state's raw tables, and the truth behind them."""

from welfare_added.market.synthetic_state import synthesise_state
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(parameters, outputs, *, size, seed, years):
    state = synthesise_state(read_yaml(parameters), size=size, seed=seed, years=tuple(years))
    for name, table in state.tables.items():
        write_csv(table, outputs[name])
    for name, table in state.truth.items():
        write_parquet(table, outputs[f"true_{name}"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input["parameters"], snakemake.output, **choices(snakemake.params))
