"""The benchmark's arithmetic, and that the methods at hand agree. Nothing is timed here."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from welfare_added.benchmark import allocation as benchmark
from welfare_added.benchmark.allocation_solvers import METHODS
from welfare_added.benchmark.cells import cell
from welfare_added.benchmark.figure import benchmark_data, draw_benchmark
from welfare_added.benchmark.timed_rounds import growth

AT_HAND = ["ours", "lsa", "highs_dense_cold", "highs_dense_warm"]


@pytest.mark.parametrize("task", ["sweep", "single"])
def test_methods_at_hand_agree(task):
    problem = cell(30, 1, np.array([0.0, 0.3, 0.7, 1.0]) if task == "sweep" else np.array([0.4]))
    found = [METHODS[task][name](problem) for name in AT_HAND if name in METHODS[task]]
    assert len(found) >= 3
    for values in found:
        assert values == pytest.approx(found[0], rel=1e-7)


def test_the_two_integer_programmes_agree_and_the_floors_bind():
    problem = cell(30, 1, np.array([0.0, 0.1, 1.0]))
    ours, dense = (METHODS["milp"][name](problem)[0] for name in ("ours", "highs_dense"))
    assert ours == pytest.approx(dense, rel=2e-4)
    assert ours < METHODS["single"]["lsa"](problem)[1]


def test_the_frontier_starts_and_ends_at_the_optima():
    problem = cell(30, 1, np.array([0.0, 1.0]))
    values = METHODS["frontier"]["ours"](problem)
    assert values[0] == pytest.approx(METHODS["single"]["lsa"](problem)[0])
    assert len(values) > 10


def test_a_worker_measures_in_its_own_process():
    job = {"task": "single", "method": "lsa", "n": 40, "weights": [0.5], "seed": 1}
    job["benchmark"] = "allocation"
    command = [sys.executable, "-m", "welfare_added.benchmark.worker", json.dumps(job)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["seconds"] > 0 and 20 < found["peak_mb"] < 1000
    assert found["values"] == pytest.approx(METHODS["single"]["lsa"](cell(40, 1, np.array([0.5]))))


def test_a_failing_peer_is_named():
    jobs = benchmark.jobs
    try:
        benchmark.jobs = lambda sizes: [benchmark._job("sweep", "none", 100, [0.5])]
        with pytest.raises(RuntimeError, match="none on sweep with 100 failed: KeyError"):
            benchmark.run([100], 1, 1)
    finally:
        benchmark.jobs = jobs


def measured():
    rows = []
    for number, slower in enumerate([1.0, 2.0, 4.0]):
        for n in (100, 1000):
            for task, method, seconds in [
                ("sweep", "lsa", n**2 * slower),
                ("sweep", "ours", n * slower),
                ("frontier", "ours", 2 * n * slower),
                ("single", "lsa", 0.1 * n**2),
                ("milp", "ours", n**2),
            ]:
                rows.append((number, task, method, n, 101, seconds, 50.0 + number, 7.0))
    names = ["round", "task", "method", "n", "weights", "seconds", "peak_mb", "value"]
    return pd.DataFrame(rows, columns=names)


def test_ratios_are_those_of_one_round():
    table = benchmark.summary(measured()).set_index(["task", "method", "n"])
    columns = "seconds ratio_to_lsa ratio_min ratio_max peak_mb"
    assert list(table.columns) == columns.split()
    ours = table.loc[("sweep", "ours", 100)]
    assert ours.tolist() == pytest.approx([200, 0.01, 0.01, 0.01, 51])
    assert table.loc[("frontier", "ours", 1000), "ratio_to_lsa"] == pytest.approx(0.002)
    assert table.loc[("milp", "ours", 100), "ratio_to_lsa"] == pytest.approx(10)


def test_growth_is_the_exponent():
    found = growth(benchmark.summary(measured()), "n").set_index(["task", "method"])
    assert found.loc[("sweep", "lsa"), "exponent"] == pytest.approx(2)
    assert found.loc[("sweep", "ours"), "exponent"] == pytest.approx(1)


def test_methods_that_disagree_are_refused():
    table = measured()
    benchmark.refuse_disagreement(table)
    table.loc[(table["task"] == "sweep") & (table["method"] == "ours"), "value"] += 0.01
    with pytest.raises(ValueError, match=r"sweep, 100 classes, 101 weights: the methods disagree"):
        benchmark.refuse_disagreement(table)


def test_every_size_and_method_has_its_reference():
    jobs = benchmark.jobs([100, 317, 1000, 3000, 10000])
    assert {job["method"] for job in jobs if job["task"] == "sweep"} == set(METHODS["sweep"])
    for job in jobs:
        assert job["method"] in METHODS[job["task"]]
        assert all(0 <= weight <= 1 for weight in job["weights"])
    of_lsa = {(job["task"], job["n"]) for job in jobs if job["method"] == "lsa"}
    assert {("sweep", n) for n in (100, 317, 1000, 3000)} <= of_lsa


def test_the_figure_draws_each_method():
    data = benchmark_data(benchmark.summary(measured()))
    figure = draw_benchmark(data)
    drawn = [line for axes in figure.axes for line in axes.lines if len(line.get_xdata())]
    assert len(drawn) == 3
    assert figure.axes[0].get_yscale() == "log"
