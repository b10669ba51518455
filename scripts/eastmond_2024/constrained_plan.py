import pandas as pd

from welfare_added.allocation.constrained import constrained_frontier
from welfare_added.allocation.constraints import cells, read_pairs, slots_of_years
from welfare_added.allocation.frontier import subject_shares
from welfare_added.run import writing
from welfare_added.run.job import job


def main(slots, students, pairs, frontier, params):
    slots = pd.read_parquet(slots)
    pair_rows = read_pairs(pairs, slots) if pairs else None
    in_cells = cells(
        slots_of_years(slots, params.years),
        subject_shares(params.subject, params.subject_weight_ela),
        pd.read_parquet(students) if "racial_gap" in params.constraints else None,
        pair_rows,
    )
    table = constrained_frontier(
        in_cells, params.constraints, params.weights, params.optimality_gap, params.seconds
    )
    writing.write_csv(table, frontier)
    return {"solver": "highs", "largest_gap": float(table["optimality_gap"].max())}


if "snakemake" in globals():
    with job(snakemake) as record:
        record.notes = main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.get("pairs"),
            snakemake.output.frontier,
            snakemake.params,
        )
