"""Panels of binary choices: worked examples, exact likelihoods, numerical gradients."""

import numpy as np
import pytest
from choice_cases import binary_world, chance, numerical
from scipy.integrate import quad
from scipy.stats import norm

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Nodes, gauss_hermite, pseudo_random, sobol
from welfare_added.run.errors import UserError

WORLD = binary_world(30, 9, [-0.4, 0.8, -0.5], [[1.2, 0], [0.5, 0.7]], seed=4)


def test_the_likelihood_worked_by_hand():
    # Constant -1, sd 2, normals -1 and 1; one of two taken.
    nodes = Nodes(np.array([[[-1.0], [1.0]]]), np.array([0.5, 0.5]))
    one = np.ones((2, 1))
    model = binary_logit(one, [1, 0], [7, 7], random=one, nodes=nodes)
    value, score = model.evaluate([-1, 2])
    low, high = chance(-3.0), chance(1.0)
    assert value[0] == pytest.approx(np.log((low * (1 - low) + high * (1 - high)) / 2), abs=1e-14)
    assert value[0] == pytest.approx(-2.112839, abs=1e-6)
    assert score[0] == pytest.approx([-0.206652, -0.544895], abs=1e-6)
    assert model.names == ("x0", "sd z0")


MODELS = {
    "no random coefficients": dict(dimensions=0),
    "Gauss-Hermite": dict(dimensions=1, nodes=gauss_hermite(7)),
    "Gauss-Hermite at modes": dict(dimensions=1, nodes=gauss_hermite(5), at_modes=True),
    "Laplace": dict(dimensions=1, nodes=gauss_hermite(1), at_modes=True),
    "shared grid in two dimensions": dict(dimensions=2, nodes=gauss_hermite(5, 2)),
    "pseudo-random": dict(dimensions=2, nodes=pseudo_random(30, 20, 2, seed=1)),
    "Sobol, correlated": dict(dimensions=2, nodes=sobol(30, 32, 2, seed=1), correlated=True),
}


def stated(dimensions, trials=None, **options):
    x, taken, agent = WORLD
    if dimensions:
        options["random"] = x[:, :dimensions]
    if trials is not None:
        taken = taken * trials
    return binary_logit(x, taken, agent, trials=trials, **options)


@pytest.mark.parametrize("trials", [None, np.random.default_rng(0).integers(1, 5, 270)])
@pytest.mark.parametrize("name", MODELS)
def test_scores_are_the_derivatives_of_the_log_likelihood(name, trials):
    model = stated(trials=trials, **MODELS[name])
    at = np.array([-0.3, 0.7, -0.6, 0.9, 0.4, -0.8])[: len(model.names)]
    differences = numerical(lambda p: model.evaluate(p)[0], at)
    assert model.evaluate(at)[1] == pytest.approx(differences, rel=1e-6, abs=1e-7)


def by_quadrature(parameters):
    """Each agent's log-likelihood by adaptive integration of another library."""
    x, taken, agent = WORLD
    *fixed, sd = parameters
    values = []
    for a in range(30):
        mine, y = x[agent == a] @ fixed, taken[agent == a]

        def density(v, mine=mine, y=y):
            p = chance(mine + sd * v)
            return np.prod(np.where(y == 1, p, 1 - p)) * norm.pdf(v)

        values.append(np.log(quad(density, -12, 12, epsabs=0, epsrel=1e-11, limit=400)[0]))
    return np.array(values)


def test_quadrature_at_the_modes_gives_the_integral_with_fewer_nodes():
    at = [-0.3, 0.7, -0.6, 2.5]
    exact = by_quadrature(at)

    def error(nodes, at_modes):
        model = stated(1, nodes=gauss_hermite(nodes), at_modes=at_modes)
        return np.abs(model.evaluate(at)[0] - exact).max()

    assert error(60, at_modes=True) < 1e-9
    assert error(15, at_modes=True) < 3e-5
    assert 1e-3 < error(15, at_modes=False) < 0.5
    assert error(120, at_modes=False) < 1e-4


def test_rows_of_equal_choices_are_one_row_with_trials():
    x, _, agent = WORLD
    three = binary_logit(
        np.repeat(x, 3, 0), np.tile([[1, 1, 0]], (270, 1)).ravel(), np.repeat(agent, 3)
    )
    one = binary_logit(x, np.full(270, 2), agent, trials=np.full(270, 3))
    for several, together in zip(
        three.evaluate([0.1, 0.2, 0.3]), one.evaluate([0.1, 0.2, 0.3]), strict=True
    ):
        assert together == pytest.approx(several, rel=1e-12)


def test_each_agent_has_its_own_nodes():
    x, taken, agent = WORLD
    nodes = pseudo_random(30, 5, 1, seed=3)
    value, _ = binary_logit(x, taken, agent, random=x[:, :1], nodes=nodes).evaluate([1, 0, 0, 2])
    for a in (0, 1, 29):
        y = taken[agent == a][:, None]
        p = chance(1 + 2 * nodes.points[a, :, 0])
        assert value[a] == pytest.approx(np.log(np.where(y == 1, p, 1 - p).prod(axis=0).mean()))


def test_the_order_of_rows_and_labels_changes_no_agents_likelihood():
    x, taken, agent = WORLD
    nodes = sobol(30, 16, 1, seed=2)
    order = np.random.default_rng(1).permutation(270)
    labels = np.array([f"a{number:02d}" for number in agent])
    trials = np.random.default_rng(2).integers(1, 4, 270)
    plain = binary_logit(x, taken, agent, random=x[:, :1], nodes=nodes, trials=trials)
    mixed = binary_logit(
        x[order],
        taken[order],
        labels[order],
        random=x[order, :1],
        nodes=nodes,
        trials=trials[order],
    )
    at = [0.2, 0.5, -0.1, 1.3]
    assert mixed.agents.tolist() == [f"a{number:02d}" for number in range(30)]
    for one, other in zip(plain.evaluate(at), mixed.evaluate(at), strict=True):
        assert other == pytest.approx(one, rel=1e-11)


def test_extreme_utilities_stay_finite():
    for options in MODELS.values():
        model = stated(**options)
        value, score = model.evaluate(np.full(len(model.names), 300.0))
        assert np.isfinite(value).all() and np.isfinite(score).all()


def test_the_covariance_is_that_of_the_root():
    model = stated(**MODELS["Sobol, correlated"])
    assert model.names[3:] == ("C[z0, z0]", "C[z1, z0]", "C[z1, z1]")
    assert model.covariance([0, 0, 0, 1.2, 0.5, 0.7]) == pytest.approx(
        np.array([[1.44, 0.6], [0.6, 0.74]])
    )
    assert model.start().tolist() == [0, 0, 0, 0.5, 0, 0.5]


X, TAKEN, AGENT = WORLD
GAP = np.where(np.arange(270)[:, None] == [5, 5, 300], np.nan, X)
REFUSED = {
    "covariates: missing or infinite in x0 \\(1 rows\\), x1 \\(1 rows\\)": dict(covariates=GAP),
    "taken: 1 rows below 0 or above the number of trials": dict(
        taken=np.where(np.arange(270) == 3, 2, TAKEN)
    ),
    "taken: all choices are alike": dict(taken=np.zeros(270)),
    "taken: shape \\(269,\\), want one number for each of 270 rows": dict(taken=TAKEN[1:]),
    "agent: shape \\(269,\\), want one label for each of 270 rows": dict(agent=AGENT[1:]),
    "nodes: missing; want an Integrator, or those of gauss_hermite": dict(random=X[:, :1]),
    "nodes: given, but there are no random coefficients": dict(nodes=gauss_hermite(3)),
    "nodes: shape \\(29, 4, 1\\), want \\(30 or 1, draws, 1\\)": dict(
        random=X[:, :1], nodes=sobol(29, 4, 1, seed=1)
    ),
    "at_modes: want one random coefficient": dict(
        random=X[:, :2], nodes=gauss_hermite(3, 2), at_modes=True
    ),
    "random: 269 rows, and covariates 270": dict(random=X[1:, :1], nodes=gauss_hermite(3)),
    "covariates: 3 columns, want as many names, all different": dict(names=["a", "b", "a"]),
}


@pytest.mark.parametrize("message", REFUSED)
def test_arrays_that_do_not_fit_are_refused(message):
    given = dict(covariates=X, taken=TAKEN, agent=AGENT) | REFUSED[message]
    with pytest.raises(UserError, match=message):
        binary_logit(**given)


def test_parameters_that_do_not_fit_are_refused():
    for wrong in ([0, 0], [0, 0, np.nan]):
        with pytest.raises(UserError, match="parameters: want 3 finite numbers"):
            binary_logit(X, TAKEN, AGENT).evaluate(wrong)
