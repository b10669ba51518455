"""The maximum of a function with kinks, where slopes jump, and of one without."""

import numpy as np
import pytest

from welfare_added.offers.kinked_maximum import maximise_kinked

NAMES = ("a", "b", "c")
START = np.array([0.9, -0.8, 0.4])
RNG = np.random.default_rng(0)
DRAWS = RNG.standard_normal((400, 3)) @ np.array([[1, 0.5, 0], [0, 1, 0.3], [0, 0, 1]])


class Normal:
    """Means of normal draws, with a penalty a teacher where a + b exceeds a limit: a kink."""

    names = NAMES

    def __init__(self, limit, penalty):
        self.limit, self.penalty = limit, penalty

    def evaluate(self, at):
        over = at[0] + at[1] - self.limit
        value = -0.5 * ((DRAWS - at) ** 2).sum(axis=1) - self.penalty * max(over, 0)
        score = DRAWS - at
        if over > 0:
            score = score - self.penalty * np.array([1.0, 1.0, 0.0])
        return value, score


def test_without_a_kink_it_is_the_mean():
    found = maximise_kinked(Normal(50.0, 1.0), np.full(3, 0.5), 1e-8)
    assert found.converged and "kink" not in found.message
    np.testing.assert_allclose(found.parameters, DRAWS.mean(axis=0), atol=1e-5)


@pytest.mark.parametrize("penalty", [0.2, 1.0])
def test_at_a_kink_it_is_the_best_on_it(penalty):
    mean = DRAWS.mean(axis=0)
    limit = mean[0] + mean[1] - 0.15  # the mean is beyond it by 0.15
    found = maximise_kinked(Normal(limit, penalty), np.array([0.9, -0.8, 0.4]), 1e-6)
    assert found.converged and "at a kink" in found.message
    expected = mean - np.array([0.075, 0.075, 0.0])
    np.testing.assert_allclose(found.parameters, expected, atol=0.002)  # an error is 0.05


def test_a_search_that_does_not_end_is_told(monkeypatch):
    monkeypatch.setattr("welfare_added.offers.kinked_maximum.STEPS", 1)
    mean = DRAWS.mean(axis=0)
    found = maximise_kinked(Normal(mean[0] + mean[1] - 0.15, 0.2), np.array([0.9, -0.8, 0.4]), 1e-6)
    assert not found.converged


class Broken(Normal):
    """The same, with scores that are missing, or collinear, left of where searches begin."""

    def __init__(self, how):
        super().__init__(50.0, 1.0)
        self.how = how

    def evaluate(self, at):
        value, score = super().evaluate(at)
        if at[0] < START[0] - 0.05:
            score = np.full_like(score, np.nan) if self.how == "missing" else score[:, [0, 0, 2]]
        return value, score


def test_steps_to_where_scores_are_missing_are_not_taken():
    found = maximise_kinked(Broken("missing"), START, 1e-8)
    assert not found.converged and found.parameters[0] >= START[0] - 0.05


def test_a_search_that_ends_where_parameters_cannot_be_told_apart_names_them():
    found = maximise_kinked(Broken("collinear"), START, 1e-8)
    assert not found.converged and found.parameters[0] < START[0] - 0.05
    assert "no maximum in sight" in found.message and "collinear: a, b; drop one" in found.message
