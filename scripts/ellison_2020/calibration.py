"""Compare the synthetic applicants with every published line about the paper's."""

from welfare_added.admissions.calibration_table import calibration_table
from welfare_added.admissions.moments import Conventions
from welfare_added.admissions.synthetic_tables import synthetic_world
from welfare_added.admissions.tracts import read_tracts
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(inputs, parameters, tracts, path, *, size, seed, conventions):
    places = read_tracts(tracts)
    made = synthetic_world(places, read_yaml(parameters), size=size, seed=seed)
    write_csv(calibration_table(read_yaml(inputs), made, places, Conventions(**conventions)), path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.inputs,
            snakemake.input.parameters,
            snakemake.input.tracts,
            snakemake.output.calibration,
            size=snakemake.params.size,
            seed=snakemake.params.seed,
            conventions=snakemake.params.conventions,
        )
