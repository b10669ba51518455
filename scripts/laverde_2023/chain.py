"""Run one chain of the sampler; one that was interrupted goes on where it was saved."""

from pathlib import Path

from welfare_added.run.job import choices, job
from welfare_added.selection.chain import Schedule
from welfare_added.selection.chain_files import finished_chain
from welfare_added.selection.priors import read_priors
from welfare_added.transfers.study_files import read_model


def main(files, path, mark, *, export, study, sampler, schedule, number, every):
    _, _, model = read_model(files, export, study, sampler)
    start, seed = read_priors(sampler["start"]), sampler["seed"]
    finished_chain(model, Schedule(**schedule), start, seed, number, path, mark, every)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(
            dict(snakemake.input.items()),
            Path(snakemake.output.chain),
            record.origin,
            **choices(snakemake.params),
        )
