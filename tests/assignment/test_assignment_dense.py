"""Certified optima of score matrices, transportation problems and core payoffs."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment, linprog

from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.core_prices import lowest_payoffs
from welfare_added.assignment.dense import optimal_matching
from welfare_added.assignment.transport import transport


def test_optimal_matching_is_that_of_brute_force_with_its_second_objective():
    random = np.random.default_rng(1)
    decided = 0
    for _ in range(60):
        scores = random.integers(0, 3, (5, 5)).astype(float)
        second = random.normal(size=(5, 5))
        found = optimal_matching(scores, second)
        at = np.arange(5)
        every = [np.array(one) for one in itertools.permutations(range(5))]
        best = max(scores[at, one].sum() for one in every)
        optima = [one for one in every if scores[at, one].sum() == best]
        wanted = max(optima, key=lambda one: second[at, one].sum())
        assert found.value == best and np.array_equal(found.partner, wanted)
        assert abs(found.relative_gap) < 1e-12
        assert (found.u[:, None] + found.v >= scores - 1e-12).all()
        decided += len(optima) > 1
    assert decided > 30


def test_optimal_matching_refuses_missing_scores():
    with pytest.raises(ValueError, match="2 scores are missing or infinite"):
        optimal_matching(np.array([[1.0, np.nan], [np.inf, 0.0]]))


def test_transport_is_the_assignment_of_repeated_columns():
    random = np.random.default_rng(2)
    for trial in range(150):
        seats = random.integers(0, 4 + trial % 5, random.integers(1, 9))
        if not seats.sum():
            continue
        shape = seats.sum(), len(seats)
        scores = random.normal(size=shape)
        if trial % 2:
            scores = random.integers(-2, 3, shape).astype(float)
        found = transport(scores, seats)
        repeated = np.repeat(scores, seats, axis=1)
        rows, columns = linear_sum_assignment(repeated, maximize=True)
        assert found.value == pytest.approx(repeated[rows, columns].sum(), abs=1e-12)
        assert np.array_equal(np.bincount(found.column, minlength=len(seats)), seats)
        open_columns = seats > 0
        slack = found.u[:, None] + found.v - scores
        assert slack[:, open_columns].min() >= -1e-12 and abs(found.relative_gap) < 1e-9


def test_transport_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="3 rows, 2 columns and 4 seats do not fit"):
        transport(np.zeros((3, 2)), np.array([2, 2]))
    with pytest.raises(ValueError, match="1 scores are missing"):
        transport(np.array([[np.nan, 0.0]]), np.array([1, 0]))


def test_lowest_payoffs_are_those_of_a_linear_programme():
    random = np.random.default_rng(4)
    for _ in range(30):
        n = 6
        scores, floor = random.normal(size=(n, n)), random.normal(size=n)
        partner = optimal_matching(scores).partner
        payoff = lowest_payoffs(scores, partner, floor)
        at = np.arange(n)
        prices = np.empty(n)
        prices[partner] = scores[at, partner] - payoff
        assert (payoff >= floor - 1e-12).all()
        assert (payoff[:, None] + prices >= scores - 1e-9).all()
        rows, limits = [], []  # a_i - a_j >= scores[i, c(j)] - scores[j, c(j)]
        for i, j in itertools.permutations(range(n), 2):
            row = np.zeros(n)
            row[i], row[j] = -1, 1
            rows.append(row)
            limits.append(scores[j, partner[j]] - scores[i, partner[j]])
        bounds = [(low, None) for low in floor]
        done = linprog(np.ones(n), A_ub=np.array(rows), b_ub=limits, bounds=bounds)
        assert payoff.sum() == pytest.approx(done.fun, abs=1e-7)


def test_no_prices_support_a_matching_that_is_not_optimal():
    with pytest.raises(CertificateError, match="no prices support the matching"):
        lowest_payoffs(np.array([[2.0, 0.0], [0.0, 2.0]]), np.array([1, 0]), np.zeros(2))
