"""Maximum and standard errors: beside statsmodels, on planted parameters, and where there is none."""

import numpy as np
import pytest
import statsmodels.api as sm
from choice_cases import binary_world, numerical

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Integrator, gauss_hermite, sobol
from welfare_added.choice.integrators import fit
from welfare_added.choice.maximum import covariance, hessian, maximise, standard_errors
from welfare_added.run.errors import UserError

X, TAKEN, AGENT = binary_world(400, 5, [-0.6, 0.9, -0.4], [[0.8]], seed=8)
ROWS = np.arange(len(X))
PLAIN = binary_logit(X, TAKEN, ROWS, names=["constant", "x", "w"])


@pytest.fixture(scope="module")
def plain():
    return maximise(PLAIN, PLAIN.start(), tolerance=1e-12)


def test_without_random_coefficients_it_is_the_logit_of_statsmodels(plain):
    other = sm.Logit(TAKEN, X).fit(disp=False, method="newton", tol=1e-14)
    assert plain.converged
    assert plain.parameters == pytest.approx(other.params, abs=1e-7)
    assert plain.log_likelihood == pytest.approx(other.llf, abs=1e-9)
    for kind, type_, options in (
        ("hessian", "nonrobust", {}),
        ("sandwich", "HC0", {}),
        ("sandwich", "cluster", {"cov_kwds": {"groups": AGENT, "use_correction": False}}),
    ):
        clusters = AGENT if options else None
        result = sm.Logit(TAKEN, X).fit(disp=False, cov_type=type_, **options)
        errors = standard_errors(PLAIN, plain, kind, clusters)
        assert errors == pytest.approx(result.bse, rel=1e-5), type_
    scores = sm.Logit(TAKEN, X).score_obs(other.params)
    by_scores = np.sqrt(np.diag(np.linalg.inv(scores.T @ scores)))
    assert standard_errors(PLAIN, plain) == pytest.approx(by_scores, rel=1e-6)


def test_agents_that_are_clusters_have_the_scores_of_their_rows(plain):
    by_agent = binary_logit(X, TAKEN, AGENT)
    once = maximise(by_agent, by_agent.start())
    clustered = standard_errors(PLAIN, plain, "sandwich", AGENT)
    assert standard_errors(by_agent, once, "sandwich") == pytest.approx(clustered, rel=1e-3)


def test_the_hessian_is_the_derivative_of_the_gradient():
    model = binary_logit(X, TAKEN, AGENT, random=X[:, :1], nodes=gauss_hermite(9), at_modes=True)
    maximum = maximise(model, model.start())
    gradient = numerical(lambda p: model.evaluate(p)[1].sum(axis=0), maximum.parameters)
    assert hessian(model, maximum) == pytest.approx(gradient, rel=1e-4, abs=1e-3)


def test_planted_parameters_are_covered():
    truth = np.array([-0.5, 0.8, 0.9, 0.3, 0.6])
    root = [[0.9, 0], [0.3, 0.6]]
    standardised, ratios = [], []
    for world in range(25):
        x, taken, agent = binary_world(250, 12, truth[:2], root, seed=100 + world)
        model = binary_logit(x, taken, agent, random=x, nodes=gauss_hermite(11, 2), correlated=True)
        maximum = maximise(model, model.start())
        assert maximum.converged
        estimate = maximum.parameters.copy()
        estimate[2:4] *= np.sign(estimate[2])
        estimate[4] = abs(estimate[4])
        standardised.append((estimate - truth) / standard_errors(model, maximum, "hessian"))
        ratios.append(2 * (maximum.log_likelihood - model.evaluate(truth)[0].sum()))
    standardised = np.array(standardised)
    # 125 intervals: 0.95 with a Monte Carlo error of 0.02; means of 25 have an error of 0.2.
    assert 0.89 <= (np.abs(standardised) < 1.96).mean() <= 1
    assert np.abs(standardised.mean(axis=0)).max() < 0.6
    assert 0.6 < standardised.std() < 1.3
    # Chi-squared with 5 degrees of freedom: mean 5, error 0.63.
    assert abs(np.mean(ratios) - 5) < 3 * np.sqrt(2 * 5 / 25)


def test_other_starts_and_signs_give_the_same_maximum():
    model = binary_logit(X, TAKEN, AGENT, random=X[:, :1], nodes=sobol(400, 32, 1, seed=1))
    fine = {"tolerance": 1e-10}
    one = maximise(model, model.start(), **fine)
    other = maximise(model, [1.0, -1.0, 1.0, 2.0], **fine)
    assert other.parameters == pytest.approx(one.parameters, abs=1e-5)
    quadrature = binary_logit(
        X, TAKEN, AGENT, random=X[:, :1], nodes=gauss_hermite(9), at_modes=True
    )
    plus, minus = (maximise(quadrature, [0, 0, 0, sd], **fine) for sd in (0.5, -0.5))
    assert minus.parameters == pytest.approx(plus.parameters * [1, 1, 1, -1], abs=1e-5)


def test_a_model_without_a_maximum_is_not_said_to_have_one():
    model = binary_logit(X, X[:, 1] > 0.2, ROWS)
    found = maximise(model, model.start())
    assert not found.converged
    assert found.message.startswith("no maximum in sight after ")
    assert found.log_likelihood > -0.1  # choices are separated: it climbs to zero
    for kind in ("scores", "hessian", "sandwich"):
        with pytest.raises(UserError, match="not a maximum: no maximum in sight"):
            covariance(model, found, kind)


def test_a_search_goes_on_until_it_has_converged(monkeypatch, plain):
    monkeypatch.setattr("welfare_added.choice.maximum.SCORING_STEPS", 1)
    monkeypatch.setattr("welfare_added.choice.maximum.STEPS", 3)
    found = maximise(PLAIN, PLAIN.start(), tolerance=1e-9)
    assert found.converged
    assert " after 1 rounds" not in found.message
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-8)


def test_a_search_that_is_cut_off_says_so(monkeypatch):
    monkeypatch.setattr("welfare_added.choice.maximum.SCORING_STEPS", 0)
    monkeypatch.setattr("welfare_added.choice.maximum.ROUNDS", 1)
    monkeypatch.setattr("welfare_added.choice.maximum.STEPS", 1)
    found = maximise(PLAIN, PLAIN.start())
    assert not found.converged
    assert found.decrement > 1e-6
    assert found.message.endswith(" after 1 rounds, want below 1e-06")


REFUSED = {
    "2000 agents' scores are collinear: x0, x1, x3; drop one": np.column_stack(
        [X, X[:, 0] + 2 * X[:, 1]]
    ),
    "scores are zero: x1 changes no choice's probability": X * [1, 0, 1],
}


@pytest.mark.parametrize("message", REFUSED)
def test_covariates_that_cannot_be_told_apart_are_named(message):
    model = binary_logit(REFUSED[message], TAKEN, ROWS)
    with pytest.raises(UserError, match=message):
        maximise(model, model.start())


def test_what_makes_no_sense_is_refused(plain):
    with pytest.raises(UserError, match="2 agents or clusters, and 3 parameters"):
        maximise(binary_logit(X, TAKEN, ROWS % 2), np.zeros(3))
    with pytest.raises(UserError, match="kind 'robust': want scores, hessian or sandwich"):
        covariance(PLAIN, plain, "robust")
    with pytest.raises(UserError, match="clusters: want one label for each of 2000 agents"):
        covariance(PLAIN, plain, "scores", AGENT[:10])
    with pytest.raises(UserError, match="the Hessian is not negative definite"):
        covariance(_Saddle(), _at_saddle(plain), "hessian")


class _Saddle:
    """Scores that grow away from a point: a minimum."""

    names = ("a", "b", "c")

    def evaluate(self, parameters):
        noise = np.random.default_rng(0).standard_normal((50, 3))
        return np.zeros(50), noise - noise.mean(axis=0) + np.asarray(parameters)


def _at_saddle(maximum):
    return type(maximum)(True, "", _Saddle.names, np.zeros(3), 0.0, 0.0, 1)


def test_a_standard_deviation_that_is_zero_is_set_to_zero():
    # Choices that alternate within agents vary less between agents than independent ones.
    taken = (np.arange(len(X)) // 400 + AGENT) % 2
    options = dict(random=X[:, :1], random_names=["district"])
    one = binary_logit(X, taken, AGENT, nodes=gauss_hermite(9), **options)
    found = fit(one).maximum
    assert found.converged
    assert found.parameters[3] == 0
    assert found.message.endswith("; zero: sd district")
    plain = maximise(binary_logit(X, taken, AGENT), np.zeros(3))
    assert found.parameters[:3] == pytest.approx(plain.parameters, abs=1e-3)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-3)
    assert one.evaluate([*found.parameters[:3], 0.1])[0].sum() < found.log_likelihood
    with pytest.raises(
        UserError, match="zero: sd district; standard errors need the model without"
    ):
        standard_errors(one, found)
    # Draws are not symmetric, nor is their likelihood.
    drawn = fit(binary_logit(X, taken, AGENT, nodes=Integrator("adaptive", 64, 1), **options))
    assert drawn.converged and abs(drawn.maximum.parameters[3]) < 1e-2


def test_signs_that_change_nothing_are_those_of_whole_columns():
    options = dict(random=X[:, :2], nodes=gauss_hermite(3, 2))
    assert binary_logit(X, TAKEN, AGENT, **options).even == [3, 4]
    assert binary_logit(X, TAKEN, AGENT, correlated=True, **options).even == [5]
