"""Estimate value added in small worlds with planted effects."""

from welfare_added.grade_means.printed import PrintedChoices
from welfare_added.grade_means.recovery import (
    beside_planted,
    recovery,
    recovery_summary,
    worlds_of_cells,
)
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table


def main(out, *, noise, printed, runs, schools, most_teachers, seed):
    worlds = worlds_of_cells(schools, most_teachers)
    made = recovery(worlds, runs, seed, noise=noise, printed=PrintedChoices(**printed))
    write_csv(significant_table(beside_planted(recovery_summary(made), worlds)), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.recovery, **choices(snakemake.params))
