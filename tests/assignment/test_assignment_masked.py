"""Assignments under a mask: optimal by brute force and by a linear programme, and proven."""

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import linprog

from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.masked import NoAssignmentError, optimal_assignment


def by_hand(scores: np.ndarray, allowed: np.ndarray) -> float:
    """Best value of all assignments; minus infinity if there is none."""
    m, n = scores.shape
    columns, masked = np.arange(n), np.where(allowed, scores, -np.inf)
    return max(masked[list(rows), columns].sum() for rows in permutations(range(m), n))


def case(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    m = n + int(rng.integers(0, 3))
    scores = rng.normal(rng.choice([-3.0, 0.0, 3.0]), 1.0, (m, n))
    if seed % 3 == 0:
        scores = np.round(scores)  # with ties
    return scores, rng.random((m, n)) < 0.7


def test_equal_to_brute_force_with_feasible_duals():
    solved = refused = 0
    for seed in range(300):
        scores, allowed = case(seed)
        best = by_hand(scores, allowed)
        if not np.isfinite(best):
            with pytest.raises(NoAssignmentError):
                optimal_assignment(scores, allowed)
            refused += 1
            continue
        found = optimal_assignment(scores, allowed)
        m, n = scores.shape
        assert found.value == pytest.approx(best, abs=1e-12)
        assert allowed[found.row, np.arange(n)].all() and len(set(found.row)) == n
        slack = found.u[:, None] + found.v - scores
        assert slack[allowed].min() > -1e-12
        assert m == n or found.u.min() >= 0
        assert found.u.sum() + found.v.sum() == pytest.approx(best, abs=1e-10)
        solved += 1
    assert solved > 100 and refused > 20


def test_equal_to_a_linear_programme():
    rng = np.random.default_rng(5)
    scores, allowed = rng.normal(size=(14, 11)), rng.random((14, 11)) < 0.6
    pairs = np.argwhere(allowed)
    rows = (np.arange(14)[:, None] == pairs[:, :1].T).astype(float)
    columns = (np.arange(11)[:, None] == pairs[:, 1:].T).astype(float)
    answer = linprog(-scores[allowed], A_ub=rows, b_ub=np.ones(14), A_eq=columns, b_eq=np.ones(11))
    assert optimal_assignment(scores, allowed).value == pytest.approx(-answer.fun, abs=1e-9)


def test_duals_are_free_in_sign_where_counts_are_equal():
    scores = np.array([[-5.0, -4.0], [-3.0, -6.0]])
    found = optimal_assignment(scores)
    assert found.value == -7.0
    assert abs(found.relative_gap) < 1e-15
    clipped = np.maximum(found.u, 0).sum() + np.maximum(found.v, 0).sum()
    assert clipped > found.value + 1  # what a certificate with clipped duals would show


def test_columns_that_cannot_be_filled_are_named():
    allowed = np.array([[True, False, False], [True, False, True], [True, False, True]])
    with pytest.raises(NoAssignmentError) as raised:
        optimal_assignment(np.zeros((3, 3)), allowed, where="2014")
    assert raised.value.columns.tolist() == [1]
    assert "2014: 1 columns cannot be filled" in str(raised.value)
    with pytest.raises(NoAssignmentError) as raised:
        optimal_assignment(np.zeros((1, 3)))
    assert len(raised.value.columns) == 2


def test_scores_that_are_missing_are_refused_where_allowed_alone():
    scores = np.array([[1.0, np.nan], [2.0, 3.0]])
    with pytest.raises(ValueError, match="1 scores of allowed pairs are missing"):
        optimal_assignment(scores)
    allowed = np.array([[True, False], [True, True]])
    assert optimal_assignment(scores, allowed).value == 4.0
    with pytest.raises(ValueError, match="the mask"):
        optimal_assignment(scores, np.ones((3, 2), dtype=bool))


def test_a_wrong_solution_is_not_certified(monkeypatch):
    import scipy.optimize

    def wrong(matrix, maximize):
        return np.arange(len(matrix)), np.arange(len(matrix))

    monkeypatch.setattr(scipy.optimize, "linear_sum_assignment", wrong)
    with pytest.raises(CertificateError, match="exceeds 1e-09"):
        optimal_assignment(np.array([[0.0, 1.0], [1.0, 0.0]]), where="year")


def test_of_equally_good_assignments_the_preferred_one_whatever_the_rounding():
    """Against all assignments, and with noise as another processor would make it."""
    told = 0
    for seed in range(0, 600, 3):
        scores, allowed = case(seed)
        if not np.isfinite(best := by_hand(scores, allowed)):
            continue
        rng, (m, n) = np.random.default_rng(seed), scores.shape
        preference = rng.integers(1 << 30, size=(m, n))
        places = [list(rows) for rows in permutations(range(m), n)]
        masked = np.where(allowed, scores, -np.inf)
        equal = [rows for rows in places if masked[rows, np.arange(n)].sum() == best]
        wanted = max(equal, key=lambda rows: preference[rows, np.arange(n)].sum())
        told += len(equal) > 1
        for noise in (0.0, 1e-14):
            noisy = scores + noise * rng.standard_normal((m, n))
            found = optimal_assignment(noisy, allowed, preference=preference)
            assert found.row.tolist() == wanted
    assert told > 30
