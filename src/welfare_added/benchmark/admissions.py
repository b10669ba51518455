"""The benchmark of admissions: placing applicants, and the best class of a wanted composition."""

import pandas as pd

from welfare_added.benchmark.timed_rounds import measured, medians
from welfare_added.run.errors import UserError

# Most applicants with whom each method is timed, and how often in a round: the first run of
# milliseconds is not representative.
MOST = {
    ("placement", "ours"): (1_000_000, 20),
    ("placement", "ours_acceptance"): (1_000_000, 20),
    ("placement", "python_loop"): (150_000, 3),
    ("placement", "matching"): (15_000, 1),
    ("quota", "ours"): (1_000_000, 20),
    ("quota", "highs_linear"): (15_000, 1),
    ("quota", "highs_integer"): (15_000, 1),
}
TOLERANCE = 1e-9  # relative, of values of HiGHS, which are not whole numbers


def jobs(sizes: list[int]) -> list[dict]:
    """Every measurement of one round: task, method, number of applicants n, and runs."""
    return [
        {"task": task, "method": method, "n": n, "runs": runs}
        for n in sizes
        for (task, method), (most, runs) in MOST.items()
        if n <= most
    ]


def run(sizes: list[int], rounds: int, seed: int) -> pd.DataFrame:
    """Time every method ``rounds`` times, all methods in each round, one process per measurement.

    Columns: round, task, method, n, seconds (smallest of a process's runs), peak_mb, value (the
    same for all methods of a task and number of applicants).
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
        for number, job, result in measured("admissions", seeded, rounds)
    ]
    return pd.DataFrame(rows)


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row per task, method and size, and the ratio to our time in the same round."""
    base = rounds[rounds["method"] == "ours"].set_index(["task", "round", "n"])["seconds"]
    return medians(rounds, "n", lambda task: base[task], "ratio_to_ours")


def refuse_disagreement(rounds: pd.DataFrame) -> None:
    """Raise UserError where the values of methods on the same applicants differ."""
    for (task, n), part in rounds.groupby(["task", "n"]):
        spread = part["value"].max() - part["value"].min()
        if not spread <= TOLERANCE * part["value"].abs().max():
            raise UserError(
                f"{task}, {n:,} applicants: the methods disagree by {spread:.3g}: "
                f"{part.groupby('method')['value'].first().to_dict()}"
            )
