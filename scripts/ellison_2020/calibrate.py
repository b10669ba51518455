"""Search the parameters of the synthetic applicants on the published inputs alone."""

import logging

from welfare_added.admissions.calibrate import calibrate
from welfare_added.admissions.moments import Conventions
from welfare_added.admissions.tracts import read_tracts
from welfare_added.calibration.commented import with_values
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_text


def main(files, outputs, *, seed, conventions):
    found = calibrate(
        read_yaml(files["start"]),
        read_yaml(files["inputs"]),
        read_tracts(files["tracts"]),
        Conventions(**conventions),
        read_yaml(files["search"]),
        seed=seed,
        report=logging.getLogger("calibrate").info,
    )
    write_text(with_values(files["start"], found), outputs["parameters"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
