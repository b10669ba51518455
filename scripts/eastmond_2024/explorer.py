"""Collect the numbers of the report's explorer of allocations."""

from welfare_added.exhibits.output import read
from welfare_added.report.eastmond_2024.explorer import explorer_data
from welfare_added.report.numbers import compact_json
from welfare_added.run.job import job
from welfare_added.run.writing import write_text


def main(files, choices, out):
    tables = {name: read(path) for name, path in files.items() if name != "code"}
    write_text(compact_json(explorer_data(tables, **choices)) + "\n", out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.params.choices, snakemake.output.numbers)
