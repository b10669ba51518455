"""Time placement and the best class of a composition against other solvers."""

from welfare_added.benchmark.admissions import COMPARISON
from welfare_added.benchmark.comparison import summary
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(outputs, params):
    rounds = COMPARISON.run(params.sizes, params.rounds, params.seed)
    COMPARISON.refuse_disagreement(rounds)
    write_csv(rounds, outputs["rounds"])
    write_csv(summary(rounds), outputs["table"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output, snakemake.params)
