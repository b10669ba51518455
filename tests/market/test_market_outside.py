"""Applications with one outside option a teacher, beside its closed forms and brute force."""

import numpy as np
import pytest
from preference_cases import TRUTH, choices_of, derivative, world

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Integrator, Nodes, sobol
from welfare_added.market.outside import common_outside
from welfare_added.market.recovery_world import utilities
from welfare_added.market.teacher_model import teacher_model
from welfare_added.market.teachers import estimate_teachers
from welfare_added.run.errors import UserError


def two_positions(taken):
    one = np.ones((4, 1))
    base = binary_logit(
        one, taken, [0, 0, 1, 1], names=["constant"], random=one,
        nodes=Integrator("adaptive", 128, 1),
    )  # fmt: skip
    return base, common_outside(base, sobol(2, 2048, 2, 1))


def test_both_of_two_equal_positions_are_chosen_by_a_third_and_not_a_quarter():
    """The outside option is the least of three, or below each of two drawn anew."""
    base, model = two_positions([1, 1, 0, 0])
    at = np.zeros(2)
    assert np.exp(model.renewed(at).evaluate(at)[0]) == pytest.approx([1 / 3, 1 / 3], abs=5e-4)
    assert np.exp(base.renewed(at).evaluate(at)[0]) == pytest.approx([1 / 4, 1 / 4], abs=2e-2)


def test_one_of_two_equal_positions_is_chosen_by_a_sixth():
    _, model = two_positions([1, 0, 0, 1])
    at = np.zeros(2)
    assert np.exp(model.renewed(at).evaluate(at)[0]) == pytest.approx([1 / 6, 1 / 6], abs=5e-4)


@pytest.fixture(scope="module")
def choices():
    return choices_of(world(applicants=120, positions=300, common_outside=True))


def test_scores_are_the_derivatives(choices):
    stated = teacher_model(choices, "adaptive", 32, outside="common", separated="drop")
    at = np.array([TRUTH[name] for name in stated.model.names])
    model = stated.model.renewed(at)
    score = model.evaluate(at)[1].sum(axis=0)
    slope = derivative(lambda one: model.evaluate(one)[0].sum(), at)
    np.testing.assert_allclose(score, slope, rtol=1e-5, atol=1e-4)


def test_likelihood_is_that_of_brute_force(choices):
    """Prior draws of normals and of T, of incumbents and newcomers."""
    stated = teacher_model(choices, "adaptive", 512, outside="common", separated="drop")
    at = np.array([TRUTH[name] for name in stated.model.names])
    found = stated.model.renewed(at).evaluate(at)[0]
    few = choices.taken.sum() and np.diff(choices.first) < 30
    some = np.flatnonzero(few)[:6]
    some = np.unique(np.append(some, np.flatnonzero(few & choices.incumbent)[:3]))
    rng = np.random.default_rng(0)
    log_chance = {number: [] for number in some}
    for _ in range(4000):
        normals = rng.standard_normal((len(choices.applicants), 6))
        rows, present = utilities(TRUTH, choices, normals)
        time = rng.exponential(size=len(choices.applicants))
        rate = np.exp(rows - np.logaddexp(0, present)[choices.agent]) * time[choices.agent]
        by_row = choices.taken * np.log(-np.expm1(-rate) + 1e-300)
        by_row -= (choices.trials - choices.taken) * rate
        whole = np.add.reduceat(by_row, choices.first[:-1])
        for number in some:
            log_chance[number].append(whole[number])
    for number, values in log_chance.items():
        weights = np.exp(np.array(values) - max(values))
        brute = max(values) + np.log(weights.mean())
        error = weights.std() / weights.mean() / np.sqrt(len(values))
        assert abs(found[number] - brute) < 4 * error + 0.05
    assert choices.incumbent[some].any()


def test_estimates_with_one_outside_option(choices):
    stated = teacher_model(
        choices_of(world(applicants=500, positions=600, common_outside=True)),
        "adaptive", 64, outside="common", separated="drop",
    )  # fmt: skip
    found = estimate_teachers(stated)
    truth = np.array([TRUTH[name] for name in found.estimates.names])
    z = (found.estimates.parameters - truth) / found.estimates.standard_errors
    assert (np.abs(z) < 1.96).mean() > 0.8
    assert found.mean.shape == (len(found.applicants), 6)


def test_nodes_that_do_not_fit_are_refused():
    base, _ = two_positions([1, 1, 0, 0])
    with pytest.raises(UserError, match=r"want \(2, draws, 2\)"):
        common_outside(base, Nodes(np.zeros((2, 4, 1)), np.full(4, 0.25)))
