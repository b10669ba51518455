"""Every supported allocation is found, and where it is optimal."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from allocation_cases import make_slots, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.spatial import ConvexHull

from welfare_added.allocation.frontier import frontier
from welfare_added.allocation.objectives import cell_problems, group_objective, social_weights
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.vertices import sum_of_frontiers, trace
from welfare_added.assignment import exact, vertex_certificate
from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.exact import ExactFrontier
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.simplex_loops import to_next_vertex

BOTH = {"ela": 0.75, "math": 0.25}
ENDS = social_weights(2)


def two_weights(seed, n, k, spread, school):
    """Coarse integer factors at weights 0 and 1."""
    return replace(random_problem(seed, n, k, 2, spread, school), ties={})


def smooth_problem(seed, n):
    rng = np.random.default_rng(seed)
    teachers, counts = rng.normal(size=(n, 2)), rng.integers(1, 20, (n, 2))
    ends = np.stack([counts * [0, 1], counts * [1, 0]]).astype(float)
    return Problem(teachers, ends, np.zeros(n, dtype=int), name=f"smooth {seed}")


def values(problem, matching):
    """Value of a matching at weights 0 and 1."""
    return np.array([(problem.rows[matching] * end).sum() for end in problem.columns])


def best_value(problem, weight):
    low, high = problem.columns
    scores = problem.rows @ ((1 - weight) * low + weight * high).T
    allowed = np.equal.outer(problem.blocks, problem.blocks)
    scores[~allowed] = -1e6
    rows, columns = linear_sum_assignment(scores, maximize=True)
    return scores[rows, columns].sum()


@pytest.mark.parametrize("seed", range(8))
def test_vertices_are_those_of_the_hull_of_all_allocations(seed):
    problem = smooth_problem(seed, 6)
    points = np.array([values(problem, np.array(m)) for m in itertools.permutations(range(6))])
    hull = points[ConvexHull(points).vertices]
    tops = points.max(axis=0) - 1e-9
    left, right = points[points[:, 0] > tops[0], 1].max(), points[points[:, 1] > tops[1], 0].max()
    efficient = hull[(hull[:, 1] > left - 1e-9) & (hull[:, 0] > right - 1e-9)]
    ours = np.array([values(problem, v.matching) for v in ExactFrontier(problem).vertices()])
    assert len(ours) == len(efficient) > 1
    assert ours == pytest.approx(efficient[np.argsort(efficient[:, 1])])


def check(problem, found, weights):
    """The intervals cover [0, 1]; inside each its vertex is optimal; the frontier is concave."""
    assert [found[0].weight_from, found[-1].weight_to] == [0, 1]
    assert all(a.weight_to == b.weight_from for a, b in itertools.pairwise(found))
    assert all(vertex.weight_to > vertex.weight_from for vertex in found) or len(found) == 1
    assert max(vertex.relative_gap for vertex in found) <= 1e-9
    ends = np.array([values(problem, vertex.matching) for vertex in found])
    assert (np.diff(ends[:, 1]) > -1e-9).all() and (np.diff(ends[:, 0]) < 1e-9).all()
    for weight in weights:
        at = next(v for v in found if v.weight_from <= weight <= v.weight_to)
        here = values(problem, at.matching) @ [1 - weight, weight]
        assert here == pytest.approx(best_value(problem, weight), rel=1e-9, abs=1e-9)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(
    problem=st.builds(
        two_weights,
        seed=st.integers(0, 10**6),
        n=st.integers(1, 20),
        k=st.integers(1, 4),
        spread=st.integers(1, 9),
        school=st.booleans(),
    ),
    weight=st.floats(0, 1),
)
def test_each_vertex_is_optimal_where_it_says(problem, weight):
    found = list(ExactFrontier(problem).vertices())
    inside = [(vertex.weight_from + vertex.weight_to) / 2 for vertex in found[:12]]
    check(problem, found, [weight, *inside])


def test_the_ends_are_efficient():
    teachers = np.array([[1.0, 0.0], [1.0, 5.0], [0.0, 2.0]])
    counts = np.array([[1, 1], [1, 3], [0, 2]], dtype=float)
    ends = np.stack([counts * [0, 1], counts * [1, 0]])
    found = list(ExactFrontier(Problem(teachers, ends, np.zeros(3, dtype=int))).vertices())
    last = values(Problem(teachers, ends, np.zeros(3, dtype=int)), found[-1].matching)
    best_lower = 2.0
    assert last[1] == best_lower
    assert last[0] == max(1 * a + 3 * b + 2 * 2 for a, b in [(0, 5), (5, 0)])


def test_nearly_straight_frontiers_come_to_an_end():
    """Class sizes tie at one half: a long edge with points a rounding error off it."""
    slots = make_slots(seed=7, cells=1, size=60)
    objective = group_objective(slots, BOTH, "standard", ENDS)
    (problem,) = cell_problems(slots, objective, "district")
    check(problem, list(ExactFrontier(problem).vertices()), np.linspace(0, 1, 41))


@pytest.mark.parametrize("scope", ["district", "school"])
@pytest.mark.parametrize("subjects", [{"ela": 1.0}, BOTH])
def test_exact_and_grid_agree_at_every_weight(scope, subjects):
    slots = make_slots(seed=3, cells=3, size=24)
    weights = social_weights(101)
    objective = group_objective(slots, subjects, "heterogeneous", weights)
    grid = frontier(slots, *solve_plan(slots, objective, scope), subjects)
    ends = group_objective(slots, subjects, "heterogeneous", ENDS)
    vertices, moves = trace(slots, ends, scope, subjects)
    exact = sum_of_frontiers(vertices)
    assert exact["weight_from"].iloc[0] == 0 and exact["weight_to"].iloc[-1] == 1
    assert (exact["weight_to"][:-1].to_numpy() == exact["weight_from"][1:].to_numpy()).all()
    at = np.searchsorted(exact["weight_to"], weights)
    gains = ["gain_lower", "gain_higher"]
    assert exact[gains].to_numpy()[at] == pytest.approx(grid[gains].to_numpy(), abs=1e-12)
    for row in (0, len(exact) // 2, len(exact) - 1):
        weight = exact["weight_from"].iloc[row]
        reached = vertices[vertices["weight_from"] <= weight].groupby("cell")["vertex"].max()
        plan = allocation_at(slots, moves, reached)
        assert np.array_equal(np.sort(plan), slots["slot"])
        from_plan = frontier(slots, one_plan(slots, plan), one_certificate(weight), subjects)
        assert from_plan[gains].to_numpy()[0] == pytest.approx(
            exact[gains].to_numpy()[row], abs=1e-12
        )


def allocation_at(slots, moves, vertex_of):
    """Teacher of each class where cells are at these vertices, by the moves that lead there."""
    plan = slots["slot"].to_numpy().copy()
    reached = moves[moves["vertex"] <= moves["cell"].map(vertex_of)]
    last = reached.drop_duplicates("slot", keep="last")
    plan[last["slot"]] = last["teacher"]
    return plan


def one_plan(slots, plan):
    return pd.DataFrame({"slot": slots["slot"], "w000": plan})


def one_certificate(weight):
    return pd.DataFrame({"weight": [weight], "relative_gap": [0.0]})


def test_a_basis_that_is_not_optimal_is_refused(monkeypatch):
    """An arc that pays is passed over: the proof sees it, and where."""
    passed = []

    def lazy(tree, unit, kinds, first, *others):
        if len(passed) == 3:
            first[:, np.argsort(first[2])[:3]] = 1.0
        passed.append(first)
        return to_next_vertex(tree, unit, kinds, first, *others)

    monkeypatch.setattr(exact, "to_next_vertex", lazy)
    with pytest.raises(CertificateError, match=r"smooth 1, weight 0\.\d+: a vertex may fall short"):
        list(ExactFrontier(smooth_problem(1, 30)).vertices())


def test_duals_that_are_not_exact_prove_nothing(monkeypatch):
    monkeypatch.setattr(vertex_certificate, "EXACT", 2.0**20)
    with pytest.raises(CertificateError, match=r"smooth 1, weight 0: duals above 2\^53"):
        list(ExactFrontier(smooth_problem(1, 30)).vertices())


def test_more_than_two_weights_are_refused():
    problem = random_problem(3, n=5, k=2, layers=3, spread=4, school=False)
    with pytest.raises(ValueError, match="seed 3: want the factors of weights 0 and 1 alone"):
        ExactFrontier(problem)


def test_a_cell_alone_is_traced_as_among_all():
    slots = make_slots(seed=3, cells=3, size=24)
    ends = group_objective(slots, BOTH, "heterogeneous", ENDS)
    whole = trace(slots, ends, "district", BOTH)
    for cell, year in enumerate(slots["year"].unique()):
        alone = trace(slots, ends, "district", BOTH, only=(year, 3))
        for ours, theirs in zip(alone, whole, strict=True):
            here = theirs[theirs["cell"] == cell].reset_index(drop=True)
            pd.testing.assert_frame_equal(ours, here)
    for ours, theirs in zip(
        trace(slots, ends, "district", BOTH, only=(1999, 3)), whole, strict=True
    ):
        assert ours.empty and (ours.dtypes == theirs.dtypes).all()
