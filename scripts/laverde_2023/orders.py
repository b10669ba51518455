"""Effective draws in 1,000 sweeps of our order and of the published one."""

from welfare_added.run.job import choices, job
from welfare_added.selection.posterior import orders_table, read_chains
from welfare_added.selection.written import write_tables
from welfare_added.transfers.study_files import read_model


def main(files, out, *, export, study, sampler, thin):
    _, _, model = read_model(files, export, study, sampler)
    ours, published = read_chains([files["ours"], files["published"]])
    write_tables({"orders": orders_table(model, ours, published, thin)}, {"orders": out})


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output.orders, **choices(snakemake.params))
