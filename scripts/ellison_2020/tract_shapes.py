"""Tabulate the shapes of census tracts."""

import json
from pathlib import Path

from welfare_added.admissions.planner_tables import tract_shapes
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(shapes, out):
    write_csv(tract_shapes(json.loads(Path(shapes).read_text("utf-8"))["features"]), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.shapes, snakemake.output.shapes)
