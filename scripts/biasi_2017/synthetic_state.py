"""Make a synthetic state's raw tables, and the truth behind them."""

from welfare_added.pay.synthetic_state import synthesise_state
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, **chosen):
    made = synthesise_state(read_yaml(files["inputs"]), read_yaml(files["parameters"]), **chosen)
    for name, table in made.tables.items():
        write_csv(table, outputs[name])
    for name, table in made.truth.items():
        write_parquet(table, outputs[f"true_{name}"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
