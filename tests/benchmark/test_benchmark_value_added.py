"""The benchmark of value added: its students, its arithmetic, and that methods at hand agree."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from welfare_added.benchmark import value_added as benchmark
from welfare_added.benchmark import value_added_estimators as estimators
from welfare_added.benchmark.students import write_shuffled, write_students
from welfare_added.benchmark.timed_rounds import growth
from welfare_added.value_added.controls import control_vector
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import READ

ROWS = 12_000


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmark") / "students.parquet"
    write_students(path, ROWS, 1)
    return path


@pytest.fixture(scope="module")
def students(file):
    return pd.read_parquet(file)


def test_students_make_80_controls_in_classes_of_about_25(students):
    assert len(students) == ROWS
    assert set(READ) <= set(students)
    assert len(control_vector(students).names) == estimators.CONTROLS
    sizes = students.groupby(["class_id", "year"]).size()
    assert 20 < sizes.mean() < 30
    assert sizes.std() > 1
    assert (students.groupby(["class_id", "year"])["teacher_id"].nunique() == 1).all()
    assert students.groupby("teacher_id")["year"].nunique().max() == 6


def test_shuffled_students_are_the_same_in_another_order(file, students, tmp_path):
    write_shuffled(tmp_path / "shuffled.parquet", file, 1)
    shuffled = pd.read_parquet(tmp_path / "shuffled.parquet")
    assert students["class_id"].is_monotonic_increasing
    assert not shuffled["class_id"].is_monotonic_increasing
    again = shuffled.sort_values("student_id", ignore_index=True)
    pd.testing.assert_frame_equal(again, students, check_exact=True)


def test_a_benchmark_runs_whole_and_its_methods_agree(monkeypatch):
    few = {pair: most for pair, most in benchmark.MOST.items() if pair[1] not in estimators.ONCE}
    monkeypatch.setattr(benchmark, "MOST", few)
    found = benchmark.run([ROWS], 2, 1, 5000)
    assert (found.groupby(["round", "rows"]).size() == len(few) + 1).all()
    slopes = found[found["task"] == "residualise"].dropna().groupby(["rows", "method"])["value"]
    assert slopes.nunique().eq(1).all()
    assert set(found["method"]) == {"pyarrow", "floor", "ours", "data_frame", "ours_shuffled"}


def test_the_effects_put_in_come_out(file, students):
    found = estimate_value_added(estimators.Students(file, 5000).batches, **estimators.CHOICES)
    spread = found.variances.set_index(["subject", "group"])["v_total"]
    assert spread["ela", "standard"] == pytest.approx(0.55**2 + 0.18**2 + 0.08**2, rel=0.1)


def test_residualising_in_batches_gives_the_slope_of_the_dense_regression(file, students):
    seconds, slope = estimators.ours_residuals(estimators.Students(file, 5000))
    frame = estimators.Students(file, 5000).dense()
    controls = frame.drop(columns=["ela", "teacher"])
    apart = frame - frame.groupby("teacher").transform("mean").reindex(columns=frame.columns)
    dense = np.linalg.lstsq(apart[controls.columns].to_numpy(), apart["ela"].to_numpy(), rcond=1e-9)
    assert slope == pytest.approx(dense[0][0], abs=1e-9)
    assert seconds > 0


def test_statsmodels_finds_the_same_slope(tmp_path):
    path = tmp_path / "few.parquet"
    write_students(path, 5000, 2)
    students = estimators.Students(path, 5000)
    _, ours = estimators.ours_residuals(students)
    assert estimators.statsmodels_residuals(students)[1] == pytest.approx(ours, abs=1e-6)


@pytest.mark.parametrize(
    ("task", "method"), [("residualise", "floor"), ("estimate", "ours"), ("estimate", "data_frame")]
)
def test_a_worker_measures_in_its_own_process(file, task, method):
    job = {"task": task, "method": method, "rows": ROWS, "path": str(file)}
    asked = json.dumps({"benchmark": "value_added", **job, "batch": 5000})
    command = [sys.executable, "-m", "welfare_added.benchmark.worker", asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert 0 < found["seconds"] < 60
    assert 50 < found["peak_mb"] < 3000


def measured():
    rows = []
    for number, slower in enumerate([1.0, 2.0, 4.0]):
        for size in (10**5, 10**6):
            for task, method, seconds, value in [
                ("read", "pyarrow", 0.1 * size * slower, np.nan),
                ("residualise", "floor", size * slower, np.nan),
                ("residualise", "ours", 1.5 * size * slower, 0.5),
                ("residualise", "pyfixest", size**1.5 * slower, 0.5),
            ]:
                rows.append((number, task, method, size, seconds, 70.0 + number, value))
    return pd.DataFrame(rows, columns=benchmark.COLUMNS)


def test_ratios_are_to_the_bare_pass_of_the_same_round():
    table = benchmark.summary(measured()).set_index(["task", "method", "rows"])
    columns = "seconds ratio_to_floor ratio_min ratio_max peak_mb"
    assert list(table.columns) == columns.split()
    assert table.loc[("residualise", "ours", 10**6)].tolist() == [3e6, 1.5, 1.5, 1.5, 71]
    assert table.loc[("read", "pyarrow", 10**5), "ratio_to_floor"] == pytest.approx(0.1)


def test_growth_is_the_exponent():
    found = growth(benchmark.summary(measured()), "rows").set_index(["task", "method"])
    assert found.loc[("residualise", "pyfixest"), "exponent"] == pytest.approx(1.5)


def test_methods_that_disagree_are_refused():
    table = measured()
    benchmark.refuse_disagreement(table)
    table.loc[table["method"] == "ours", "value"] += 1e-5
    with pytest.raises(
        ValueError, match="residualise, 100,000 student-years: the methods disagree"
    ):
        benchmark.refuse_disagreement(table)


def test_every_method_is_timed_at_the_smallest_size_and_only_ours_at_the_largest():
    assert {method for _, method in benchmark._methods(200_000)} >= {"pyfixest", "statsmodels"}
    assert {method for _, method in benchmark._methods(20_000_000)} == {"floor", "ours", "pyarrow"}
    for task, method in benchmark.MOST:
        assert method in estimators.METHODS[task]


def test_lme4_that_is_not_there_is_left_out_and_said(monkeypatch, caplog):
    monkeypatch.setattr(benchmark.shutil, "which", lambda name: None)
    assert ("estimate", "lme4") not in benchmark._methods(200_000)
    assert "lme4 is left out" in caplog.text
