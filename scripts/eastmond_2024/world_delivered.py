"""Gains that plans claim and deliver in one world of a true correlation between the groups."""

from welfare_added.intervals.claimed_delivered import delivered_in
from welfare_added.intervals.worlds import setting_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(paths, config, position, number, out):
    setting = setting_of(paths.declaration, paths.schema, paths.parameters, paths.targets, config)
    correlation = setting.declared.correlations[position]
    write_csv(delivered_in(setting, correlation, number), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.params.choices,
            int(snakemake.wildcards.position),
            int(snakemake.wildcards.number),
            snakemake.output.gains,
        )
