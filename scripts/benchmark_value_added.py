from welfare_added import tables
from welfare_added.audit.job import job
from welfare_added.benchmark.value_added import run


def main(rounds, params):
    tables.write_csv(run(params.sizes, params.rounds, params.seed, params.batch), rounds)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.rounds, snakemake.params)
