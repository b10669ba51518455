"""The benchmark of the allocation: who is timed on what, interleaved, and how time grows."""

import numpy as np
import pandas as pd

from welfare_added.benchmark.timed_rounds import measured, medians
from welfare_added.run.errors import UserError

WEIGHTS = 101  # of a sweep
# How many weights of a sweep each method is timed at, by number of classes; the seconds of a
# sweep are those of the weights timed, times 101 over their number. Absent: takes too long.
TIMED = {
    "ours": {100: 101, 317: 101, 1000: 101, 3000: 101, 10000: 101},
    "lsa": {100: 101, 317: 101, 1000: 11, 3000: 2},
    "lapx": {100: 101, 317: 101, 1000: 11, 3000: 2},
    "ortools": {100: 101, 317: 21, 1000: 1, 3000: 1},
    "highs_dense_warm": {100: 101, 317: 21},
    "highs_dense_cold": {100: 11, 317: 3},
    "pulp_cbc": {100: 3, 317: 1},
}
SINGLE = {
    "ours": (100, 317, 1000, 3000, 10000),
    "lsa": (100, 317, 1000, 3000),
    "lapx": (100, 317, 1000, 3000),
    "ortools": (100, 317, 1000, 3000),
    "highs_dense_cold": (100, 317),
    "pulp_cbc": (100, 317),
}
FRONTIER = (100, 317, 1000)
MILP = {"ours": (100, 317), "highs_dense": (100,)}  # with all arcs 317 takes minutes
MILP_WEIGHTS = [0.0, 0.1, 1.0]  # the ends carry the counts; the middle one is solved


def jobs(sizes: list[int]) -> list[dict]:
    """Every measurement of one round, the reference of each task and size before its peers."""
    grid = np.arange(WEIGHTS) / (WEIGHTS - 1)
    found = []
    for n in sizes:
        for method, timed in TIMED.items():
            if n in timed:
                inner = np.linspace(0, WEIGHTS - 1, timed[n] + 2)[1:-1]
                at = range(WEIGHTS) if timed[n] == WEIGHTS else np.round(inner).astype(int)
                found.append(_job("sweep", method, n, grid[at]))
        found += [_job("single", method, n, [0.5]) for method in SINGLE if n in SINGLE[method]]
        if n in FRONTIER:
            found.append(_job("frontier", "ours", n, [0.0, 1.0]))
        found += [_job("milp", method, n, MILP_WEIGHTS) for method in MILP if n in MILP[method]]
    return found


def _job(task: str, method: str, n: int, weights) -> dict:
    return {"task": task, "method": method, "n": n, "weights": [float(w) for w in weights]}


def run(sizes: list[int], rounds: int, seed: int) -> pd.DataFrame:
    """Time every method ``rounds`` times, all methods in each round, one process a measurement.

    Columns: round, task, method, n, weights (timed), seconds (of the whole task), peak_mb, value
    (sum of the values found, which all methods of a task and set of weights must share).
    """
    asked = [{**job, "seed": seed} for job in jobs(sizes)]
    rows = []
    for number, job, found in measured("allocation", asked, rounds):
        scale = WEIGHTS / len(job["weights"]) if job["task"] == "sweep" else 1.0
        rows.append(
            {
                "round": number,
                "task": job["task"],
                "method": job["method"],
                "n": job["n"],
                "weights": len(job["weights"]),
                "seconds": found["seconds"] * scale,
                "peak_mb": found["peak_mb"],
                "value": sum(found["values"]),
            }
        )
    return pd.DataFrame(rows)


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row a task, method and size, and time over that of LSA in the same round.

    The frontier is held against LSA's whole sweep; a mixed-integer programme against one LSA.
    """
    reference = {"sweep": "sweep", "frontier": "sweep", "single": "single", "milp": "single"}
    lsa = rounds[rounds["method"] == "lsa"].set_index(["task", "round", "n"])["seconds"]
    return medians(rounds, "n", lambda task: lsa[reference[task]], "ratio_to_lsa")


def refuse_disagreement(rounds: pd.DataFrame) -> None:
    """Raise ValueError where methods that solved the same problems found different values."""
    exact = rounds[rounds["task"] != "frontier"]
    for (task, n, weights), part in exact.groupby(["task", "n", "weights"]):
        tolerance = {"milp": 2e-4}.get(task, 1e-5)
        spread = part["value"].max() - part["value"].min()
        if spread > tolerance * part["value"].abs().max():
            raise UserError(
                f"{task}, {n} classes, {weights} weights: the methods disagree by {spread:.3g}: "
                f"{part.groupby('method')['value'].first().to_dict()}"
            )
