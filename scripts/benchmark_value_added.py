from welfare_added import tables
from welfare_added.audit.job import job
from welfare_added.benchmark.value_added import refuse_disagreement, run


def main(rounds, params):
    measured = run(params.sizes, params.rounds, params.seed, params.batch)
    refuse_disagreement(measured)
    tables.write_csv(measured, rounds)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output.rounds, snakemake.params)
