"""Compare the synthetic applicants with every published line about the paper's."""

from welfare_added.admissions.calibration_table import calibration_table
from welfare_added.admissions.moments import Conventions
from welfare_added.admissions.synthetic_tables import synthetic_world
from welfare_added.admissions.tracts import read_tracts
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, size, seed, conventions):
    places, inputs = read_tracts(files["tracts"]), read_yaml(files["inputs"])
    made = synthetic_world(places, read_yaml(files["parameters"]), size=size, seed=seed)
    table = calibration_table(inputs, made, places, Conventions(**conventions))
    write_csv(table, outputs["calibration"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
