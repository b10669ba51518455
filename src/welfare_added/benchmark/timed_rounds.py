"""Timings in rounds: every method once per round, each in a process of its own."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import pandas as pd

from welfare_added.benchmark import worker

log = logging.getLogger(__name__)


def measured(benchmark: str, jobs: list[dict], rounds: int) -> Iterator[tuple[int, dict, dict]]:
    """Number of the round, job, and its result (seconds, peak_mb and values), one at a time.

    Raises RuntimeError naming a job that failed.
    """
    for number in range(rounds):
        for job in jobs:
            argument = json.dumps({"benchmark": benchmark, **job})
            command = [sys.executable, "-m", worker.__name__, argument]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            size = job.get("n") or job.get("rows")
            what = f"{job['method']} on {job['task']} with {size:,}"
            if done.returncode:
                errors = done.stderr.strip().splitlines()
                raise RuntimeError(
                    f"{what} failed: {errors[-1] if errors else f'exit code {done.returncode}'}. "
                    "`make benchmark` installs the other packages."
                )
            result = json.loads(done.stdout.splitlines()[-1])
            seconds, megabytes = result["seconds"], result["peak_mb"]
            log.info("round %d %s: %.4g s, %.0f MB", number, what, seconds, megabytes)
            yield number, job, result


def medians(
    rounds: pd.DataFrame, size: str, reference: Callable[[str], pd.Series], name: str
) -> pd.DataFrame:
    """Medians over the rounds, one row per task, method and size.

    Parameters
    ----------
    rounds
        round, task, method, the column ``size``, seconds, peak_mb.
    reference
        Gives the seconds with which a task's methods are compared, by round and size.
    name
        Name of the column of median ratios; ``ratio_min`` and ``ratio_max`` are beside it.

    """
    rows = []
    for (task, method, at), part in rounds.groupby(["task", "method", size], sort=True):
        same_round = pd.MultiIndex.from_product([part["round"], [at]])
        ratios = part["seconds"].to_numpy() / reference(task).reindex(same_round).to_numpy()
        rows.append(
            {
                "task": task,
                "method": method,
                size: at,
                "seconds": median(part["seconds"]),
                name: float(np.median(ratios)),
                "ratio_min": ratios.min(),
                "ratio_max": ratios.max(),
                "peak_mb": median(part["peak_mb"]),
            }
        )
    return pd.DataFrame(rows)


def growth(table: pd.DataFrame, size: str) -> pd.DataFrame:
    """Exponent b of seconds = a size^b, least squares in logs, one row per task and method."""
    rows = []
    for (task, method), part in table.groupby(["task", "method"], sort=True):
        if len(part) > 1:
            slope = np.polyfit(np.log(part[size]), np.log(part["seconds"]), 1)[0]
            rows.append({"task": task, "method": method, "sizes": len(part), "exponent": slope})
    return pd.DataFrame(rows)
