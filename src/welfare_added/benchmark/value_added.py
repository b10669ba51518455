"""The benchmark of value added: who is timed on how many student-years, and how time grows."""

import logging
import shutil
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from welfare_added.benchmark.students import write_shuffled, write_students
from welfare_added.benchmark.timed_rounds import measured, medians
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)

# Student-years up to which each method is timed; beyond, memory or minutes run out.
MOST = {
    ("read", "pyarrow"): 20_000_000,
    ("residualise", "floor"): 20_000_000,
    ("residualise", "ours"): 20_000_000,
    ("residualise", "pyfixest"): 5_000_000,
    ("residualise", "statsmodels"): 200_000,
    ("estimate", "ours"): 20_000_000,
    ("estimate", "lme4"): 200_000,
}
SHUFFLED = ("residualise", "ours")
COLUMNS = ["round", "task", "method", "rows", "seconds", "peak_mb", "value"]


def run(sizes: list[int], rounds: int, seed: int, batch: int) -> pd.DataFrame:
    """Time every method on every number of student-years, all methods in each round.

    Students are written to a temporary folder first. ``residualise`` by ``ours_shuffled`` is ours
    on the same students in random order.

    Returns
    -------
    DataFrame
        round, task, method, rows, seconds, peak_mb, value (the slope that methods share).

    Raises
    ------
    ValueError
        After the first number of student-years on which methods disagree.

    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            ordered, shuffled = (Path(folder) / f"{name}.parquet" for name in ("in_order", "not"))
            write_students(ordered, size, seed)
            write_shuffled(shuffled, ordered, seed)
            asked = [(pair, ordered) for pair in _methods(size)] + [(SHUFFLED, shuffled)]
            jobs = [
                {"task": task, "method": method, "rows": size, "path": str(path), "batch": batch}
                for (task, method), path in asked
            ]
            for number, job, found in measured("value_added", jobs, rounds):
                suffix = "_shuffled" if job["path"] == str(shuffled) else ""
                cost = (found["seconds"], found["peak_mb"], found["values"][0])
                rows.append((number, job["task"], job["method"] + suffix, size, *cost))
            refuse_disagreement(pd.DataFrame(rows, columns=COLUMNS))
    return pd.DataFrame(rows, columns=COLUMNS)


def _methods(size: int) -> list[tuple[str, str]]:
    return [pair for pair, most in MOST.items() if size <= most and (pair[1] != "lme4" or _lme4())]


def _lme4() -> bool:
    """Whether R and lme4 are there; they come with Debian's r-cran-lme4, not with us."""
    if shutil.which("Rscript") is None:
        log.warning("no Rscript: lme4 is left out (Debian: apt-get install r-cran-lme4)")
        return False
    done = subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True, check=False)
    if done.returncode:
        log.warning("R is there, lme4 is not: left out (Debian: apt-get install r-cran-lme4)")
    return done.returncode == 0


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row a task, method and size, and time over the bare pass of the same round."""
    base = rounds[rounds["method"] == "floor"].set_index(["round", "rows"])["seconds"]
    return medians(rounds, "rows", lambda task: base, "ratio_to_floor")


def refuse_disagreement(rounds: pd.DataFrame) -> None:
    """Raise ValueError where methods that ran the same regression found different slopes."""
    for (task, rows), part in rounds.dropna(subset=["value"]).groupby(["task", "rows"]):
        if not part["value"].max() - part["value"].min() <= 1e-6:
            raise UserError(
                f"{task}, {rows:,} student-years: the methods disagree: "
                f"{part.groupby('method')['value'].first().to_dict()}"
            )
