import itertools
import logging
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from allocation_cases import make_slots, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.allocation.objectives import (
    cell_problems,
    ces_objective,
    group_objective,
    social_weights,
    subject_objective,
)
from welfare_added.assignment import network as module
from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.lsa import LsaEngine
from welfare_added.assignment.network import NetworkEngine
from welfare_added.assignment.places import keep_places
from welfare_added.assignment.problem import Problem, SolverStall
from welfare_added.assignment.sweep import lsa, network, sweep

BOTH = {"ela": 0.75, "math": 0.25}
WEIGHTS = social_weights(7)


def all_objectives(slots):
    yield group_objective(slots, {"ela": 1.0}, "heterogeneous", WEIGHTS)
    yield group_objective(slots, {"math": 1.0}, "standard", WEIGHTS)
    yield group_objective(slots, BOTH, "heterogeneous", WEIGHTS)
    yield group_objective(slots, BOTH, "standard", WEIGHTS)
    yield subject_objective(slots, WEIGHTS)
    factors = np.random.default_rng(1).uniform(0, 9, (7, len(slots), 4))
    yield ces_objective(slots, WEIGHTS, factors)


def values_of_all_matchings(problem, classes):
    """Value of each allowed permutation, by plain sums."""
    n = len(problem.blocks)
    found = {}
    for order in itertools.permutations(range(n)):
        if all(problem.blocks[order[c]] == problem.blocks[c] for c in range(n)):
            found[order] = sum(float(problem.rows[order[c]] @ classes[c]) for c in range(n))
    return found


@pytest.mark.parametrize("solver", [network, lsa])
@pytest.mark.parametrize("scope", ["district", "school"])
def test_agrees_with_every_permutation(solver, scope):
    slots = make_slots(seed=11, cells=2, size=6, schools=2)
    for objective in all_objectives(slots):
        for problem in cell_problems(slots, objective, scope):
            for index, optimum in enumerate(solver(problem)):
                values = values_of_all_matchings(problem, problem.columns[index])
                best = max(values.values())
                assert optimum.primal == pytest.approx(best, rel=1e-7, abs=1e-9)  # CES is rounded
                assert values[tuple(optimum.matching)] == pytest.approx(best, abs=1e-9)
                if index in problem.ties:
                    second = values_of_all_matchings(problem, problem.ties[index])
                    tied = [second[m] for m, value in values.items() if value > best - 1e-9]
                    assert second[tuple(optimum.matching)] == pytest.approx(max(tied), abs=1e-9)


def check_certificate(problem, index, optimum):
    scores = problem.rows @ problem.columns[index].T
    allowed = np.equal.outer(problem.blocks, problem.blocks)
    slack = optimum.u[:, None] + optimum.v[None, :] - scores
    assert slack[allowed].min() >= -1e-10
    assert allowed[optimum.matching, np.arange(len(allowed))].all()
    assert optimum.relative_gap <= 1e-9
    assert optimum.u.sum() + optimum.v.sum() == pytest.approx(optimum.primal, abs=1e-7)


problems = st.builds(
    random_problem,
    seed=st.integers(0, 10**6),
    n=st.integers(1, 24),
    k=st.integers(1, 4),
    layers=st.integers(2, 5),
    spread=st.integers(1, 9),
    school=st.booleans(),
)


@settings(max_examples=10_000, deadline=None, derandomize=True)
@given(problem=problems)
def test_network_agrees_with_lsa_exactly(problem):
    ours, theirs = list(network(problem)), list(lsa(problem))
    for index, (one, two) in enumerate(zip(ours, theirs, strict=True)):
        assert one.primal == two.primal == one.dual == two.dual
        assert one.relative_gap == one.largest_violation == two.relative_gap == 0
        assert not one.fallback
        check_certificate(problem, index, one)
        if index in problem.ties:
            second = problem.ties[index]
            gains = [(problem.rows[o.matching] * second).sum() for o in (one, two)]
            assert gains[0] == gains[1]
            assert one.tie_gap == two.tie_gap == 0


def test_runs_are_identical():
    slots = make_slots(seed=2, cells=1, size=60)
    objective = group_objective(slots, {"ela": 1.0}, "standard", WEIGHTS)
    (problem,) = cell_problems(slots, objective, "district")
    first, second = (np.stack([o.matching for o in network(problem)]) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("seed", [4, 5])
def test_a_stall_is_answered_by_scipy_and_said(seed, caplog, monkeypatch):
    problem = random_problem(seed, n=20, k=2, layers=3, spread=9, school=False)
    monkeypatch.setattr(module, "optimise", lambda *state: state[-2])
    with caplog.at_level(logging.WARNING):
        optima = list(network(problem))
    assert any(optimum.fallback for optimum in optima)
    assert f"seed {seed}, weight 0: the solver gave up" in caplog.text
    assert [o.primal for o in optima] == pytest.approx([o.primal for o in lsa(problem)])


def test_a_stall_among_ties_is_marked(monkeypatch):
    problem = random_problem(seed=5, n=20, k=2, layers=3, spread=9, school=False)
    solve = NetworkEngine.solve

    def stalls(self, classes, arcs=None):
        if arcs is not None:
            raise SolverStall("no way on")
        return solve(self, classes)

    monkeypatch.setattr(NetworkEngine, "solve", stalls)
    assert [optimum.fallback for optimum in network(problem)] == [True, False, True]


def test_places_are_kept_among_equal_classes():
    groups, different = np.array([0, 0, 0, 1, 1]), np.arange(5)
    kept = keep_places(np.array([1, 3, 2, 0, 4]), groups, different)
    assert kept.tolist() == [3, 1, 2, 0, 4]


def test_places_are_kept_among_equal_teachers():
    groups, different = np.array([0, 0, 0, 1, 1]), np.arange(5)
    kept = keep_places(np.array([3, 0, 2, 1, 4]), different, groups)
    assert kept.tolist() == [3, 1, 2, 0, 4]


def test_equal_teachers_and_classes_stay():
    teachers = np.array([[0.1], [0.2], [0.2], [0.3]])
    classes = np.array([[[3.0], [2.0], [2.0], [1.0]]])
    problem = Problem(teachers, classes, np.zeros(4, dtype=int))
    for solver in (network, lsa):
        (optimum,) = solver(problem)
        assert optimum.matching.tolist() == [3, 1, 2, 0]


def test_a_cell_of_equal_classes_moves_nobody():
    rng = np.random.default_rng(0)
    problem = Problem(rng.normal(size=(30, 2)), np.ones((5, 30, 2)), np.zeros(30, dtype=int))
    for optimum in network(problem):
        assert optimum.matching.tolist() == list(range(30))


def test_a_group_without_students_is_solved():
    rng = np.random.default_rng(0)
    classes = np.zeros((3, 12, 2))
    classes[:, :, 0] = np.linspace(0, 1, 3)[:, None] * rng.integers(1, 9, 12)
    ties = {0: classes[2], 2: classes[0]}
    problem = Problem(rng.normal(size=(12, 2)), classes, np.zeros(12, dtype=int), ties)
    empty, *_, full = network(problem)
    assert empty.primal == empty.dual == 0
    assert np.array_equal(empty.matching, full.matching)


def test_factors_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        Problem(np.ones((3, 2)), np.ones((1, 4, 2)), np.zeros(3, dtype=int))
    with pytest.raises(ValueError, match="cell 3: a factor is missing or infinite"):
        Problem(np.full((3, 2), np.nan), np.ones((1, 3, 2)), np.zeros(3, dtype=int), name="cell 3")


@pytest.mark.parametrize("kind", [NetworkEngine, LsaEngine])
def test_an_engine_that_errs_is_caught(kind, monkeypatch):
    problem = random_problem(seed=6, n=12, k=2, layers=3, spread=9, school=False)
    solve, calls = kind.solve, []

    def wrong(self, classes, arcs=None):
        matching, u, v = solve(self, classes, arcs)
        calls.append(matching)
        return (np.roll(matching, 1), u, v) if len(calls) == 2 else (matching, u, v)

    monkeypatch.setattr(kind, "solve", wrong)
    with pytest.raises(CertificateError, match=r"seed 6, weight 1: relative gap 0\.\d+ exceeds"):
        list(sweep(problem, kind, 1e-9))


PLAN = """
import sys, pandas as pd
from welfare_added.run import writing
from welfare_added.run.logs import logged
from welfare_added.allocation.objectives import group_objective, social_weights
from welfare_added.allocation.plans import solve_plan
slots = pd.read_parquet("slots.parquet")
with logged("plan.log"):
    objective = group_objective(slots, {"ela": 1.0}, "heterogeneous", social_weights(41))
    plan, certificates = solve_plan(slots, objective, "district")
    writing.write_parquet(plan, "plan.parquet")
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_sweep_that_is_cut_off_leaves_nothing_behind(how, tmp_path):
    make_slots(seed=2, cells=40, size=60).to_parquet(tmp_path / "slots.parquet")
    command = [sys.executable, "-c", PLAN]
    log = tmp_path / "plan.log"
    running = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)
    while not log.exists() or "weights" not in log.read_text():
        assert running.poll() is None
        time.sleep(0.005)
    running.send_signal(how)
    assert running.wait(60) != 0
    assert {path.name for path in tmp_path.iterdir()} == {"slots.parquet", "plan.log"}
    subprocess.run(command, cwd=tmp_path, check=True)
    assert len(pd.read_parquet(tmp_path / "plan.parquet")) == 2400
