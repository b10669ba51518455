"""One measurement in a process of its own: the job as JSON is its argument, the result printed."""

import json
import sys


def main(benchmark: str, **job) -> dict:
    """Seconds of one run, peak memory of the process [MB], and the values computed."""
    if benchmark == "allocation":
        from welfare_added.benchmark.allocation_solvers import measure
    elif benchmark == "admissions":
        from welfare_added.benchmark.admissions_solvers import measure
    elif benchmark == "choice":
        from welfare_added.benchmark.choice_likelihoods import measure
    elif benchmark == "market":
        from welfare_added.benchmark.market_solvers import measure
    else:
        from welfare_added.benchmark.value_added_estimators import measure
    return measure(**job)


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
