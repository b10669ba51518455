import pandas as pd

from welfare_added.allocation.frontier import subject_shares
from welfare_added.allocation.objectives import group_objective, social_weights
from welfare_added.allocation.vertices import trace, vertex_summary
from welfare_added.run import writing
from welfare_added.run.job import job


def main(slots, vertices, moves, params):
    slots = pd.read_parquet(slots)
    subjects = subject_shares(params.subject, params.subject_weight_ela)
    objective = group_objective(slots, subjects, params.information, social_weights(2))
    results = trace(slots, objective, params.scope, subjects, params.tolerance, params.only)
    writing.write_parquet(results[0], vertices)
    writing.write_parquet(results[1], moves)
    return vertex_summary(results[0])


if "snakemake" in globals():
    with job(snakemake) as record:
        record.notes = main(
            snakemake.input.slots,
            snakemake.output.vertices,
            snakemake.output.moves,
            snakemake.params,
        )
