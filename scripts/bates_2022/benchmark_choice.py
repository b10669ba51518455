"""Time simulated likelihoods and a mixed logit against numpy and xlogit."""

from welfare_added.benchmark.choice import refuse_disagreement, run, summary
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv


def main(inputs, outputs, params):
    rounds = run(params.rows, params.rounds, params.seed, inputs["electricity"])
    refuse_disagreement(rounds)
    write_csv(rounds, outputs["rounds"])
    write_csv(summary(rounds), outputs["table"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, snakemake.params)
