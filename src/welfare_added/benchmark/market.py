"""The benchmark of the market: stable matchings, optima, and reallocation with several seats."""

import pandas as pd

from welfare_added.benchmark.timed_rounds import measured, medians
from welfare_added.run.errors import UserError

# Most teachers with whom each method is timed, and how often in a round.
MOST = {
    ("stable", "ours"): (2000, 20),
    ("stable", "ours_seats"): (2000, 20),
    ("stable", "python_loop"): (2000, 3),
    ("stable", "matching"): (500, 1),
    ("best_stable", "ours"): (2000, 20),
    ("best_stable", "highs"): (50, 1),
    ("optimum", "ours"): (2000, 10),
    ("optimum", "scipy"): (2000, 10),
    ("optimum", "lapx"): (2000, 10),
    ("reallocation", "ours"): (2000, 10),
    ("reallocation", "ours_network"): (2000, 10),
    ("reallocation", "scipy"): (2000, 3),
}
TOLERANCE = 1e-6  # relative, of values: scores of our network simplex are rounded to 27 bits


def jobs(sizes: list[int]) -> list[dict]:
    """Every measurement of one round: task, method, number of teachers n, and runs."""
    return [
        {"task": task, "method": method, "n": n, "runs": runs}
        for n in sizes
        for (task, method), (most, runs) in MOST.items()
        if n <= most
    ]


def run(sizes: list[int], rounds: int, seed: int) -> pd.DataFrame:
    """Time every method ``rounds`` times, all methods in each round, one process per measurement.

    Columns: round, task, method, n, seconds (smallest of a process's runs), peak_mb, value (the
    same for all methods of a task and number of teachers).
    """
    seeded = [{**job, "seed": seed} for job in jobs(sizes)]
    rows = [
        {
            "round": number,
            **{name: job[name] for name in ("task", "method", "n")},
            "seconds": result["seconds"],
            "peak_mb": result["peak_mb"],
            "value": result["values"][0],
        }
        for number, job, result in measured("market", seeded, rounds)
    ]
    return pd.DataFrame(rows)


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row per task, method and size, and the ratio to our time in the same round."""
    base = rounds[rounds["method"] == "ours"].set_index(["task", "round", "n"])["seconds"]
    return medians(rounds, "n", lambda task: base[task], "ratio_to_ours")


def refuse_disagreement(rounds: pd.DataFrame) -> None:
    """Raise UserError where the values of methods on the same market differ."""
    for (task, n), part in rounds.groupby(["task", "n"]):
        spread = part["value"].max() - part["value"].min()
        if not spread <= TOLERANCE * part["value"].abs().max():
            raise UserError(
                f"{task}, {n:,} teachers: the methods disagree by {spread:.3g}: "
                f"{part.groupby('method')['value'].first().to_dict()}"
            )
