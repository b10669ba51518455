"""Agents' random coefficients given their choices: by hand, by grid, and by many draws."""

import numpy as np
import pytest
from test_choice_integrators import AT, equal_steps, stated

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Integrator, Nodes, gauss_hermite, pseudo_random
from welfare_added.choice.posteriors import posterior

ONE = np.ones((2, 1))


def test_the_posterior_worked_by_hand():
    # As the likelihood worked by hand in test_choice_binary_panel; sd 2, normals -1 and 1.
    nodes = Nodes(np.array([[[-1.0], [1.0]]]), np.array([0.5, 0.5]))
    model = binary_logit(ONE, [1, 0], [7, 7], random=ONE, nodes=nodes)
    given = posterior(model, [-1, 2], seed=1)
    assert given.best.tolist() == [[2.0]]
    assert given.mean[0, 0] == pytest.approx(2 * (0.813156 - 0.186844), abs=2e-6)
    assert given.effective[0] == pytest.approx(1 / (0.813156**2 + 0.186844**2), abs=1e-5)
    draws = [posterior(model, [-1, 2], seed=seed).draw[0, 0] for seed in range(2000)]
    assert set(draws) == {-2.0, 2.0}
    assert np.mean(np.array(draws) > 0) == pytest.approx(0.813156, abs=0.03)


def test_the_best_draw_is_the_one_under_which_choices_are_likeliest():
    # Weights are of no account: the heavier node explains one of two taken worse.
    nodes = Nodes(np.array([[[-3.0], [0.4]]]), np.array([0.9, 0.1]))
    model = binary_logit(ONE, [1, 0], [7, 7], random=ONE, nodes=nodes)
    assert posterior(model, [0, 1], seed=1).best.tolist() == [[0.4]]


def test_means_are_those_of_a_grid():
    grid = posterior(stated(2, equal_steps(90, 2)), AT[2], seed=1).mean
    adaptive = stated(2, Integrator("adaptive", 512, 4)).renewed(AT[2])
    sampled = posterior(adaptive, AT[2], seed=1)
    assert sampled.mean == pytest.approx(grid, abs=0.03)
    assert (sampled.effective > 350).all()
    apart = stated(1, Integrator("adaptive", 512, 4), present=False).renewed(AT[1])
    resting = stated(1, gauss_hermite(15), present=False)
    quadrature = binary_logit(
        resting.columns,
        resting.taken,
        np.repeat(resting.agents, np.diff(resting.first)),
        random=resting.random,
        nodes=gauss_hermite(15),
        at_modes=True,
    )
    assert posterior(quadrature, AT[1], seed=1).mean == pytest.approx(
        posterior(apart, AT[1], seed=1).mean, abs=0.02
    )


def test_best_and_drawn_coefficients_are_those_of_the_agents_own_draws():
    nodes = pseudo_random(40, 50, 2, seed=9)
    model = stated(2, nodes)
    given = posterior(model, AT[2], seed=3)
    likelihood, weights = model.by_draw(AT[2])
    assert weights == pytest.approx(
        np.exp(likelihood) / np.exp(likelihood).sum(axis=1, keepdims=True)
    )
    coefficients = nodes.points @ model.root(AT[2]).T
    for a in range(40):
        assert given.best[a] == pytest.approx(coefficients[a, likelihood[a].argmax()])
        assert np.isclose(coefficients[a], given.draw[a]).all(axis=1).any()
        assert given.mean[a] == pytest.approx(weights[a] @ coefficients[a])


def test_draws_have_the_posteriors_mean_and_depend_on_seed_and_agent_alone():
    model = stated(2, Integrator("adaptive", 128, 4)).renewed(AT[2])
    draws = np.array([posterior(model, AT[2], seed=seed).draw for seed in range(300)])
    mean = posterior(model, AT[2], seed=0).mean
    errors = (draws.mean(axis=0) - mean) / (draws.std(axis=0) / np.sqrt(300))
    assert np.abs(errors).max() < 4 and 0.8 < errors.std() < 1.2
    assert posterior(model, AT[2], seed=5).draw.tobytes() == draws[5].tobytes()
