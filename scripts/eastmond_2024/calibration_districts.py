"""Moments of several districts as one table, and what it rests on."""

import yaml

from welfare_added.calibration.districts import gather, provenance
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_text


def main(parts, parameters, table_path, origin_path, choices):
    """Write the table of districts and its provenance."""
    write_csv(gather(parts), table_path)
    write_text(yaml.safe_dump(provenance(parameters, choices), sort_keys=False), origin_path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.parts,
            snakemake.input.parameters,
            snakemake.output.table,
            snakemake.output.origin,
            choices(snakemake.params)["choices"],
        )
