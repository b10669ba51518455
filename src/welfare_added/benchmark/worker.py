"""One measurement in a process of its own: the job as JSON is its argument, the result printed."""

import json
import sys
import time

import numpy as np

from welfare_added.audit.environment import peak_mb
from welfare_added.benchmark.cells import cell
from welfare_added.benchmark.methods import METHODS

SHORT = 12  # classes of the cell on which a method runs first, so that loading is not timed


def main(task: str, method: str, n: int, weights: list[float], seed: int) -> dict:
    """Seconds of one run, peak memory of the process [MB], and the values found."""
    solve = METHODS[task][method]
    solve(cell(SHORT, seed, np.array(weights)))
    problem = cell(n, seed, np.array(weights))
    start = time.perf_counter()
    values = solve(problem)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": peak_mb(), "values": [float(value) for value in values]}


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
