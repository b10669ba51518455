"""Collect the numbers of the planner's page."""

from welfare_added.exhibits.output import read
from welfare_added.report.ellison_2020.explorer import explorer_data
from welfare_added.report.numbers import compact_json
from welfare_added.run.job import job
from welfare_added.run.writing import write_text


def main(files, out):
    tables = {name: read(path) for name, path in files.items() if name != "code"}
    write_text(compact_json(explorer_data(tables)) + "\n", out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output.numbers)
