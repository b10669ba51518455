"""The benchmark of discrete choice: methods agree, and its arithmetic. Nothing is timed here."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from welfare_added.benchmark import choice as benchmark
from welfare_added.benchmark.choice_likelihoods import ESTIMATES, LIKELIHOODS, ROWS, panel

ELECTRICITY = Path(__file__).parents[2] / "workflow/papers/bates_2022/benchmark/electricity.csv.gz"


@pytest.mark.parametrize("method", [name for name in LIKELIHOODS if name != "ours"])
def test_methods_have_the_same_log_likelihood(method):
    if method == "xlogit":
        pytest.importorskip("xlogit")
    given = panel(70 * ROWS, 1)
    value = LIKELIHOODS[method](given)()
    assert value == pytest.approx(LIKELIHOODS["ours"](given)(), rel=benchmark.TOLERANCE)


def test_few_are_taken_and_agents_differ():
    given = panel(200 * ROWS, 1)
    assert given.covariates.shape == (200, ROWS, 13) and given.draws.shape == (200, 100, 6)
    assert 0.05 < given.taken.mean() < 0.12
    shares = given.taken.mean(axis=1)
    assert shares.var() > 2 * (shares * (1 - shares) / ROWS).mean()


def test_a_worker_measures_in_its_own_process():
    job = {"task": "electricity", "method": "ours", "n": benchmark.ELECTRICITY_ROWS, "runs": 1}
    job |= {"seed": 1, "data": str(ELECTRICITY), "benchmark": "choice"}
    command = [sys.executable, "-m", "welfare_added.benchmark.worker", json.dumps(job)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["seconds"] > 0 and 20 < found["peak_mb"] < 2000
    assert found["values"] == pytest.approx([-3879.5], abs=2)
    assert len(pd.read_csv(ELECTRICITY)) == benchmark.ELECTRICITY_ROWS


def measured():
    rows = [
        (number, task, method, n, seconds * slower, 50.0, -value)
        for number, slower in enumerate([1.0, 3.0, 2.0])
        for task, method, n, seconds, value in [
            ("likelihood", "ours", 100, 1, 7.0),
            ("likelihood", "numpy_value", 100, 12, 7.0),
            ("electricity", "ours", 10, 1, 3.0),
            ("electricity", "xlogit_512", 10, 30, 3.5),
        ]
    ]
    names = ["round", "task", "method", "n", "seconds", "peak_mb", "value"]
    return pd.DataFrame(rows, columns=names)


def test_ratios_are_those_of_one_round():
    table = benchmark.summary(measured()).set_index(["task", "method"])
    assert table.loc[("likelihood", "numpy_value"), "ratio_to_ours"] == 12
    assert table.loc[("electricity", "xlogit_512"), "ratio_to_ours"] == 30
    assert table.loc[("electricity", "xlogit_512"), "value"] == -3.5
    assert table.loc[("likelihood", "ours"), "seconds"] == 2


def test_methods_that_disagree_are_refused():
    table = measured()
    benchmark.refuse_disagreement(table)  # estimates may differ
    table.loc[1, "value"] += 1e-6
    with pytest.raises(ValueError, match="likelihood, 100 rows: the methods disagree by 1e-06"):
        benchmark.refuse_disagreement(table)


def test_every_method_has_its_most_rows():
    listed = {(job["task"], job["method"]) for job in benchmark.jobs([100])}
    wanted = {("likelihood", method) for method in LIKELIHOODS}
    assert listed == wanted | {("electricity", method) for method in ESTIMATES}
    large = {job["method"] for job in benchmark.jobs([4_530_690]) if job["task"] == "likelihood"}
    assert large == {"ours", "ours_two_threads", "ours_alike", "numpy_value"}
