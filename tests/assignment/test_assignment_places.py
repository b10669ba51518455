import itertools
from functools import partial

import numpy as np
import pytest
from allocation_cases import random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from welfare_added.assignment.places import best_places, shuffle_places
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.sweep import lsa, network


def optima(rows, columns):
    """Every matching (row of each column) of the largest value, by plain sums."""
    values = {
        order: sum(rows[order[c]] * columns[c] for c in range(len(columns)))
        for order in itertools.permutations(range(len(rows)))
    }
    best = max(values.values())
    return {order for order, value in values.items() if value > best - 1e-9}


def test_with_one_factor_each_optimum_is_equally_likely():
    rows, columns = np.array([3.0, 1, 1, 2, 5]), np.array([2.0, 1, 2, 1, 2])
    problem = Problem(rows[:, None], columns[None, :, None], np.zeros(5, dtype=int))
    random = partial(shuffle_places, random=np.random.default_rng(7))
    drawn = [tuple(next(network(problem, places=random)).matching.tolist()) for _ in range(2000)]
    every = optima(rows, columns)
    counts = [drawn.count(order) for order in sorted(every)]
    assert len(every) == 12  # the three largest among three equal classes, two equal teachers
    assert set(drawn) == every
    assert chisquare(counts).pvalue > 0.001


@settings(max_examples=300, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 20), k=st.integers(1, 3), school=st.booleans())
def test_random_places_cost_neither_objective(seed, n, k, school):
    problem = random_problem(seed, n, k, layers=3, spread=4, school=school)
    random = partial(shuffle_places, random=np.random.default_rng(seed))
    for solver in (network, lsa):
        pairs = zip(solver(problem), solver(problem, places=random), strict=True)
        for index, (stays, mixed) in enumerate(pairs):
            assert mixed.primal == mixed.dual == stays.primal
            assert np.array_equal(np.sort(mixed.matching), np.arange(n))
            if index in problem.ties:
                second = problem.ties[index]
                gains = [(problem.rows[o.matching] * second).sum() for o in (stays, mixed)]
                assert gains[0] == pytest.approx(gains[1], abs=1e-9)


def test_without_ties_nothing_is_shuffled():
    matching, different = np.array([2, 0, 3, 1]), np.arange(4)
    mixed = shuffle_places(matching, different, different, np.random.default_rng(0))
    assert mixed.tolist() == matching.tolist()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_best_places_are_the_best_of_all_permutations(seed):
    random = np.random.default_rng(seed)
    n = 6
    matching, group = random.permutation(n), random.integers(0, 3, n)
    rows, columns = random.integers(-9, 9, (n, 2)), random.integers(0, 9, (n, 2))
    found = best_places(matching, group, rows, columns)
    values = []
    for order in itertools.permutations(range(n)):
        if (group[list(order)] == group).all():
            values.append((rows[matching[list(order)]] * columns).sum())
    assert (rows[found] * columns).sum() == max(values)
    for label in range(3):
        assert sorted(found[group == label]) == sorted(matching[group == label])
