import pandas as pd

from welfare_added import tables
from welfare_added.audit.job import job
from welfare_added.benchmark.allocation import growth, summary
from welfare_added.benchmark.figure import benchmark_data, draw_benchmark
from welfare_added.exhibits.output import sheet_of, write_exhibit


def main(rounds, table_path, growth_path, sheet):
    table = summary(pd.read_csv(rounds))
    tables.write_csv(table, table_path)
    tables.write_csv(growth(table), growth_path)
    data = benchmark_data(table)
    write_exhibit(draw_benchmark(data), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(
            snakemake.input.rounds,
            snakemake.output.table,
            snakemake.output.growth,
            sheet_of(snakemake, record.origin),
        )
