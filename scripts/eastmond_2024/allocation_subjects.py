from functools import partial

import pandas as pd

from welfare_added.allocation.objectives import social_weights, subject_objective
from welfare_added.allocation.plans import certificate_summary, solve_plan
from welfare_added.allocation.tie_breaks import tie_break
from welfare_added.run import writing
from welfare_added.run.job import job


def main(slots, plan, certificates, params):
    slots = pd.read_parquet(slots)
    objective = subject_objective(slots, social_weights(params.weights), params.ends)
    plan_name = "subjects", params.scope, "heterogeneous"
    results = solve_plan(
        slots,
        objective,
        params.scope,
        params.solver,
        params.tolerance,
        only=params.only,
        tie_break=partial(tie_break, params.ties, params.seed, plan_name),
    )
    writing.write_parquet(results[0], plan)
    writing.write_csv(results[1], certificates)
    return certificate_summary(results[1], params.solver)


if "snakemake" in globals():
    with job(snakemake) as record:
        record.notes = main(
            snakemake.input.slots,
            snakemake.output.plan,
            snakemake.output.certificates,
            snakemake.params,
        )
