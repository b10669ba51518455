"""Check a state's raw tables, and prepare teacher-years, links, cells and districts."""

from welfare_added.pay.choices import pay_choices
from welfare_added.pay.preparation import prepare
from welfare_added.pay.record_files import read_raw
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_parquet


def main(files, outputs, *, export, chosen):
    records = prepare(read_raw(files, export), pay_choices(chosen))
    for name, table in records.tables.items():
        write_parquet(table, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
