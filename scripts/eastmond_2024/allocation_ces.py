from functools import partial

import pandas as pd

from welfare_added.allocation.ces import ces_factors, gamma_grid
from welfare_added.allocation.objectives import ces_objective
from welfare_added.allocation.plans import certificate_summary, solve_plan
from welfare_added.allocation.tie_breaks import tie_break
from welfare_added.run import writing
from welfare_added.run.job import job


def main(slots, students, plan, certificates, params):
    slots = pd.read_parquet(slots)
    gammas = gamma_grid(*params.gammas)
    factors = ces_factors(
        pd.read_parquet(students),
        slots,
        gammas,
        params.earnings_per_sd,
        params.mean_earnings,
        params.floor,
    )
    objective = ces_objective(slots, gammas, factors)
    plan_name = "ces", params.scope, "heterogeneous"
    results = solve_plan(
        slots,
        objective,
        params.scope,
        params.solver,
        params.tolerance,
        "g",
        params.only,
        partial(tie_break, params.ties, params.seed, plan_name),
    )
    writing.write_parquet(results[0], plan)
    writing.write_csv(results[1], certificates)
    return certificate_summary(results[1], params.solver)


if "snakemake" in globals():
    with job(snakemake) as record:
        record.notes = main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.output.plan,
            snakemake.output.certificates,
            snakemake.params,
        )
