from welfare_added.benchmark.allocation import refuse_disagreement, run
from welfare_added.run import writing
from welfare_added.run.job import job


def main(rounds, params):
    measured = run(params.sizes, params.rounds, params.seed)
    refuse_disagreement(measured)
    writing.write_csv(measured, rounds)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.rounds, snakemake.params)
