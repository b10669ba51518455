"""Moments of chains with another likelihood of the lists, with diagnostics."""

from welfare_added.run.job import choices, job
from welfare_added.selection.posterior import posterior_table, read_chains
from welfare_added.selection.written import write_tables
from welfare_added.transfers.study_files import read_model


def main(files, chains, out, *, export, study, sampler, least):
    _, _, model = read_model(files, export, study, sampler)
    table = posterior_table(model, read_chains(chains), sampler["seed"], least)
    write_tables({"posterior": table}, {"posterior": out})


if "snakemake" in globals():
    with job(snakemake):
        files = {name: path for name, path in snakemake.input.items() if name != "chains"}
        out = snakemake.output.posterior
        main(files, snakemake.input.chains, out, **choices(snakemake.params))
