"""The benchmark of discrete choice: evaluating a simulated likelihood, and estimating a logit."""

import pandas as pd

from welfare_added.benchmark.timed_rounds import measured, medians
from welfare_added.run.errors import UserError

# Most rows with which each method is timed, and how often in a round.
MOST = {
    "ours": (5_000_000, 5),
    "ours_two_threads": (5_000_000, 5),
    "ours_alike": (5_000_000, 5),
    "numpy_value": (5_000_000, 2),
    "xlogit": (50_000, 2),
}
ESTIMATES = {"ours": 3, "ours_sobol_512": 3, "xlogit_512": 1}
ELECTRICITY_ROWS = 17_232
TOLERANCE = 1e-10  # relative, of log-likelihoods that are the same sum


def jobs(sizes: list[int]) -> list[dict]:
    """Every measurement of one round: task, method, number of rows n, and runs."""
    likelihoods = [
        {"task": "likelihood", "method": method, "n": n, "runs": runs}
        for n in sizes
        for method, (most, runs) in MOST.items()
        if n <= most
    ]
    return likelihoods + [
        {"task": "electricity", "method": method, "n": ELECTRICITY_ROWS, "runs": runs}
        for method, runs in ESTIMATES.items()
    ]


def run(sizes: list[int], rounds: int, seed: int, electricity: str) -> pd.DataFrame:
    """Time every method ``rounds`` times, all methods in each round, one process per measurement.

    Columns: round, task, method, n (rows), seconds (smallest of a process's runs), peak_mb, value
    (log-likelihood: the same for all methods of ``likelihood``; what each reaches on
    ``electricity``, whose choices are read from the file of that name).
    """
    given = [{**job, "seed": seed, "data": str(electricity)} for job in jobs(sizes)]
    rows = [
        {
            "round": number,
            **{name: job[name] for name in ("task", "method", "n")},
            "seconds": result["seconds"],
            "peak_mb": result["peak_mb"],
            "value": result["values"][0],
        }
        for number, job, result in measured("choice", given, rounds)
    ]
    return pd.DataFrame(rows)


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row per task, method and size; ratio to our time in the same round; value."""
    base = rounds[rounds["method"] == "ours"].set_index(["task", "round", "n"])["seconds"]
    table = medians(rounds, "n", lambda task: base[task], "ratio_to_ours")
    value = rounds.groupby(["task", "method", "n"])["value"].first()
    return table.join(value, on=["task", "method", "n"])


def refuse_disagreement(rounds: pd.DataFrame) -> None:
    """Raise UserError where log-likelihoods of methods at the same parameters differ."""
    for n, part in rounds[rounds["task"] == "likelihood"].groupby("n"):
        spread = part["value"].max() - part["value"].min()
        if not spread <= TOLERANCE * part["value"].abs().max():
            raise UserError(
                f"likelihood, {n:,} rows: the methods disagree by {spread:.3g}: "
                f"{part.groupby('method')['value'].first().to_dict()}"
            )
