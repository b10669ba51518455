"""Compare the district's moments, and their mean over other districts, with the paper's."""

import pandas as pd

from welfare_added.calibration.districts import kept_districts, provenance
from welfare_added.calibration.targets import compare, read_targets
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(moments, targets, kept, origin, parameters, path, choices):
    """Write target, achieved and mean over districts for every line of the calibration file."""
    achieved = pd.read_csv(moments, index_col="quantity")["value"]
    districts = kept_districts(kept, origin, provenance(parameters, choices))
    write_csv(compare(read_targets(targets), achieved, districts), path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.moments,
            snakemake.input.targets,
            snakemake.input.kept,
            snakemake.input.origin,
            snakemake.input.parameters,
            snakemake.output[0],
            choices(snakemake.params)["choices"],
        )
