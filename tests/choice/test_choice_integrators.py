"""Importance sampling at agents' modes, beside product grids; estimates with proposals renewed."""

import numpy as np
import pytest
from choice_cases import binary_world
from test_choice_multinomial import world

from welfare_added.choice.binary_panel import PresentPositions, binary_logit
from welfare_added.choice.draws import Integrator, Nodes, gauss_hermite
from welfare_added.choice.integrators import effective_draws, fit, simulation_error
from welfare_added.choice.maximum import maximise, standard_errors
from welfare_added.choice.multinomial import multinomial_logit
from welfare_added.choice.settling import settle
from welfare_added.run.errors import UserError

ROOT = np.array([[1.3, 0, 0], [0.5, 0.9, 0], [-0.4, 0.3, 0.8]])
X, TAKEN, AGENT = binary_world(40, 30, [-0.8, 0.6, 0.4], ROOT, seed=31)
HELD = np.random.default_rng(2).standard_normal((25, 3))
AT = {1: [-0.7, 0.5, 0.4, 1.4], 2: [-0.7, 0.5, 0.4, 1.2, 0.6, -0.9]}
AT[3] = [-0.7, 0.5, 0.4, 1.2, 0.5, 0.9, -0.4, 0.3, 0.7]


def stated(dimensions, nodes, present=True):
    position = PresentPositions(np.arange(25), HELD, HELD[:, :dimensions])
    options = dict(random=X[:, :dimensions], correlated=True, nodes=nodes)
    return binary_logit(X, TAKEN, AGENT, present=position if present else None, **options)


def equal_steps(number, dimensions):
    """A product grid, on which smooth densities are integrated almost exactly."""
    line = np.linspace(-7, 7, number)
    density = np.exp(-(line**2) / 2)
    grid = np.stack(np.meshgrid(*[line] * dimensions, indexing="ij"), axis=-1)
    weights = np.ones(1)
    for _ in range(dimensions):
        weights = np.multiply.outer(weights, density / density.sum()).ravel()
    return Nodes(grid.reshape(1, -1, dimensions), weights)


def rms(difference):
    return np.sqrt(np.mean(difference**2))


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize(("dimensions", "grid"), [(1, 300), (2, 90), (3, 50)])
def test_adaptive_draws_give_the_integral_of_a_product_grid(dimensions, grid, present):
    at = AT[dimensions]
    exact = stated(dimensions, equal_steps(grid, dimensions), present).evaluate(at)

    def error(kind, draws):
        model = stated(dimensions, Integrator(kind, draws, seed=4), present).renewed(at)
        return [rms(mine - true) for mine, true in zip(model.evaluate(at), exact, strict=True)]

    few, more, prior = error("adaptive", 128), error("adaptive", 2048), error("sobol", 128)
    assert few[0] < 0.02 and few[1] < 0.07
    assert more[0] < 0.003 and more[1] < 0.012
    assert prior[0] > 5 * few[0]


def test_the_product_grid_of_gauss_hermite_agrees():
    for dimensions, number in ((1, 100), (2, 100)):
        one, other = (
            stated(dimensions, nodes, present=False).evaluate(AT[dimensions])
            for nodes in (gauss_hermite(number, dimensions), equal_steps(100, dimensions))
        )
        assert one[0] == pytest.approx(other[0], abs=1e-5)
        assert one[1] == pytest.approx(other[1], abs=1e-3)


def test_a_grid_at_modes_is_the_same_as_adaptive_quadrature_in_one_dimension():
    quadrature = binary_logit(
        X, TAKEN, AGENT, random=X[:, :1], nodes=gauss_hermite(12), at_modes=True
    )
    at = [-0.7, 0.5, 0.4, 1.4]
    resting = quadrature.renewed(at)
    assert not resting.at_modes
    assert resting.evaluate(at)[0] == pytest.approx(quadrature.evaluate(at)[0], abs=1e-8)


def test_modes_are_where_the_gradient_is_zero_and_spreads_the_inverse_curvature():
    model = stated(2, Integrator("adaptive", 4, seed=1)).renewed(AT[2])
    root = model.root(AT[2])
    index, own = X @ AT[2][:3], HELD @ AT[2][:3]

    def height(a, v):
        utility = index[a == AGENT] + X[a == AGENT, :2] @ root @ v
        if a < 25:
            utility = utility - np.logaddexp(0, own[a] + HELD[a, :2] @ root @ v)
        return (TAKEN[a == AGENT] * utility - np.logaddexp(0, utility)).sum() - v @ v / 2

    steps = 1e-4 * np.eye(2)
    for a in (0, 7, 24, 25, 39):
        mode = model.centres[a]
        first = [(height(a, mode + e) - height(a, mode - e)) / 2e-4 for e in steps]
        assert first == pytest.approx([0, 0], abs=1e-3)
        second = np.array(
            [
                [
                    (
                        height(a, mode + e + f)
                        - height(a, mode + e - f)
                        - height(a, mode - e + f)
                        + height(a, mode - e - f)
                    )
                    / 4e-8
                    for f in steps
                ]
                for e in steps
            ]
        )
        spread = model.spreads[a]
        assert np.triu(spread, 1).tolist() == [[0, 0], [0, 0]]
        assert spread @ spread.T == pytest.approx(1.21 * np.linalg.inv(-second), rel=1e-3, abs=1e-4)


def two_modes(v):
    """Log density of an agent with a present position, at parameters of one (first in the test)."""
    x, z, y = np.array([[0.0, 1, 0], [-2, 3, 2], [0, 15, 5]])[:, :, None]
    utility = x + z * v - np.logaddexp(0, -2 + 4 * v)
    return (y * utility - 30 * np.logaddexp(0, utility)).sum(axis=0) - v**2 / 2


def test_of_two_modes_the_greater_is_taken():
    line = np.linspace(-6, 6, 12001)
    height = two_modes(line)
    # A climb from zero would end at the lesser.
    assert two_modes(np.array([0.158]))[0] < height.max() - 20
    assert (np.diff(two_modes(np.array([0, 0.1, 0.158]))) > 0).all()
    x, z = np.array([[0.0], [1], [0], [0]]), np.array([[-2.0], [3], [2], [0]])
    model = binary_logit(
        x,
        [0, 15, 5, 1],
        [0, 0, 0, 1],
        trials=[30, 30, 30, 2],
        random=z,
        nodes=Integrator("adaptive", 64, seed=1),
        present=PresentPositions([0], [[-2.0]], [[4.0]]),
    ).renewed([1.0, 1.0])
    assert model.centres[0, 0] == pytest.approx(line[height.argmax()], abs=1e-3)
    steps = model.centres[0, 0] + np.array([-1e-3, 0, 1e-3])
    curvature = -np.diff(two_modes(steps), 2)[0] / 1e-6
    assert model.spreads[0, 0, 0] == pytest.approx(1.1 / np.sqrt(curvature), rel=1e-3)
    total = np.exp(height - height.max()).sum() * (line[1] - line[0]) / np.sqrt(2 * np.pi)
    exact = height.max() + np.log(total)
    assert model.evaluate([1.0, 1.0])[0][0] == pytest.approx(exact, abs=0.01)


def test_a_proposal_is_not_much_wider_than_the_normals():
    # Fifty offers refused with a present position of the same spread: flat, or a valley, at zero.
    x, half = np.array([[0.0], [0]]), np.array([[0.5], [0.5]])
    for refused, utility in ((50, -2.0), (50, 0.0), (5, 3.0)):
        model = binary_logit(
            x + utility,
            [0, 1],
            [0, 1],
            trials=[refused, 2],
            random=half,
            nodes=Integrator("adaptive", 4, seed=1),
            present=PresentPositions([0], [[0.0]], [[1.0]]),
        ).renewed([1.0, 1.0])
        assert 0 < model.spreads[0, 0, 0] <= 1.1 / np.sqrt(0.25)


class Overshooting:
    """Agents' scores are so alike where they are small that B^-1 g goes a hundred times too far."""

    names = ("a",)

    def __init__(self, apart):
        self.apart = np.tile([-apart, apart], 25)

    def renewed(self, parameters):
        return self

    def evaluate(self, parameters):
        distance = np.asarray(parameters)[0] - self.apart
        return -(distance**2), -2 * distance[:, None]


@pytest.mark.parametrize("apart", [0.01, 0.08])
def test_steps_that_go_too_far_are_cut(apart):
    start = np.array([apart / 6 if apart > 0.05 else 0.05])
    model = Overshooting(apart)
    _, found, totals = settle(model, start, 1e-6)
    assert found.converged
    assert found.parameters[0] == pytest.approx(0, abs=1e-6)
    assert np.diff(totals).min() > -0.02


def test_more_effective_draws_and_a_smaller_error_of_simulation():
    found = {
        kind: simulation_error(stated(3, Integrator(kind, 128, seed=4)).renewed(AT[3]), AT[3])
        for kind in ("pseudo_random", "sobol", "adaptive")
    }
    assert found["adaptive"].effective_p10 > 50
    assert found["adaptive"].effective_median > 85
    for kind in ("pseudo_random", "sobol"):
        assert found[kind].effective_p10 < 10
        assert abs(found["adaptive"].change) < abs(found[kind].change) / 5


def test_doubled_draws_are_those_of_a_model_with_twice_as_many():
    few, many = (stated(2, Integrator("adaptive", n, 4)).renewed(AT[2]) for n in (16, 32))
    report = simulation_error(few, AT[2])
    totals = [model.evaluate(AT[2])[0].sum() for model in (few, many)]
    assert report.log_likelihood == pytest.approx(totals[0], rel=1e-13)
    assert report.change == pytest.approx(totals[1] - totals[0], abs=1e-9)
    weights = many.by_draw(AT[2])[1]
    assert weights.sum(axis=1) == pytest.approx(np.ones(40))
    assert effective_draws(many, AT[2])[3] == pytest.approx(1 / (weights[3] ** 2).sum())
    with pytest.raises(UserError, match="simulation_error: want a model whose nodes are those of"):
        simulation_error(stated(1, gauss_hermite(3)), AT[1])


def test_proposals_are_renewed_until_the_log_likelihood_rests():
    model = stated(2, Integrator("adaptive", 128, seed=1), present=False)
    found = fit(model)
    assert found.converged
    assert found.maximum.decrement < 1e-10
    assert 5 <= len(found.log_likelihoods) <= 30
    at = found.maximum.parameters
    again = found.model.renewed(at)
    assert again.evaluate(at)[0].sum() == pytest.approx(found.maximum.log_likelihood, abs=1e-6)
    exact = stated(2, equal_steps(60, 2), present=False)
    grid = maximise(exact, at)
    errors = standard_errors(exact, grid)
    assert np.abs((at - grid.parameters) / errors).max() < 0.1
    assert found.maximum.log_likelihood == pytest.approx(grid.log_likelihood, abs=0.15)
    other = fit(model, np.array([0.0, 0, 0, 1, 0, 1]))
    assert other.maximum.parameters == pytest.approx(at, abs=1e-6)


def test_a_search_that_is_cut_off_says_so(monkeypatch):
    monkeypatch.setattr("welfare_added.choice.settling.STEPS", 3)
    found = fit(stated(1, Integrator("adaptive", 16, seed=1)))
    assert not found.converged
    with pytest.raises(UserError, match=r"not a maximum: decrement .* after 3 steps, want"):
        standard_errors(found.model, found.maximum)


def test_choices_that_are_separated_have_no_maximum():
    model = binary_logit(
        X, X[:, 1] > 0.2, AGENT, random=X[:, :1], nodes=Integrator("adaptive", 8, 1)
    )
    with pytest.raises(UserError, match="without random coefficients, no maximum in sight after"):
        fit(model)
    assert not fit(model, np.array([0, 5, 0, 1.0])).converged


def test_nodes_that_do_not_move_are_fitted_once():
    model = stated(1, gauss_hermite(12))
    found = fit(model, model.start())
    assert found.model is model and found.log_likelihoods == ()
    assert found.maximum.parameters.tolist() == maximise(model, model.start()).parameters.tolist()


def test_adaptive_draws_of_choices_among_alternatives():
    x, rows = world(40, 25, [0.8, -0.5], [[1.4, 0], [0.4, 1.1]], seed=5)
    at = [0.8, -0.5, 1.3, 0.3, 1.2]

    def model(nodes):
        return multinomial_logit(x, **rows, random=x, correlated=True, nodes=nodes)

    exact = model(equal_steps(60, 2)).evaluate(at)
    error = {}
    for kind in ("sobol", "adaptive"):
        value, score = model(Integrator(kind, 128, seed=3)).renewed(at).evaluate(at)
        error[kind] = rms(value - exact[0])
    assert error["adaptive"] < 0.016 < error["sobol"] / 5
    assert rms(score - exact[1]) < 0.1


def test_modes_that_cannot_be_found_are_refused(monkeypatch):
    model = stated(1, Integrator("adaptive", 4, seed=1))
    monkeypatch.setattr(
        type(model), "_modes", lambda self, *given: lambda begin, end: given[-1].fill(False)
    )
    with pytest.raises(UserError, match="40 agents: no mode found; are covariates of a sensible"):
        model.renewed(AT[1])
