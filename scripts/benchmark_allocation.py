from welfare_added import logs, tables
from welfare_added.benchmark.allocation import refuse_disagreement, run


def main(rounds, params):
    measured = run(params.sizes, params.rounds, params.seed)
    refuse_disagreement(measured)
    tables.write_csv(measured, rounds)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(snakemake.output.rounds, snakemake.params)
