"""A benchmark of methods that solve the same tasks: what is timed, and whether they agree."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from welfare_added.benchmark.timed_rounds import measured, medians
from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class Comparison:
    """Methods that are timed on the same tasks of growing size.

    Attributes
    ----------
    name
        By which `worker` finds the methods.
    persons
        Whom the size counts, for messages.
    most
        By task and method: largest size with which it is timed, and runs in a round.
    tolerance
        Largest difference of values, relative to the largest.

    """

    name: str
    persons: str
    most: Mapping[tuple[str, str], tuple[int, int]]
    tolerance: float

    def jobs(self, sizes: list[int]) -> list[dict]:
        """Every measurement of one round: task, method, size n, and runs."""
        return [
            {"task": task, "method": method, "n": n, "runs": runs}
            for n in sizes
            for (task, method), (most, runs) in self.most.items()
            if n <= most
        ]

    def run(self, sizes: list[int], rounds: int, seed: int) -> pd.DataFrame:
        """Time every method ``rounds`` times, all in each round, one process per measurement.

        Columns: round, task, method, n, seconds (smallest of a process's runs), peak_mb, value (the
        same for all methods of a task and size).
        """
        seeded = [{**job, "seed": seed} for job in self.jobs(sizes)]
        rows = [
            {
                "round": number,
                **{name: job[name] for name in ("task", "method", "n")},
                "seconds": result["seconds"],
                "peak_mb": result["peak_mb"],
                "value": result["values"][0],
            }
            for number, job, result in measured(self.name, seeded, rounds)
        ]
        return pd.DataFrame(rows)

    def refuse_disagreement(self, rounds: pd.DataFrame) -> None:
        """Raise UserError where the values of methods on the same data differ."""
        for (task, n), part in rounds.groupby(["task", "n"]):
            spread = part["value"].max() - part["value"].min()
            if not spread <= self.tolerance * part["value"].abs().max():
                raise UserError(
                    f"{task}, {n:,} {self.persons}: the methods disagree by {spread:.3g}: "
                    f"{part.groupby('method')['value'].first().to_dict()}"
                )


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row per task, method and size, and the ratio to our time in the same round."""
    base = rounds[rounds["method"] == "ours"].set_index(["task", "round", "n"])["seconds"]
    return medians(rounds, "n", lambda task: base[task], "ratio_to_ours")
