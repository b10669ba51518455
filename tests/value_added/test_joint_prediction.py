"""Predictions of effects on two kinds of students from the mean residuals of both."""

import itertools

import numpy as np
import pytest

from welfare_added.value_added import joint_prediction
from welfare_added.value_added.joint_prediction import Observations, predict_jointly
from welfare_added.value_added.prediction import predict
from welfare_added.value_added.variance_components import TeacherYears


def observations(rows):
    """Observations from rows (teacher, year, kind, mean, noise, shared)."""
    teacher, year, kind, mean, noise, shared = map(np.array, zip(*rows, strict=True))
    return Observations(teacher, year, kind, mean, noise, shared)


def profile(variances, correlation, decay, lags=8):
    cross = correlation * np.sqrt(np.prod(variances))
    one = np.array([[variances[0], cross], [cross, variances[1]]])
    return decay ** np.arange(lags)[:, None, None] * one


def random_panel(seed, teachers=30, years=7):
    """Rows with gaps, years with one kind only, teachers seen once; sorted by teacher and kind."""
    rng = np.random.default_rng(seed)
    rows = []
    for teacher, kind, year in itertools.product(range(teachers), range(2), range(years)):
        shared = 0.03 * np.random.default_rng([seed, teacher, year]).random()
        if rng.random() < 0.6 or (teacher == 0 and year == 0):
            rows.append((teacher, 2000 + year, kind, rng.normal(), 0.05 + rng.random(), shared))
    return rows


def slow(rows, covariances, teacher, year, past_only):
    """Predictions of one teacher-year by dense matrices and formulas as they are printed."""
    used = [
        row
        for row in rows
        if row[0] == teacher and (row[1] < year if past_only else row[1] != year)
    ]
    if not used:
        return np.full(2, np.nan)
    last = len(covariances) - 1
    sigma = np.zeros((len(used), len(used)))
    for a, (_, s, m, _, noise, shared) in enumerate(used):
        for b, (_, other, n, _, _, _) in enumerate(used):
            sigma[a, b] = covariances[min(abs(s - other), last), m, n]
            if a == b:
                sigma[a, b] += noise
            elif s == other:
                sigma[a, b] += shared
    phi = np.array(
        [[covariances[min(abs(year - s), last), m, n] for m in (0, 1)] for _, s, n, *_ in used]
    )
    return phi.T @ np.linalg.inv(sigma) @ [row[3] for row in used]


def test_worked_example():
    """Variances 1, covariance 0.8, no drift, one past year, noise 1 each (weights 0.405, 0.238)."""
    seen = observations([(0, 2000, 0, 1.0, 1.0, 0.0), (0, 2000, 1, 0.0, 1.0, 0.0)])
    target = (np.array([0]), np.array([2001]))
    found = predict_jointly(seen, profile((1, 1), 0.8, 1.0), target, past_only=True)
    np.testing.assert_allclose(found.estimate, [[0.404762, 0.238095]], atol=5e-7)
    alone = predict_jointly(seen, profile((1, 1), 0.0, 1.0), target, past_only=True)
    np.testing.assert_allclose(alone.estimate, [[0.5, 0.0]], atol=1e-15)


@pytest.mark.parametrize("past_only", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dense_matrices_give_the_same(seed, past_only, monkeypatch):
    monkeypatch.setattr(joint_prediction, "SYSTEMS_AT_ONCE", 4)
    rows = random_panel(seed)
    covariances = profile((0.8, 1.2), 0.7, 0.85, lags=4)
    targets = np.array(list(itertools.product(range(30), range(1999, 2009))))
    found = predict_jointly(observations(rows), covariances, tuple(targets.T), past_only=past_only)
    expected = np.array([slow(rows, covariances, *target, past_only) for target in targets])
    np.testing.assert_allclose(found.estimate, expected, rtol=1e-11, atol=1e-12)
    assert np.isnan(expected[:, 0]).any() == past_only
    assert (found.observations > 8).any()


def test_without_cross_covariance_each_kind_is_predicted_alone():
    rows = [(*row[:5], 0.0) for row in random_panel(4)]
    covariances = profile((0.8, 1.2), 0.0, 0.9)
    targets = tuple(np.array(list(itertools.product(range(30), range(2000, 2009)))).T)
    both = predict_jointly(observations(rows), covariances, targets, past_only=True)
    for kind in (0, 1):
        own = observations([row for row in rows if row[2] == kind])
        years = TeacherYears(own.teacher, own.year, own.mean, 1 / own.noise, np.ones(len(own.mean)))
        alone = predict(years, covariances[:, kind, kind], own.noise, targets, past_only=True)
        seen = ~np.isnan(alone.estimate)
        assert seen.sum() > 100
        np.testing.assert_allclose(both.estimate[seen, kind], alone.estimate[seen], rtol=1e-12)
        # Seen with the other kind only, nothing is known of this one.
        assert set(both.estimate[~seen & (both.observations > 0), kind]) <= {0.0}


def test_with_a_correlation_of_one_both_kinds_have_one_value_added():
    rows = random_panel(5)
    scale = 1.5
    covariances = profile((1.0, scale**2), 1.0, 0.9)
    targets = tuple(np.array(list(itertools.product(range(30), range(2001, 2009)))).T)
    found = predict_jointly(observations(rows), covariances, targets, past_only=True)
    known = found.observations > 0
    np.testing.assert_allclose(
        found.estimate[known, 1], scale * found.estimate[known, 0], rtol=1e-10
    )


def test_later_means_are_not_used():
    rows = random_panel(6)
    covariances = profile((0.8, 1.2), 0.7, 0.85)
    targets = (np.arange(30), np.full(30, 2003))
    before = predict_jointly(observations(rows), covariances, targets, past_only=True)
    changed = [(*row[:3], row[3] + 5.0 * (row[1] >= 2003), *row[4:]) for row in rows]
    after = predict_jointly(observations(changed), covariances, targets, past_only=True)
    np.testing.assert_array_equal(before.estimate, after.estimate)
    all_years = predict_jointly(observations(changed), covariances, targets, past_only=False)
    assert (np.abs(all_years.estimate - before.estimate) > 0.1).any()


def test_covariances_of_no_process_are_told():
    rows = [(0, 2000, 0, 1.0, 0.0, 0.0), (0, 2001, 0, 1.0, 0.0, 0.0)]
    covariances = np.zeros((2, 2, 2))
    covariances[:, 0, 0] = 1.0, 1.5
    found = predict_jointly(
        observations(rows), covariances, (np.array([0]), np.array([2002])), past_only=True
    )
    assert not found.proper.any()
