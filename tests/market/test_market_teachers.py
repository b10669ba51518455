"""Teachers' preferences: the mixed logit beside statsmodels, its worked example, and planted truth."""

import logging
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from preference_cases import TRUTH, choices_of, derivative, shuffled, uncollapsed, world

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Nodes
from welfare_added.market import features
from welfare_added.market.estimates import covariance_table, estimates_table, read_estimates
from welfare_added.market.plain_logit import plain_logit
from welfare_added.market.recovery_world import utilities
from welfare_added.market.teacher_model import teacher_model
from welfare_added.market.teachers import coefficients_table, estimate_teachers
from welfare_added.run.errors import UserError

DRAWS = 32


@pytest.fixture(scope="module")
def choices():
    return choices_of(world())


@pytest.fixture(scope="module")
def estimated(choices):
    return estimate_teachers(teacher_model(choices, "adaptive", DRAWS, separated="drop"))


def test_worked_example_of_one_newcomer():
    """Two positions, a constant of -1, a random effect of 2 at -1 and 1; applied to the first."""
    one = np.ones((2, 1))
    nodes = Nodes(np.array([[[-1.0], [1.0]]]), np.array([0.5, 0.5]))
    model = binary_logit(one, [1, 0], [0, 0], names=["constant"], random=one, nodes=nodes)
    value, score = model.evaluate(np.array([-1.0, 2.0]))
    assert value[0] == pytest.approx(-2.112839, abs=1e-6)
    assert score[0] == pytest.approx([-0.206652, -0.544895], abs=1e-6)
    assert model.by_draw(np.array([-1.0, 2.0]))[1][0] == pytest.approx(
        [0.186844, 0.813156], abs=1e-6
    )


def everyone_new(choices):
    return replace(choices, incumbent=np.zeros_like(choices.incumbent))


def test_without_random_coefficients_it_is_the_logit_of_statsmodels(choices):
    new = uncollapsed(everyone_new(choices))
    stated = teacher_model(new, "prior", 4, separated="drop")
    names = stated.model.names[: stated.model.fixed]
    every = np.column_stack([new.pair, new.teacher[new.agent], new.means[new.agent]])
    all_names = [*features.PAIR, *features.TEACHER, *features.MEANS]
    x = every[:, [all_names.index(name) for name in names]]
    found = sm.Logit(new.taken, x).fit(disp=0, method="newton", tol=1e-12)
    at = np.append(found.params, np.zeros(6))
    value, score = stated.model.evaluate(at)
    assert value.sum() == pytest.approx(found.llf, abs=1e-8)
    np.testing.assert_allclose(score[:, : len(names)].sum(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(stated.start[: len(names)], found.params, rtol=1e-6, atol=1e-8)


def test_rows_of_several_positions_are_so_many_rows(choices):
    one = teacher_model(choices, "sobol", 16, separated="drop").model
    other = teacher_model(uncollapsed(choices), "sobol", 16, separated="drop").model
    at = np.array([TRUTH[name] for name in one.names])
    assert (choices.trials > 1).any()
    for left, right in zip(one.evaluate(at), other.evaluate(at), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)


def test_probabilities_of_incumbents_are_those_of_equation_12(choices):
    """At one node, beside exp(V_p) / (1 + exp(V_c) + exp(V_p)) by hand."""
    stated = teacher_model(choices, "prior", 1, separated="drop")
    at = np.array([TRUTH[name] for name in stated.model.names])
    normals = stated.model.points[:, :, 0]
    rows, present = utilities(TRUTH, choices, normals)
    own = np.exp(rows)
    p = own / (1 + np.exp(present)[choices.agent] + own)
    by_row = choices.taken * np.log(p) + (choices.trials - choices.taken) * np.log1p(-p)
    wanted = np.add.reduceat(by_row, choices.first[:-1])
    np.testing.assert_allclose(stated.model.evaluate(at)[0], wanted, atol=1e-9)
    assert choices.incumbent.any() and not choices.incumbent.all()


def test_estimates_are_where_scores_sum_to_zero(estimated):
    model, found = estimated.model, estimated.estimates
    score = model.renewed(found.parameters).evaluate(found.parameters)[1].sum(axis=0)
    assert (np.abs(score * found.standard_errors) < 1e-3).all()
    assert (found.values(features.SPREADS) > 0).all()


@pytest.mark.parametrize("integrator", ["adaptive", "sobol"])
def test_negative_standard_deviations_are_turned_with_their_draws(choices, integrator):
    """From a start with negative ones: positive at the end, at the same log-likelihood."""
    stated = teacher_model(choices, integrator, DRAWS, separated="drop")
    start = stated.start.copy()
    start[stated.model.fixed :] *= -1
    found = estimate_teachers(stated, start)
    assert (found.estimates.values(features.SPREADS) >= 0).all()
    value = found.model.evaluate(found.estimates.parameters)[0].sum()
    assert value == pytest.approx(found.estimates.log_likelihood, abs=1e-6)


def test_planted_preferences_are_covered(estimated):
    found = estimated.estimates
    truth = np.array([TRUTH[name] for name in found.names])
    z = (found.parameters - truth) / found.standard_errors
    assert (np.abs(z) < 1.96).mean() > 0.85
    assert np.abs(z).max() < 4
    assert found.standard_errors[found.names.index("commute")] < 0.01


def test_random_coefficients_follow_what_is_planted(choices, estimated):
    """Posterior means of the random effect go with the planted ones; draws have more spread."""
    made = world()
    planted = made.normals[:, -1] * TRUTH["random_effect_sd"]
    assert np.corrcoef(estimated.mean[:, -1], planted)[0, 1] > 0.6
    assert estimated.draw[:, -1].std() > estimated.mean[:, -1].std()
    table = coefficients_table(estimated)
    assert table["kind"].unique().tolist() == ["best", "mean", "draw"]
    assert len(table) == 3 * len(choices.applicants)


def test_order_of_rows_changes_no_estimate(estimated):
    made = world()
    again = choices_of(made, pairs=shuffled(made.pairs))
    found = estimate_teachers(teacher_model(again, "adaptive", DRAWS, separated="drop"))
    table = estimates_table(found.estimates)
    assert table.equals(estimates_table(estimated.estimates))


def test_threads_change_no_byte(choices, estimated):
    stated = teacher_model(choices, "adaptive", DRAWS, separated="drop", threads=3)
    again = estimate_teachers(stated)
    assert (again.estimates.parameters == estimated.estimates.parameters).all()
    assert (again.best == estimated.best).all()


def test_correlated_coefficients_have_three_more_parameters(choices):
    names = ["constant", "value_added", "disadvantaged"]
    stated = teacher_model(choices, "sobol", 8, correlated=names, separated="drop")
    extra = [name for name in stated.model.names if "_x_" in name and name.startswith("cholesky")]
    assert extra == [
        "cholesky_disadvantaged_x_value_added",
        "cholesky_constant_x_value_added",
        "cholesky_constant_x_disadvantaged",
    ]
    at = stated.start + 0.1
    score = stated.model.evaluate(at)[1].sum(axis=0)
    slope = derivative(lambda one: stated.model.evaluate(one)[0].sum(), at)
    np.testing.assert_allclose(score, slope, rtol=1e-4, atol=1e-3)


def test_collinear_means_are_left_out_by_name(choices, caplog):
    same = replace(choices, means=np.repeat(choices.means[:1], len(choices.means), axis=0))
    with caplog.at_level(logging.INFO):
        stated = teacher_model(same, "prior", 2, separated="drop")
    assert set(features.MEANS) <= set(stated.left_out)
    assert "mean_students left out: a linear combination of constant" in caplog.text


def test_commutes_that_nobody_knows_are_left_out_by_name(caplog):
    made = world(applicants=60, positions=200)
    unknown = made.pairs.assign(minutes=0.0, commute_missing=1)
    with caplog.at_level(logging.INFO):
        stated = teacher_model(choices_of(made, pairs=unknown), "prior", 2, separated="drop")
    commutes = {"commute", "commute_missing"}
    assert commutes | {f"mean_{name}" for name in commutes} <= set(stated.left_out)
    assert "commute left out: it is zero in all rows" in caplog.text
    assert "commute_missing left out: a linear combination of constant" in caplog.text


def test_dummy_that_decides_is_refused_by_name(choices):
    female = choices.teacher[:, features.TEACHER.index("female")] == 1
    taken = np.where(female[choices.agent], 0, choices.taken)
    with pytest.raises(
        UserError, match=r"too few choices of yes or of no to tell the effect of .*female"
    ):
        teacher_model(replace(choices, taken=taken), "prior", 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"integrator": "grid"}, "want prior, sobol, adaptive"),
        ({"outside": "common", "integrator": "prior"}, "no such likelihood"),
        ({"correlated": ["commute"]}, "commute has no random coefficient"),
    ],
)
def test_unknown_choices_are_refused(choices, options, message):
    with pytest.raises(UserError, match=message):
        teacher_model(choices, draws=4, separated="drop", **options)


def test_unknown_inference_is_refused(choices):
    with pytest.raises(UserError, match="want scores, sandwich, bootstrap"):
        estimate_teachers(
            teacher_model(choices, "prior", 4, separated="drop"), inference="jackknife"
        )


def test_tables_are_read_as_they_were_written(estimated):
    table, matrix = estimates_table(estimated.estimates), covariance_table(estimated.estimates)
    again = read_estimates(table, matrix)
    np.testing.assert_allclose(again.parameters, estimated.estimates.parameters, rtol=1e-5)
    np.testing.assert_allclose(
        again.standard_errors, estimated.estimates.standard_errors, rtol=1e-5
    )
    draws = again.draws(4000, np.random.SeedSequence(0))
    np.testing.assert_allclose(draws.std(axis=0), again.standard_errors, rtol=0.1)
    with pytest.raises(UserError, match="parameters are not those of the estimates"):
        read_estimates(table.iloc[1:], matrix)


def test_plain_logit_refuses_choices_that_are_decided():
    x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    first = np.array([0, 2, 4])
    with pytest.raises(UserError, match="no maximum"):
        plain_logit(x, np.zeros((2, 0)), (x[:, 0] > 0) * 1.0, np.ones(4), first)
