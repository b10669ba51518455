"""The benchmark of admissions: methods at hand agree, and its arithmetic. Nothing is timed here."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from welfare_added.benchmark.admissions import COMPARISON
from welfare_added.benchmark.admissions_solvers import METHODS, checksum
from welfare_added.benchmark.applicants import UNITS, applicants
from welfare_added.benchmark.comparison import summary

AT_HAND = {
    "placement": ["ours", "ours_acceptance", "python_loop"],
    "quota": ["ours", "highs_linear", "highs_integer"],
}


@pytest.mark.parametrize("task", AT_HAND)
@pytest.mark.parametrize("n", [150, 1500])
def test_methods_at_hand_agree(task, n):
    pool = applicants(n, 1)
    values = [METHODS[task][name](pool) for name in AT_HAND[task]]
    assert values == pytest.approx([values[0]] * 3, rel=COMPARISON.tolerance)


def test_the_other_package_places_everybody_alike():
    pytest.importorskip("matching")
    pool = applicants(300, 2)
    assert METHODS["placement"]["matching"](pool) == METHODS["placement"]["ours"](pool)


def test_applicants_compete_and_the_composition_binds():
    pool = applicants(1500, 1)
    assert len(np.unique(pool.keys)) == 1500
    by_score, seats = np.argsort(-pool.keys), pool.seats[0]
    assert METHODS["quota"]["ours"](pool) < pool.keys[by_score[:seats]].sum() / UNITS
    assert pool.target[0] > pool.first[by_score[:seats]].sum()
    assert pool.seats.sum() < 0.3 * 1500 < 0.5 * (pool.lists[:, 0] < 5).sum()


def test_placements_are_told_apart():
    assert checksum(np.array([0, 1, -1])) != checksum(np.array([1, 0, -1]))
    assert checksum(np.array([0, -1])) != checksum(np.array([-1, 0]))


def test_a_worker_measures_in_its_own_process():
    job = {"task": "quota", "method": "ours", "n": 300, "runs": 2, "seed": 1}
    command = [sys.executable, "-m", "welfare_added.benchmark.worker"]
    argument = json.dumps({"benchmark": "admissions", **job})
    done = subprocess.run([*command, argument], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["seconds"] > 0 and 20 < found["peak_mb"] < 1000
    assert found["values"] == [METHODS["quota"]["ours"](applicants(300, 1))]


def measured():
    rows = [
        (number, task, method, n, seconds * slower, 50.0, 7.0)
        for number, slower in enumerate([1.0, 3.0, 2.0])
        for n in (100, 1000)
        for task, method, seconds in [
            ("placement", "ours", n),
            ("placement", "matching", n**2),
            ("quota", "ours", 2 * n),
            ("quota", "highs_linear", 20 * n),
        ]
    ]
    names = ["round", "task", "method", "n", "seconds", "peak_mb", "value"]
    return pd.DataFrame(rows, columns=names)


def test_ratios_are_those_of_one_round():
    table = summary(measured()).set_index(["task", "method", "n"])
    assert list(table.columns) == ["seconds", "ratio_to_ours", "ratio_min", "ratio_max", "peak_mb"]
    assert table.loc[("placement", "matching", 1000)].tolist() == [2e6, 1000, 1000, 1000, 50]
    assert table.loc[("quota", "highs_linear", 100), "ratio_to_ours"] == 10


def test_methods_that_disagree_are_refused():
    table = measured()
    COMPARISON.refuse_disagreement(table)
    table.loc[3, "value"] += 1e-6
    with pytest.raises(ValueError, match="quota, 100 applicants: the methods disagree by 1e-06"):
        COMPARISON.refuse_disagreement(table)


def test_every_method_has_its_most_applicants():
    listed = {(job["task"], job["method"]) for job in COMPARISON.jobs([100])}
    assert listed == {(task, method) for task in METHODS for method in METHODS[task]}
    large = {(job["task"], job["method"]) for job in COMPARISON.jobs([1_000_000])}
    assert large == {("placement", "ours"), ("placement", "ours_acceptance"), ("quota", "ours")}
