"""Standard errors of gains and their value, from replications of the district."""

import pandas as pd

from welfare_added.resampling.errors import standard_errors
from welfare_added.resampling.quantities import Choices, quantities
from welfare_added.run.job import job
from welfare_added.run.writing import as_json, write_csv, write_text


def main(students, replications, choices, level, errors):
    estimates = quantities(pd.read_parquet(students), Choices(**choices))
    parts = pd.concat([pd.read_csv(path) for path in replications], ignore_index=True)
    write_csv(standard_errors(estimates, parts, level), errors)


if "snakemake" in globals():
    with job(snakemake):
        files, params = snakemake.input, snakemake.params
        errors = snakemake.output.errors
        main(files.students, files.replications, params.choices, params.level, errors)
        made_by = {"source": params.source, "code": params.code}
        write_text(as_json(made_by), snakemake.output.provenance)
