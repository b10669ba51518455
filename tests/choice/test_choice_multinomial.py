"""Choices among alternatives: exact probabilities, numerical gradients, statsmodels, planted truth."""

import numpy as np
import pytest
import statsmodels.api as sm
from choice_cases import numerical
from statsmodels.discrete.conditional_models import ConditionalLogit

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Nodes, gauss_hermite, pseudo_random, sobol
from welfare_added.choice.maximum import maximise, standard_errors
from welfare_added.choice.multinomial import multinomial_logit
from welfare_added.run.errors import UserError

ALTERNATIVES = 4


def world(agents, situations, fixed, root, seed, share=0.8):
    """Rows of all alternatives, of which a share is available; random coefficients on the first."""
    rng = np.random.default_rng(seed)
    fixed, root = np.asarray(fixed, dtype=float), np.atleast_2d(root)
    total = agents * situations
    x = rng.standard_normal((total, ALTERNATIVES, len(fixed)))
    agent = np.repeat(np.arange(agents), situations)
    own = rng.standard_normal((agents, len(root))) @ root.T
    utility = x @ fixed + np.einsum("sjk,sk->sj", x[..., : len(root)], own[agent])
    available = rng.random((total, ALTERNATIVES)) < share
    available[:, :2] = True
    best = np.where(available, utility + rng.gumbel(size=utility.shape), -np.inf).argmax(axis=1)
    taken = np.eye(ALTERNATIVES)[best].ravel()
    rows = dict(situation=np.repeat(np.arange(total), ALTERNATIVES), available=available.ravel())
    rows |= dict(agent=np.repeat(agent, ALTERNATIVES), taken=taken)
    return x.reshape(-1, len(fixed)), rows


X, ROWS = world(40, 6, [0.8, -0.5, 0.3], [[0.9, 0], [0.4, 0.6]], seed=2)
MODELS = {
    "no random coefficients": dict(dimensions=0),
    "Gauss-Hermite": dict(dimensions=1, nodes=gauss_hermite(9)),
    "pseudo-random": dict(dimensions=2, nodes=pseudo_random(40, 20, 2, seed=1)),
    "Sobol, correlated": dict(dimensions=2, nodes=sobol(40, 32, 2, seed=1), correlated=True),
}


def stated(dimensions, **options):
    if dimensions:
        options["random"] = X[:, :dimensions]
    return multinomial_logit(X, **ROWS, **options)


def test_the_likelihood_worked_by_hand():
    # Utilities (2 + v, 0, not available) and (0, 2 + v), v = -1 or 1, first alternatives taken.
    x = np.array([[1.0], [0], [np.nan], [0], [1]])
    rows = dict(taken=[1, 0, 0, 1, 0], situation=[1, 1, 1, 2, 2], agent=[9] * 5)
    nodes = Nodes(np.array([[[-1.0], [1.0]]]), np.array([0.5, 0.5]))
    model = multinomial_logit(x, **rows, available=[1, 1, 0, 1, 1], random=x, nodes=nodes)
    p, q = np.e / (np.e + 1), np.e**3 / (np.e**3 + 1)
    value, score = model.evaluate([2.0, 1.0])
    mean = (p * (1 - p) + q * (1 - q)) / 2
    assert value[0] == pytest.approx(np.log(mean), abs=1e-14)
    weights = np.array([p * (1 - p), q * (1 - q)]) / (2 * mean)
    slopes = np.array([1 - 2 * p, 1 - 2 * q])
    assert score[0] == pytest.approx([weights @ slopes, weights @ (slopes * [-1, 1])], abs=1e-13)


@pytest.mark.parametrize("name", MODELS)
def test_scores_are_the_derivatives_of_the_log_likelihood(name):
    model = stated(**MODELS[name])
    at = np.array([0.5, -0.4, 0.2, 0.9, 0.4, -0.8])[: len(model.names)]
    differences = numerical(lambda p: model.evaluate(p)[0], at)
    value, score = model.evaluate(at)
    assert score == pytest.approx(differences, rel=1e-6, abs=1e-7)
    assert (value < 0).all()
    value, score = model.evaluate(1000 * at)
    assert np.isfinite(value).all() and np.isfinite(score).all()


def test_thousands_of_even_chances_do_not_overflow():
    situation = np.repeat(np.arange(3000), 3)
    taken = np.tile([0, 1, 0], 3000)
    model = multinomial_logit(np.ones((9000, 1)), taken, situation, agent=np.zeros(9000))
    assert model.evaluate([0.0])[0][0] == pytest.approx(-3000 * np.log(3), rel=1e-12)


def test_each_agent_has_its_own_nodes():
    nodes = pseudo_random(40, 5, 1, seed=3)
    value, _ = multinomial_logit(X, **ROWS, random=X[:, :1], nodes=nodes).evaluate([0, 0, 0, 2])
    odds = np.exp(2 * X[:, :1] * nodes.points[ROWS["agent"], :, 0]) * ROWS["available"][:, None]
    odds = odds.reshape(240, ALTERNATIVES, 5)
    chosen = (odds * ROWS["taken"].reshape(240, ALTERNATIVES, 1)).sum(axis=1) / odds.sum(axis=1)
    assert value == pytest.approx(np.log(chosen.reshape(40, 6, 5).prod(axis=1).mean(axis=1)))


def test_it_is_the_conditional_logit_of_statsmodels():
    kept = ROWS["available"]
    other = ConditionalLogit(ROWS["taken"][kept], X[kept], groups=ROWS["situation"][kept])
    model = multinomial_logit(X, ROWS["taken"], ROWS["situation"], available=kept)
    for at in ([0.0, 0, 0], [0.8, -0.5, 0.3], [-2.0, 1, 0.4]):
        value, score = model.evaluate(at)
        assert value.sum() == pytest.approx(other.loglike(np.array(at)), rel=1e-12)
        assert score.sum(axis=0) == pytest.approx(other.score(np.array(at)), rel=1e-9, abs=1e-9)
    maximum = maximise(model, model.start(), tolerance=1e-12)
    assert maximum.converged
    assert other.score(maximum.parameters) == pytest.approx(np.zeros(3), abs=1e-4)
    # Its own search stops earlier.
    fitted = other.fit(disp=False)
    assert 0 <= maximum.log_likelihood - fitted.llf < 1e-5
    assert maximum.parameters == pytest.approx(fitted.params, abs=2e-3)
    assert standard_errors(model, maximum, "hessian") == pytest.approx(fitted.bse, rel=2e-3)


def test_it_is_the_multinomial_logit_of_statsmodels():
    rng = np.random.default_rng(3)
    people = sm.add_constant(rng.standard_normal((500, 2)))
    effects = np.array([[0, 0.3, -0.2], [0, 0.5, 0.9], [0, -0.4, 0.1]])
    choice = (people @ effects + rng.gumbel(size=(500, 3))).argmax(axis=1)
    fitted = sm.MNLogit(choice, people).fit(disp=False, tol=1e-12)
    indicators = np.eye(3)[:, 1:]  # the first alternative is the base
    x = np.einsum("ip,ja->ijap", people, indicators).reshape(1500, 6)
    model = multinomial_logit(x, np.eye(3)[choice].ravel(), np.repeat(np.arange(500), 3))
    maximum = maximise(model, model.start(), tolerance=1e-12)
    assert maximum.parameters == pytest.approx(np.asarray(fitted.params).T.ravel(), abs=1e-6)
    assert maximum.log_likelihood == pytest.approx(fitted.llf, abs=1e-8)
    errors = standard_errors(model, maximum, "hessian")
    assert errors == pytest.approx(np.asarray(fitted.bse).T.ravel(), rel=1e-5)


def test_two_alternatives_of_which_one_is_worth_nothing_are_a_binary_choice():
    rng = np.random.default_rng(1)
    x, agent = rng.standard_normal((60, 2)), np.repeat(np.arange(10), 6)
    taken = rng.integers(0, 2, 60)
    options = dict(nodes=sobol(10, 16, 1, seed=4))
    binary = binary_logit(x, taken, agent, random=x[:, :1], **options)
    both = np.stack([x, np.zeros_like(x)], axis=1).reshape(120, 2)
    model = multinomial_logit(
        both,
        np.stack([taken, 1 - taken], axis=1).ravel(),
        np.repeat(np.arange(60), 2),
        agent=np.repeat(agent, 2),
        random=both[:, :1],
        **options,
    )
    for one, other in zip(
        model.evaluate([0.4, -1, 0.8]), binary.evaluate([0.4, -1, 0.8]), strict=True
    ):
        assert one == pytest.approx(other, rel=1e-12, abs=1e-14)


def test_the_order_of_rows_and_situations_changes_nothing():
    order = np.random.default_rng(1).permutation(len(X))
    mixed = {name: values[order] for name, values in ROWS.items()}
    mixed["situation"] = np.random.default_rng(2).permutation(240)[mixed["situation"]]
    options = dict(nodes=sobol(40, 16, 2, seed=2))
    at = [0.5, -0.4, 0.2, 0.9, 0.4]
    one = multinomial_logit(X, **ROWS, random=X[:, :2], **options).evaluate(at)
    other = multinomial_logit(X[order], **mixed, random=X[order, :2], **options).evaluate(at)
    for mine, theirs in zip(one, other, strict=True):
        assert theirs == pytest.approx(mine, rel=1e-10, abs=1e-12)


def test_planted_parameters_are_covered():
    truth = np.array([0.8, -0.5, 0.9, 0.6])
    standardised, ratios = [], []
    for number in range(25):
        x, rows = world(200, 10, truth[:2], np.diag(truth[2:]), seed=300 + number)
        model = multinomial_logit(x, **rows, random=x, nodes=gauss_hermite(9, 2))
        maximum = maximise(model, model.start())
        assert maximum.converged
        estimate = np.append(maximum.parameters[:2], np.abs(maximum.parameters[2:]))
        standardised.append((estimate - truth) / standard_errors(model, maximum, "hessian"))
        ratios.append(2 * (maximum.log_likelihood - model.evaluate(truth)[0].sum()))
    standardised = np.array(standardised)
    # 100 intervals: 0.95 with a Monte Carlo error of 0.02; means of 25 have an error of 0.2.
    assert (np.abs(standardised) < 1.96).mean() >= 0.88
    assert np.abs(standardised.mean(axis=0)).max() < 0.6
    # Chi-squared with 4 degrees of freedom: mean 4, error 0.57.
    assert abs(np.mean(ratios) - 4) < 3 * np.sqrt(2 * 4 / 25)


def changed(name, row, value):
    values = ROWS[name].copy()
    values[row] = value
    return {name: values}


CHOSEN = int(np.flatnonzero(ROWS["taken"])[0])
# The last alternative of agent 0's last situation, said to be agent 1's.
LAST = dict(agent=np.where(np.arange(960) == 23, 1, ROWS["agent"]))
REFUSED = {
    "agent: 1 situations belong to sever": LAST | dict(available=np.ones(960, dtype=bool)),
    "taken: 1 rows are chosen, and not available": changed("available", CHOSEN, False),
    "taken: 1 of 240 situations have not exactly one choice": changed("taken", CHOSEN, 0),
    "taken: want 0 and 1": changed("taken", CHOSEN, 0.5),
    "agent: 1 situations belong to several agents": changed("agent", 0, 7),
    "situation: shape \\(3,\\), want one for each of 960 rows": dict(situation=[1, 1, 2]),
    "situation: all have one alternative": dict(available=ROWS["taken"] == 1),
    "random: 959 rows, and covariates 960": dict(random=X[1:, :1]),
    "nodes: missing; want an Integrator, or those of gauss_hermite": dict(random=X[:, :1]),
}


@pytest.mark.parametrize("message", REFUSED)
def test_arrays_that_do_not_fit_are_refused(message):
    with pytest.raises(UserError, match=message):
        multinomial_logit(**(dict(covariates=X) | ROWS | REFUSED[message]))
