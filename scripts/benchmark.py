import pandas as pd

from welfare_added import logs, tables
from welfare_added.benchmark.allocation import growth, summary
from welfare_added.benchmark.figure import benchmark_data, draw_benchmark
from welfare_added.exhibits.output import write_exhibit


def main(rounds, output, dpi, most_points):
    table = summary(pd.read_csv(rounds))
    tables.write_csv(table, output.table)
    tables.write_csv(growth(table), output.growth)
    data = benchmark_data(table)
    write_exhibit(draw_benchmark(data), data, output, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.rounds,
        snakemake.output,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
