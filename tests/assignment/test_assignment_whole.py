"""Whole numbers: what they represent, that sums of them are exact, and what happens at the limit."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from allocation_cases import make_slots, random_problem
from hypothesis import example, given, settings
from hypothesis import strategies as st

from welfare_added.allocation.ces import marginal_weights
from welfare_added.allocation.frontier import group_gain
from welfare_added.allocation.objectives import (
    cell_problems,
    group_objective,
    social_weights,
    subject_objective,
)
from welfare_added.assignment import arcs, certificate, network
from welfare_added.assignment.arcs import Factors
from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.exact import ExactFrontier
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.simplex_loops import below
from welfare_added.assignment.sweep import SOLVERS
from welfare_added.assignment.sweep import network as solve
from welfare_added.assignment.whole import BITS, EXACT, column_grid, row_grid, whole_problem

BOTH = {"ela": 0.75, "math": 0.25}
WEIGHTS = social_weights(101)


def cell_of(objective, slots):
    (problem,) = cell_problems(slots, objective, "district")
    return problem


def tied_slots(seed, size):
    """Classes of few sizes and teachers of few kinds: ties abound."""
    slots = make_slots(seed=seed, cells=1, size=size)
    rng = np.random.default_rng(seed)
    for subject in ("ela", "math"):
        slots[f"lower_{subject}"] = rng.integers(0, 4, size)
        slots[f"higher_{subject}"] = 20 - slots[f"lower_{subject}"]
        for kind in ("standard", "lower", "higher"):
            slots[f"va_{kind}_{subject}"] = rng.integers(-3, 4, size) / 10
    return slots


@pytest.mark.parametrize("information", ["heterogeneous", "standard"])
@pytest.mark.parametrize("count", [101, 11, 7])
def test_factors_of_the_default_choices_stay_what_they_are(information, count):
    slots = make_slots(seed=1, cells=1, size=40)
    problem = cell_of(group_objective(slots, BOTH, information, social_weights(count)), slots)
    whole = whole_problem(problem)
    teacher = Fraction(str(problem.rows[0, 0]))
    unit = teacher / int(whole.problem.rows[0, 0])
    shares = [Fraction(3, 4), Fraction(1, 4)]
    for index, classes in enumerate(whole.problem.columns):
        weight = Fraction(index, count - 1)
        lower, higher = (
            [share * w * int(slots[f"{g}_{s}"][5]) for s, share in zip(BOTH, shares, strict=True)]
            for g, w in (("lower", weight), ("higher", 1 - weight))
        )
        pairs = zip(lower, higher, strict=True)
        wanted = [x for p in pairs for x in (p if information == "heterogeneous" else [sum(p)])]
        scale = Fraction(whole.units[index] / float(unit)).limit_denominator(10**6)
        assert [scale * int(x) for x in classes[5]] == wanted


def test_other_numbers_are_rounded_to_what_is_exact():
    rng = np.random.default_rng(3)
    teachers, unit = row_grid(rng.normal(size=(50, 4)))
    factors = rng.lognormal(size=(50, 4))
    classes, step = column_grid(teachers, factors)
    assert (classes == np.rint(classes)).all() and (teachers == np.rint(teachers)).all()
    assert 2.0 ** (BITS - 2) < Factors(teachers, classes).largest < 1.01 * 2.0**BITS
    assert np.abs(classes * step - factors).max() <= step / 2 < 1e-5
    assert unit == 2.0 ** np.round(np.log2(unit))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 25), noise=st.sampled_from([1e-15, 1e-13]))
def test_the_last_digits_choose_nothing(seed, size, noise):
    """Factors that rounding has moved give the same matchings, duals and gaps."""
    slots = tied_slots(seed, size)
    problem = cell_of(group_objective(slots, BOTH, "standard", social_weights(5)), slots)
    rng = np.random.default_rng(seed)
    moved = [rng.uniform(-noise, noise, part.shape) for part in (problem.rows, problem.columns)]
    other = replace(problem, rows=problem.rows + moved[0], columns=problem.columns + moved[1])
    for one, two in zip(solve(problem), solve(other), strict=True):
        assert np.array_equal(one.matching, two.matching)
        assert np.array_equal(one.u, two.u) and np.array_equal(one.v, two.v)
        assert one.primal == two.primal and one.relative_gap == two.relative_gap == 0


@settings(max_examples=100, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), chunk=st.integers(1, 300))
def test_sums_do_not_depend_on_their_order(seed, chunk):
    slots = make_slots(seed=seed, cells=1, size=30)
    problem = cell_of(subject_objective(slots, social_weights(5)), slots)
    first = list(solve(problem))
    order = np.random.default_rng(seed).permutation(4)
    turned = replace(
        problem,
        rows=problem.rows[:, order],
        columns=problem.columns[:, :, order],
        ties={index: tie[:, order] for index, tie in problem.ties.items()},
    )
    usual, arcs.CHUNK = arcs.CHUNK, chunk
    try:
        second = list(solve(turned))
    finally:
        arcs.CHUNK = usual
    for one, two in zip(first, second, strict=True):
        assert (one.primal, one.dual, one.relative_gap) == (two.primal, two.dual, 0)


def test_gains_do_not_depend_on_the_order_of_classes():
    slots = make_slots(seed=5, cells=3, size=200)
    plan = np.stack([np.random.default_rng(k).permutation(len(slots)) for k in range(5)])
    order = np.random.default_rng(9).permutation(len(slots))
    place = np.argsort(order)
    turned = slots.iloc[order].reset_index(drop=True)
    for group in ("lower", "higher"):
        one = group_gain(slots, plan, "ela", group)
        assert np.array_equal(one, group_gain(turned, place[plan[:, order]], "ela", group))


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_optimum_of_a_district_has_no_gap_at_all(solver):
    slots = make_slots(seed=4, cells=2, size=40)
    objective = group_objective(slots, BOTH, "heterogeneous", WEIGHTS)
    for problem in cell_problems(slots, objective, "district"):
        found = list(SOLVERS[solver](problem, 0.0))
        assert all(optimum.primal == optimum.dual for optimum in found)
        assert [optimum.tie_gap for optimum in found[:: len(found) - 1]] == [0, 0]


def test_duals_too_large_to_be_exact_prove_nothing(monkeypatch):
    problem = random_problem(6, n=12, k=2, layers=3, spread=9, school=False)
    monkeypatch.setattr(certificate, "EXACT", 2.0**6)
    with pytest.raises(CertificateError, match=r"seed 6, weight 0: duals above 2\^53"):
        list(solve(problem))


def test_a_simplex_whose_duals_grow_too_large_gives_way(monkeypatch):
    """The certain path: scipy's assignment, of which the certificate is asked as usual."""
    problem = random_problem(6, n=12, k=2, layers=3, spread=9, school=False)
    wanted = [optimum.primal for optimum in solve(problem)]
    monkeypatch.setattr(network, "EXACT", 2.0**6)
    found = list(solve(problem))
    assert all(optimum.fallback for optimum in found)
    assert [optimum.primal for optimum in found] == wanted


def test_counts_beyond_the_budget_are_rounded():
    rng = np.random.default_rng(1)
    teachers = rng.normal(size=(20, 2)).round(8)
    classes = rng.integers(0, 10**9, (2, 20, 2)).astype(float)
    problem = Problem(teachers, classes, np.zeros(20, dtype=int))
    whole = whole_problem(problem).problem
    assert max(Factors(whole.rows, part).largest for part in whole.columns) < EXACT / 4
    assert [optimum.relative_gap for optimum in solve(problem)] == [0, 0]
    assert {vertex.relative_gap for vertex in ExactFrontier(problem).vertices()} == {0}


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(
    a=st.integers(0, 2**52), b=st.integers(1, 2**52), c=st.integers(0, 2**52), d=st.integers(1, 2**52)
)  # fmt: skip
@example(a=2**51, b=2**52 - 1, c=2**51 - 1, d=2**52 - 3)
@example(a=2**51, b=2**52, c=1, d=2)
def test_ratios_are_compared_exactly(a, b, c, d):
    assert below(float(a), float(b), float(c), float(d)) == (Fraction(a, b) < Fraction(c, d))
    near = min(2**52, c * b // d + 1)
    assert below(float(near), float(b), float(c), float(d)) == (Fraction(near, b) < Fraction(c, d))


def test_weights_of_the_ces_planner_are_whole_parts_and_of_mean_one():
    rng = np.random.default_rng(2)
    lagged, dollars = rng.normal(size=(500, 2)), np.array([1524.0, 650.0])
    found = marginal_weights(lagged, [0.0, 1.3, 4.9], dollars, 43000.0, 0.05)
    assert (found * 2**24 == np.rint(found * 2**24)).all()
    assert (found[0] == 1).all()
    expected = np.maximum(43000 + lagged @ dollars, 0.05 * 43000) / 43000
    raw = expected**-1.3
    assert found[1] == pytest.approx(raw / raw.mean(), abs=2**-24)
