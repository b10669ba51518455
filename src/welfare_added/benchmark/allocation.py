"""The benchmark of the allocation: methods, tasks and sizes, timed in interleaved rounds."""

import numpy as np
import pandas as pd

from welfare_added.benchmark.timed_rounds import measured, medians
from welfare_added.run.errors import UserError

WEIGHTS = 101  # of a sweep
# Number of weights at which each method is timed in a sweep, by number of classes; seconds are
# scaled up to 101 weights. Sizes that take too long are absent.
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
MILP_WEIGHTS = [0.0, 0.1, 1.0]  # the middle one is solved; the factors at 0 and 1 hold the counts


def jobs(sizes: list[int]) -> list[dict]:
    """Every measurement of one round: task, method, number of classes n, and weights."""
    grid = np.arange(WEIGHTS) / (WEIGHTS - 1)
    result = []
    for n in sizes:
        for method, timed in TIMED.items():
            if n in timed:
                inner = np.linspace(0, WEIGHTS - 1, timed[n] + 2)[1:-1]
                at = range(WEIGHTS) if timed[n] == WEIGHTS else np.round(inner).astype(int)
                result.append(_job("sweep", method, n, grid[at]))
        result += [_job("single", method, n, [0.5]) for method in SINGLE if n in SINGLE[method]]
        if n in FRONTIER:
            result.append(_job("frontier", "ours", n, [0.0, 1.0]))
        result += [_job("milp", method, n, MILP_WEIGHTS) for method in MILP if n in MILP[method]]
    return result


def _job(task: str, method: str, n: int, weights) -> dict:
    return {"task": task, "method": method, "n": n, "weights": [float(w) for w in weights]}


def run(sizes: list[int], rounds: int, seed: int) -> pd.DataFrame:
    """Time every method ``rounds`` times, all methods in each round, one process per measurement.

    Columns: round, task, method, n, weights (number timed), seconds (of the whole task), peak_mb,
    value (sum of the optimal values, equal for all methods of a task and set of weights).
    """
    seeded = [{**job, "seed": seed} for job in jobs(sizes)]
    rows = []
    for number, job, result in measured("allocation", seeded, rounds):
        scale = WEIGHTS / len(job["weights"]) if job["task"] == "sweep" else 1.0
        rows.append(
            {
                "round": number,
                "task": job["task"],
                "method": job["method"],
                "n": job["n"],
                "weights": len(job["weights"]),
                "seconds": result["seconds"] * scale,
                "peak_mb": result["peak_mb"],
                "value": sum(result["values"]),
            }
        )
    return pd.DataFrame(rows)


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row per task, method and size, and the ratio to LSA's time in the same round.

    The frontier is compared with LSA's sweep of all weights, the integer programme with one LSA.
    """
    reference = {"sweep": "sweep", "frontier": "sweep", "single": "single", "milp": "single"}
    lsa = rounds[rounds["method"] == "lsa"].set_index(["task", "round", "n"])["seconds"]
    return medians(rounds, "n", lambda task: lsa[reference[task]], "ratio_to_lsa")


def refuse_disagreement(rounds: pd.DataFrame) -> None:
    """Raise UserError where the optimal values of methods on the same problems differ."""
    exact = rounds[rounds["task"] != "frontier"]
    for (task, n, weights), part in exact.groupby(["task", "n", "weights"]):
        tolerance = {"milp": 2e-4}.get(task, 1e-5)
        spread = part["value"].max() - part["value"].min()
        if spread > tolerance * part["value"].abs().max():
            raise UserError(
                f"{task}, {n} classes, {weights} weights: the methods disagree by {spread:.3g}: "
                f"{part.groupby('method')['value'].first().to_dict()}"
            )
