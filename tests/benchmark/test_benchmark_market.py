"""The benchmark of the market: methods at hand agree, and its arithmetic. Nothing is timed here."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from welfare_added.benchmark.comparison import summary
from welfare_added.benchmark.market import COMPARISON
from welfare_added.benchmark.market_solvers import METHODS, checksum
from welfare_added.benchmark.markets import market
from welfare_added.run.errors import UserError

OTHERS = {"matching": "matching", "lapx": "lap"}
PAIRS = [(task, method) for task, methods in METHODS.items() for method in methods]


@pytest.mark.parametrize(("task", "method"), PAIRS)
@pytest.mark.parametrize("n", [12, 40])
def test_methods_agree(task, method, n):
    if method in OTHERS:
        pytest.importorskip(OTHERS[method])
    one = market(n, 1)
    wanted = METHODS[task]["ours"](one)
    assert METHODS[task][method](one) == pytest.approx(wanted, rel=COMPARISON.tolerance)


def test_market_has_several_stable_matchings_and_seats():
    one = market(60, 1)
    assert one.seats.sum() == 60 and len(one.seats) == 5
    assert METHODS["best_stable"]["ours"](one) <= METHODS["reallocation"]["ours"](one)


def test_matchings_are_told_apart():
    assert checksum(np.array([0, 1, 2])) != checksum(np.array([1, 0, 2]))


def test_a_worker_measures_in_its_own_process():
    job = {"task": "stable", "method": "ours", "n": 50, "runs": 2, "seed": 1}
    command = [sys.executable, "-m", "welfare_added.benchmark.worker"]
    argument = json.dumps({"benchmark": "market", **job})
    done = subprocess.run([*command, argument], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["seconds"] > 0 and found["values"] == [METHODS["stable"]["ours"](market(50, 1))]


def rounds():
    rows = [(r, "stable", m, 50, s * (r + 1), 100.0, 7.0) for r in (0, 1, 2)
            for m, s in (("ours", 1.0), ("python_loop", 10.0))]  # fmt: skip
    columns = ["round", "task", "method", "n", "seconds", "peak_mb", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_ratios_are_to_our_time_in_the_same_round():
    table = summary(rounds()).set_index("method")
    assert table.loc["ours", "ratio_to_ours"] == 1
    assert table.loc["python_loop", ["ratio_to_ours", "ratio_min"]].tolist() == [10, 10]
    assert table.loc["python_loop", "seconds"] == 20


def test_disagreement_is_refused():
    table = rounds()
    COMPARISON.refuse_disagreement(table)
    table.loc[0, "value"] = 8.0
    with pytest.raises(UserError, match="stable, 50 teachers: the methods disagree by 1"):
        COMPARISON.refuse_disagreement(table)


def test_every_method_is_timed_up_to_its_size():
    assert {(job["task"], job["method"]) for job in COMPARISON.jobs([50])} == set(PAIRS)
    assert ("stable", "matching") not in {
        (job["task"], job["method"]) for job in COMPARISON.jobs([2000])
    }
