"""The benchmark of value added: methods and numbers of student-years, in interleaved rounds."""

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

# Most student-years on which each method is timed, limited by memory or time.
MOST = {
    ("read", "pyarrow"): 20_000_000,
    ("residualise", "floor"): 20_000_000,
    ("residualise", "ours"): 20_000_000,
    ("residualise", "pyfixest"): 5_000_000,
    ("residualise", "statsmodels"): 200_000,
    ("estimate", "ours"): 20_000_000,
    ("estimate", "data_frame"): 5_000_000,
    ("estimate", "lme4"): 200_000,
}
SHUFFLED = ("residualise", "ours")
COLUMNS = ["round", "task", "method", "rows", "seconds", "peak_mb", "value"]


def run(sizes: list[int], rounds: int, seed: int, batch: int) -> pd.DataFrame:
    """Time every method on every number of student-years, all methods in each round.

    Students are written to a temporary folder first. Method ``ours_shuffled`` is ours on the same
    students in random order. batch: student-years that ours reads at a time.

    Returns
    -------
    DataFrame
        round, task, method, rows, seconds, peak_mb, value (a slope, equal for all methods).

    Raises
    ------
    UserError
        If slopes differ between methods, at the first number of student-years where they do.

    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            ordered, shuffled = (Path(folder) / f"{name}.parquet" for name in ("in_order", "not"))
            write_students(ordered, size, seed)
            write_shuffled(shuffled, ordered, seed)
            pairs = [(pair, ordered) for pair in _methods(size)] + [(SHUFFLED, shuffled)]
            jobs = [
                {"task": task, "method": method, "rows": size, "path": str(path), "batch": batch}
                for (task, method), path in pairs
            ]
            for number, job, result in measured("value_added", jobs, rounds):
                suffix = "_shuffled" if job["path"] == str(shuffled) else ""
                values = (result["seconds"], result["peak_mb"], result["values"][0])
                rows.append((number, job["task"], job["method"] + suffix, size, *values))
            refuse_disagreement(pd.DataFrame(rows, columns=COLUMNS))
    return pd.DataFrame(rows, columns=COLUMNS)


def _methods(size: int) -> list[tuple[str, str]]:
    return [pair for pair, most in MOST.items() if size <= most and (pair[1] != "lme4" or _lme4())]


def _lme4() -> bool:
    """Whether R and its package lme4 are installed; our environment does not contain them."""
    if shutil.which("Rscript") is None:
        log.warning("no Rscript: lme4 is left out (Debian: apt-get install r-cran-lme4)")
        return False
    done = subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True, check=False)
    if done.returncode:
        log.warning("R has no package lme4: it is left out (Debian: apt-get install r-cran-lme4)")
    return done.returncode == 0


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Medians, one row per task, method and size, and the ratio to a bare X'X in the same round."""
    base = rounds[rounds["method"] == "floor"].set_index(["round", "rows"])["seconds"]
    return medians(rounds, "rows", lambda task: base, "ratio_to_floor")


def refuse_disagreement(rounds: pd.DataFrame) -> None:
    """Raise UserError where the slopes of methods that ran the same regression differ."""
    for (task, rows), part in rounds.dropna(subset=["value"]).groupby(["task", "rows"]):
        if not part["value"].max() - part["value"].min() <= 1e-6:
            raise UserError(
                f"{task}, {rows:,} student-years: the methods disagree: "
                f"{part.groupby('method')['value'].first().to_dict()}"
            )
