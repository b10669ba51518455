"""Put the market of one cycle together at the estimates."""

from welfare_added.market.market_files import Assembly, market_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_parquet


def main(files, outputs, **assembly):
    for name, table in market_tables(Assembly(files, **assembly).market()).items():
        write_parquet(table, outputs[f"market_{name}"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
