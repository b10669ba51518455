"""Estimate value added in small worlds with planted effects."""

from welfare_added.grade_means.printed import PrintedChoices
from welfare_added.grade_means.recovery import recovery, recovery_summary
from welfare_added.grade_means.worlds import WorldOfCells
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table


def main(out, *, noise, printed, runs, schools, most_teachers, seed):
    worlds = {
        f"{most} teachers a cell at most": WorldOfCells(schools, most_teachers=most)
        for most in most_teachers
    }
    made = recovery(worlds, runs, seed, noise=noise, printed=PrintedChoices(**printed))
    planted = {name: world.sd_teacher for name, world in worlds.items()}
    summary = recovery_summary(made)
    write_csv(significant_table(summary.assign(planted=summary["world"].map(planted))), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.recovery, **choices(snakemake.params))
