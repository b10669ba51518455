from welfare_added.benchmark.value_added import run
from welfare_added.run import writing
from welfare_added.run.job import job


def main(rounds, params):
    writing.write_csv(run(params.sizes, params.rounds, params.seed, params.batch), rounds)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.rounds, snakemake.params)
