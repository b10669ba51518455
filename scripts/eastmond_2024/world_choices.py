"""Headline numbers of one world, with each open choice changed in turn."""

from welfare_added.intervals.choice_effects import headlines_by_choice
from welfare_added.intervals.worlds import setting_of
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(paths, config, number, out):
    setting = setting_of(paths.declaration, paths.schema, paths.parameters, paths.targets, config)
    write_csv(headlines_by_choice(setting, number), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.params.choices,
            int(snakemake.wildcards.number),
            snakemake.output.headlines,
        )
