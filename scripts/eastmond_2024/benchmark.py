import pandas as pd

from welfare_added.benchmark import allocation, value_added
from welfare_added.benchmark.figure import benchmark_data, draw_benchmark
from welfare_added.benchmark.timed_rounds import growth
from welfare_added.exhibits.output import sheet_of, write_exhibit
from welfare_added.run import writing
from welfare_added.run.job import job


def main(inputs, outputs, sheet):
    table = allocation.summary(pd.read_csv(inputs.allocation))
    writing.write_csv(table, outputs.table)
    writing.write_csv(growth(table, "n"), outputs.growth)
    data = benchmark_data(table)
    write_exhibit(draw_benchmark(data), data, sheet)
    table = value_added.summary(pd.read_csv(inputs.value_added))
    writing.write_csv(table, outputs.value_added)
    writing.write_csv(growth(table, "rows"), outputs.value_added_growth)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(snakemake.input, snakemake.output, sheet_of(snakemake, record.origin))
