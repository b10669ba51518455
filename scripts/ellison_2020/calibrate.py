"""Search the parameters of the synthetic applicants on the published inputs alone."""

import logging

import yaml

from welfare_added.admissions.calibrate import calibrate
from welfare_added.admissions.moments import Conventions
from welfare_added.admissions.tracts import read_tracts
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import job
from welfare_added.run.writing import write_text


def main(start, inputs, search, tracts, path, *, seed, conventions):
    found = calibrate(
        read_yaml(start),
        read_yaml(inputs),
        read_tracts(tracts),
        Conventions(**conventions),
        read_yaml(search),
        seed=seed,
        report=logging.getLogger("calibrate").info,
    )
    write_text(yaml.safe_dump(found, sort_keys=False), path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.start,
            snakemake.input.inputs,
            snakemake.input.search,
            snakemake.input.tracts,
            snakemake.output.parameters,
            seed=snakemake.params.seed,
            conventions=snakemake.params.conventions,
        )
