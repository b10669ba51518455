"""Summarise all worlds: intervals of claims, shares of their variance, effects of choices."""

from pathlib import Path

from welfare_added.claims.document import read as read_claims
from welfare_added.intervals.declaration import READINGS
from welfare_added.intervals.kept import read_worlds, summaries
from welfare_added.intervals.worlds import setting_of
from welfare_added.run.job import job
from welfare_added.run.writing import as_json, write_csv, write_text


def main(paths, worlds, config, code, out):
    setting = setting_of(paths.declaration, paths.schema, paths.parameters, paths.targets, config)
    document = read_claims(Path(paths.claims), Path(paths.claims_schema))
    tables, provenance = summaries(setting, document, worlds, Path(paths.declaration).parent)
    for name, table in tables.items():
        write_csv(table, out[name])
    write_text(as_json({**provenance, "code": code}), out.provenance)


if "snakemake" in globals():
    with job(snakemake):
        paths, params = snakemake.input, snakemake.params
        worlds = {name: read_worlds(paths[name]) for name in (*READINGS, "choices", "delivered")}
        main(paths, worlds, params.choices, params.worlds_code, snakemake.output)
