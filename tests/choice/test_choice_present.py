"""Agents with a present position and with covariates of their own: by hand, by grid, by numbers."""

import numpy as np
import pytest
from choice_cases import chance, numerical

from welfare_added.choice.binary_panel import AgentCovariates, PresentPositions, binary_logit
from welfare_added.choice.draws import Integrator, Nodes, gauss_hermite, pseudo_random, sobol
from welfare_added.run.errors import UserError

AGENTS, ROWS = 24, 11
RNG = np.random.default_rng(12)
AGENT = RNG.permutation(np.repeat(np.arange(AGENTS), ROWS))
X = RNG.standard_normal((len(AGENT), 3))
X[:, 0] = 1
TRIALS = RNG.choice([1, 1, 1, 2, 7], len(AGENT))
TAKEN = RNG.binomial(TRIALS, 0.3)
OWN = RNG.standard_normal((AGENTS, 2))
HOLDERS = RNG.permutation(AGENTS)[:15]
PRESENT_X = RNG.standard_normal((15, 3))
PRESENT_X[:, 0] = 1
AT = np.array([-0.6, 0.5, -0.8, 0.3, -0.4, 0.9, 0.6, -0.7])


def own_of(order=slice(None)):
    return AgentCovariates(np.arange(AGENTS)[order], OWN[order], ["g", "h"])


def stated(dimensions=2, present=True, **options):
    position = PresentPositions(HOLDERS, PRESENT_X, PRESENT_X[:, :dimensions])
    return binary_logit(
        X,
        TAKEN,
        AGENT,
        random=X[:, :dimensions],
        trials=TRIALS,
        agent_covariates=own_of(),
        present=position if present else None,
        **options,
    )


def test_the_likelihood_worked_by_hand_with_a_present_position_of_utility_zero():
    # As without it (test_choice_binary_panel), with log 2 subtracted from every utility.
    nodes = Nodes(np.array([[[-1.0], [1.0]]]), np.array([0.5, 0.5]))
    one, none = np.ones((2, 1)), np.zeros((1, 1))
    present = PresentPositions([7], none, none)
    model = binary_logit(one, [1, 0], [7, 7], random=one, nodes=nodes, present=present)
    low, high = chance(-3 - np.log(2)), chance(1 - np.log(2))
    value, score = model.evaluate([-1, 2])
    weights = np.array([low * (1 - low), high * (1 - high)])
    assert value[0] == pytest.approx(np.log(weights.mean()), abs=1e-14)
    slopes = 1 - 2 * np.array([low, high])
    weights /= weights.sum()
    assert score[0] == pytest.approx([weights @ slopes, weights @ (slopes * [-1, 1])], abs=1e-14)


def slowly(at, points, correlated):
    """Each agent's log-likelihood by eq. 12, one agent, draw and row at a time, in levels."""
    fixed, own, free = at[:3], at[3:5], at[5:]
    root = np.array([[free[0], 0], [free[1], free[2]]]) if correlated else np.diag(free[:2])
    values = []
    for a in range(AGENTS):
        likelihood = []
        for v in points[a]:
            level = OWN[a] @ own
            present = 0.0
            if a in HOLDERS:
                c = PRESENT_X[HOLDERS.tolist().index(a)]
                present = np.exp(c @ fixed + level + c[:2] @ root @ v)
            product = 1.0
            for i in np.flatnonzero(a == AGENT):
                offer = np.exp(X[i] @ fixed + level + X[i, :2] @ root @ v)
                p = offer / (1 + present + offer)
                product *= p ** TAKEN[i] * (1 - p) ** (TRIALS[i] - TAKEN[i])
            likelihood.append(product)
        values.append(np.log(np.mean(likelihood)))
    return np.array(values)


@pytest.mark.parametrize("correlated", [False, True])
def test_it_is_equation_12_written_out(correlated):
    nodes = pseudo_random(AGENTS, 13, 2, seed=3)
    model = stated(nodes=nodes, correlated=correlated)
    at = AT[: len(model.names)]
    assert model.names[:5] == ("x0", "x1", "x2", "g", "h")
    assert model.evaluate(at)[0] == pytest.approx(slowly(at, nodes.points, correlated), abs=1e-11)


MODELS = {
    "grid": dict(nodes=gauss_hermite(4, 2)),
    "prior, correlated": dict(nodes=Integrator("sobol", 16, 1), correlated=True),
    "adaptive": dict(nodes=Integrator("adaptive", 32, 1)),
    "adaptive, correlated": dict(nodes=Integrator("adaptive", 16, 1), correlated=True),
    "adaptive, no present positions": dict(nodes=Integrator("adaptive", 16, 1), present=False),
    "one coefficient": dict(nodes=sobol(AGENTS, 8, 1, seed=2), dimensions=1),
    "Gauss-Hermite at modes": dict(
        nodes=gauss_hermite(5), dimensions=1, at_modes=True, present=False
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_scores_are_the_derivatives_of_the_log_likelihood(name):
    model = stated(**MODELS[name])
    at = AT[: len(model.names)]
    model = model if model.at_modes else model.renewed(0.8 * at)
    differences = numerical(lambda p: model.evaluate(p)[0], at)
    assert model.evaluate(at)[1] == pytest.approx(differences, rel=1e-6, abs=1e-7)


def test_some_coefficients_can_be_correlated():
    options = dict(random=X, nodes=sobol(AGENTS, 16, 3, seed=2), random_names=["a", "b", "c"])
    some = binary_logit(X, TAKEN > 0, AGENT, correlated=["c", "a"], **options)
    assert some.names[3:] == ("C[a, a]", "sd b", "C[c, a]", "C[c, c]")
    assert some.even == [4, 6]
    full = binary_logit(X, TAKEN > 0, AGENT, correlated=True, **options)
    at = [0.1, 0.2, 0.3, 1.0, 0.6, -0.4, 0.7]
    assert some.covariance(at)[2].tolist() == pytest.approx([-0.4, 0, 0.65])
    value, score = full.evaluate([0.1, 0.2, 0.3, 1.0, 0, 0.6, -0.4, 0, 0.7])
    assert some.evaluate(at)[0] == pytest.approx(value, rel=1e-12)
    assert some.evaluate(at)[1] == pytest.approx(score[:, [0, 1, 2, 3, 5, 6, 8]], rel=1e-11)
    with pytest.raises(UserError, match="correlated: d has no random coefficient"):
        binary_logit(X, TAKEN > 0, AGENT, correlated=["a", "d"], **options)


def test_covariates_of_agents_are_those_repeated_in_their_rows():
    order = np.random.default_rng(1).permutation(AGENTS)
    nodes = sobol(AGENTS, 16, 1, seed=2)
    options = dict(random=X[:, :1], nodes=nodes, trials=TRIALS)
    apart = binary_logit(X, TAKEN, AGENT, agent_covariates=own_of(order), **options)
    wide = binary_logit(np.hstack([X, OWN[AGENT]]), TAKEN, AGENT, **options)
    for one, other in zip(apart.evaluate(AT[:6]), wide.evaluate(AT[:6]), strict=True):
        assert one == pytest.approx(other, rel=1e-11, abs=1e-12)


def test_a_present_position_that_is_worth_nothing_changes_nothing():
    nodes = sobol(AGENTS, 16, 1, seed=2)
    worthless = PresentPositions(HOLDERS, np.tile([60.0, 0, 0], (15, 1)), np.zeros((15, 1)))
    options = dict(random=X[:, :1], nodes=nodes)
    plain = binary_logit(X, TAKEN > 0, AGENT, **options)
    held = binary_logit(X, TAKEN > 0, AGENT, present=worthless, **options)
    for one, other in zip(
        plain.evaluate([-1, 0.5, 0.2, 0.9]), held.evaluate([-1, 0.5, 0.2, 0.9]), strict=True
    ):
        assert other == pytest.approx(one, abs=1e-11)


@pytest.mark.parametrize("name", MODELS)
def test_results_are_the_same_bytes_with_any_number_of_threads(name):
    one, three = (stated(threads=threads, **MODELS[name]) for threads in (1, 3))
    at = AT[: len(one.names)]
    if not one.at_modes:
        one, three = one.renewed(at), three.renewed(at)
        assert one.centres.tobytes() == three.centres.tobytes()
        assert one.spreads.tobytes() == three.spreads.tobytes()
    for alone, together in zip(one.evaluate(at), three.evaluate(at), strict=True):
        assert alone.tobytes() == together.tobytes()


def test_extreme_utilities_stay_finite():
    for options in MODELS.values():
        model = stated(**options)
        value, score = model.evaluate(np.full(len(model.names), 300.0))
        assert np.isfinite(value).all() and np.isfinite(score).all()


def test_many_trials_are_the_rows_that_they_stand_for():
    x, y = X[:6], np.array([3.0, 0, 700, 12, 1, 4])
    many = np.array([5.0, 3, 1000, 513, 1, 300])
    nodes = gauss_hermite(6)
    options = dict(random=x[:, :1], nodes=nodes)
    model = binary_logit(x, y, np.zeros(6), trials=many, **options)
    at = np.array([-0.3, 0.2, 0.4, 0.8])
    utility = x @ at[:3] + 0.8 * x[:, :1] * nodes.points[0].T[0][:, None]
    terms = (y * utility - many * np.logaddexp(0, utility)).sum(axis=1)
    exact = np.logaddexp.reduce(np.log(nodes.weights) + terms)
    assert model.evaluate(at)[0][0] == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("trials", [1, 2, 5])
def test_thousands_of_even_chances_do_not_overflow(trials):
    rows = 2001
    model = binary_logit(
        np.ones((rows, 1)), np.arange(rows) % 2, np.zeros(rows), trials=np.full(rows, trials)
    )
    assert model.evaluate([0.0])[0][0] == pytest.approx(-trials * rows * np.log(2), rel=1e-12)


POSITION = PresentPositions([0, 1], X[:2], X[:2, :1])
REFUSED = {
    "present: want one row an agent": dict(present=PresentPositions([1, 1], X[:2], X[:2, :1])),
    "present: 1 rows of agents who have no choices": dict(
        present=PresentPositions([1, 99], X[:2], X[:2, :1])
    ),
    "present.covariates: shape \\(2, 2\\), want \\(2, 3\\)": dict(
        present=PresentPositions([0, 1], X[:2, :2], X[:2, :1])
    ),
    "present.random: shape \\(2, 0\\), want \\(2, 1\\)": dict(
        present=PresentPositions([0, 1], X[:2])
    ),
    "present.covariates: missing or infinite in x1 \\(2 rows\\)": dict(
        present=PresentPositions([0, 1], X[:2] * [1, np.nan, 1], X[:2, :1])
    ),
    "at_modes: not with present positions": dict(
        present=POSITION, at_modes=True, nodes=gauss_hermite(3)
    ),
    "agent_covariates: 23 rows and 23 labels, want one for each of 24 agents": dict(
        agent_covariates=AgentCovariates(np.arange(23), OWN[:23])
    ),
    "agent_covariates: want one row an agent": dict(
        agent_covariates=AgentCovariates(np.zeros(24), OWN)
    ),
    "agent_covariates: names given twice: x1": dict(
        agent_covariates=AgentCovariates(np.arange(24), OWN, ["x1", "g"])
    ),
    "integrator 'halton': want pseudo_random, sobol or adaptive": None,
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_does_not_fit_is_refused(message):
    with pytest.raises(UserError, match=message):
        options = REFUSED[message] or dict(nodes=Integrator("halton", 4, 1))
        binary_logit(
            X,
            TAKEN > 0,
            AGENT,
            **(dict(random=X[:, :1], nodes=Integrator("sobol", 4, 1)) | options),
        )
