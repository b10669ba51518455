"""Make synthetic applicants on Chicago's real tracts, as raw tables."""

from welfare_added.admissions.synthetic_tables import raw_tables_of, synthetic_world
from welfare_added.admissions.tracts import read_tracts
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, size, seed):
    chosen, places = read_yaml(files["parameters"]), read_tracts(files["tracts"])
    made = synthetic_world(places, chosen, size=size, seed=seed)
    raw = raw_tables_of(made, places, chosen["tiers_in_force"])
    for name, table in raw.items():
        write_csv(table, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
