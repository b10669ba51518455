import pandas as pd

from welfare_added import logs, tables
from welfare_added.allocation.objectives import social_weights, subject_objective
from welfare_added.allocation.plans import solve_plan


def main(slots, plan, certificates, params):
    slots = pd.read_parquet(slots)
    objective = subject_objective(slots, social_weights(params.weights), params.ends)
    results = solve_plan(slots, objective, params.scope, params.solver, params.tolerance)
    tables.write_parquet(results[0], plan)
    tables.write_csv(results[1], certificates)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.slots,
        snakemake.output.plan,
        snakemake.output.certificates,
        snakemake.params,
    )
