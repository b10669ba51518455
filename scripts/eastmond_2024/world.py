"""Answer the claims in one world of a reading."""

from pathlib import Path

from welfare_added.claims.document import read as read_claims
from welfare_added.intervals.worlds import setting_of, world_answers
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(paths, config, reading, number, out):
    setting = setting_of(paths.declaration, paths.schema, paths.parameters, paths.targets, config)
    document = read_claims(Path(paths.claims), Path(paths.claims_schema))
    write_csv(world_answers(setting, document, reading, number), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.params.choices,
            snakemake.wildcards.reading,
            int(snakemake.wildcards.number),
            snakemake.output.answers,
        )
