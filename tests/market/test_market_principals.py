"""Principals' preferences: planted truth, rankings with ties beside all orders, and samples."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from preference_cases import derivative, ranking_chance, rated_world

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import gauss_hermite
from welfare_added.market.principals import (
    estimate_principals,
    estimate_rankings,
    planted_of_estimable,
    principal_model,
    ranking_model,
)
from welfare_added.market.ratings import (
    HIRED,
    PRINCIPAL,
    RATED,
    Ratings,
    chosen_among,
    principal_columns,
    ranks,
    ratings,
)
from welfare_added.market.recovery_world import planted_world
from welfare_added.run.errors import UserError


@pytest.fixture(scope="module")
def planted():
    return rated_world()


@pytest.fixture(scope="module")
def estimated(planted):
    _, rated, positive = planted
    return estimate_principals(principal_model(rated, positive, separated="drop"))


def test_planted_preferences_are_covered(planted, estimated):
    truth = np.array([planted[0][name] for name in estimated.names])
    z = (estimated.parameters - truth) / estimated.standard_errors
    assert (np.abs(z) < 1.96).mean() > 0.85
    assert np.isfinite(estimated.standard_errors).all()
    assert estimated.values(["random_effect_sd"])[0] == pytest.approx(1.2, abs=0.4)


def test_a_row_an_application_and_a_row_several_are_the_same(planted, estimated):
    """The likelihood without putting equal applications of a position together."""
    _, rated, positive = planted
    kept = [PRINCIPAL.index(name) for name in estimated.names[:-1]]
    model = binary_logit(
        rated.covariates[:, kept],
        positive,
        rated.positions,
        random=np.ones((len(positive), 1)),
        nodes=gauss_hermite(15),
        at_modes=True,
    )
    value, score = model.evaluate(estimated.parameters)
    assert value.sum() == pytest.approx(estimated.log_likelihood, abs=1e-7)
    assert np.abs(score.sum(axis=0) * estimated.standard_errors).max() < 1e-4


def test_sign_of_the_spread_is_turned_with_its_covariances(planted, estimated):
    _, rated, positive = planted
    other = estimate_principals(principal_model(rated, positive, separated="drop", nodes=21))
    assert (np.diag(other.covariance) > 0).all()
    assert np.linalg.eigvalsh(other.covariance)[0] > 0
    np.testing.assert_allclose(other.covariance, estimated.covariance, rtol=0.05, atol=0.02)


def test_without_random_effect_it_is_the_logit_of_statsmodels(planted, estimated):
    _, rated, positive = planted
    kept = [PRINCIPAL.index(name) for name in estimated.names[:-1]]
    x = rated.covariates[:, kept]
    found = sm.Logit(positive, x).fit(disp=0, tol=1e-12)
    model = binary_logit(
        x,
        positive,
        rated.positions,
        random=np.ones((len(x), 1)),
        nodes=gauss_hermite(3),
        at_modes=True,
    )
    at = np.append(found.params, 0.0)
    assert model.evaluate(at)[0].sum() == pytest.approx(found.llf, abs=1e-8)


def test_errors_from_the_hessian_are_near_and_of_scores_too_wide_with_few_positions(planted):
    """With 150 positions for some 30 parameters products of scores say too little."""
    stated = principal_model(*planted[1:], separated="drop")
    scores, hessian = (estimate_principals(stated, kind) for kind in ("scores", "hessian"))
    assert (scores.parameters == hessian.parameters).all()
    ratio = hessian.standard_errors / scores.standard_errors
    assert 0.6 < np.median(ratio) < 0.95
    with pytest.raises(UserError, match="kind 'bootstrap': want scores, hessian or sandwich"):
        estimate_principals(stated, "bootstrap")


def test_simulated_integrator_is_near_and_unknown_one_refused(planted, estimated):
    _, rated, positive = planted
    simulated = {"integrator": "simulated", "nodes": 400}
    found = estimate_principals(principal_model(rated, positive, separated="drop", **simulated))
    gap = np.abs(found.parameters - estimated.parameters) / estimated.standard_errors
    assert gap.max() < 2
    with pytest.raises(UserError, match="want adaptive or simulated"):
        principal_model(rated, positive, integrator="sobol")


def test_rankings_with_ties_are_those_of_all_orders():
    rng = np.random.default_rng(0)
    x = 2 * rng.standard_normal((12, 2))
    agent = np.array([0] * 7 + [1] * 5)
    place = np.array([2, 0, 0, 1, 1, 1, 2, 1, 0, 0, 0, 3])
    model = ranking_model(x, place, agent, ("one", "two"))

    def slow(at):
        return sum(ranking_chance((x @ at)[agent == a], place[agent == a]) for a in (0, 1))

    at = np.array([0.5, -1.5])
    value, score = model.evaluate(at)
    assert value.sum() == pytest.approx(slow(at), abs=1e-9)
    np.testing.assert_allclose(score.sum(axis=0), derivative(slow, at), atol=1e-7)


def test_one_winner_is_the_multinomial_logit():
    rng = np.random.default_rng(1)
    utility = 3 * rng.standard_normal((40, 1))
    place = np.array([0] + [1] * 39)
    value, _ = ranking_model(utility, place, np.zeros(40), ("one",)).evaluate(np.ones(1))
    wanted = utility[0, 0] - np.log(np.exp(utility).sum())
    assert value[0] == pytest.approx(wanted, abs=1e-10)


def test_rankings_recover_slopes_and_have_no_constant(planted):
    _, rated, _ = planted
    found = estimate_rankings(rated, {"positive": 0, "none": 1}, separated="drop")
    assert {"constant", "title1"} <= set(found.left_out)
    value = found.names.index("value_added")
    assert abs(found.parameters[value] - 0.1) < 3 * found.standard_errors[value]


def test_rankings_without_two_places_are_refused(planted):
    with pytest.raises(UserError, match="no place for positive"):
        estimate_rankings(planted[1], {"none": 0})
    with pytest.raises(UserError, match="no list has items of different places"):
        ranking_model(np.ones((2, 1)), np.zeros(2), np.zeros(2), ("one",))


@pytest.fixture
def few():
    """Two positions: one hires on day 10, the other rates nobody."""
    outcomes = np.array(["hired", "none", "positive", "negative", "none", "withdrew", "none"])
    days = np.array([11, 26, 12, 3, 1, 9, 25])  # the middle of the first window is day 11
    where = np.array([0, 0, 0, 0, 1, 1, 0])
    return Ratings(where, np.zeros((7, len(PRINCIPAL))), outcomes, days)


@pytest.mark.parametrize(
    ("sample", "kept"),
    [
        ("all", [0, 1, 2, 3, 4, 5, 6]),
        ("near_hire", [0, 2, 3, 6]),
        ("first_half", [0, 3, 4]),
        ("second_half", [1, 2, 5, 6]),
        ("active", [0, 2, 3]),
    ],
)
def test_samples_are_those_of_table_7(few, sample, kept):
    positions = pd.DataFrame({"first_day": [3, 1], "last_day": [19, 9]})
    found = chosen_among(few, positions, sample)
    assert found.days.tolist() == few.days[kept].tolist()


def test_unknown_and_empty_samples_are_refused(few):
    with pytest.raises(UserError, match="want one of all, near_hire"):
        chosen_among(few, pd.DataFrame(), "recent")
    nobody = replace(few, outcomes=np.full(7, "none"))
    with pytest.raises(UserError, match="none are left of sample active"):
        chosen_among(nobody, pd.DataFrame(), "active")


def test_positive_answers_are_hires_interviews_and_positive_ratings():
    outcomes = np.array([*HIRED, "interview", "positive", "declined", "middle", "none"])
    rated = Ratings(np.zeros(8, int), np.zeros((8, 1)), outcomes, np.zeros(8))
    assert rated.positive().tolist() == [True] * 5 + [False] * 3
    assert rated.positive(declined=True).tolist() == [True] * 6 + [False] * 2
    assert rated.positive(hired_only=True).tolist() == [True] * 3 + [False] * 5
    assert ranks(outcomes[-2:], {"middle": 1, "none": 0}).tolist() == [1, 0]


def test_covariates_of_ratings_are_those_by_hand():
    forecast = np.array([0.1, 0.3, 0.05])
    traits = np.arange(1.0, 12.0)
    place = np.array([20.0, 0.5, 0.4, 0.2, 1.0])
    found = dict(zip(PRINCIPAL, principal_columns(forecast, traits, place), strict=True))
    assert found["value_added"] == pytest.approx(20 * (0.2 + 0.05))
    assert found["black_black_share"] == pytest.approx(found["black"] * 0.4)
    assert found["hispanic_hispanic_share"] == pytest.approx(found["hispanic"] * 0.2)
    assert [found[name] for name in RATED if name != "value_added" and "share" not in name] == list(
        traits
    )
    assert all(found[f"{name}_x"] == found[name] for name in RATED)
    elsewhere = principal_columns(forecast, traits, place * [1, 1, 1, 1, 0])
    assert (elsewhere[2 + len(RATED) :] == 0).all() and elsewhere[1] == 0


def test_outcomes_outside_the_list_are_refused():
    made = planted_world(
        {name: 0.0 for name in _names()}, np.random.SeedSequence(1), applicants=20, positions=50
    )
    applications = pd.DataFrame(
        {"applicant": [0, 1], "position": [0, 1], "day": [1, 2], "outcome": ["hired", "maybe"]}
    )
    with pytest.raises(UserError, match="outcome of 1 rows is not one of hired"):
        ratings(made.applicants, made.positions, applications)


def _names():
    from welfare_added.market import features

    return (*features.PAIR, *features.TEACHER, *features.MEANS, *features.SPREADS)


def test_rare_covariates_are_left_out_by_name(planted, caplog):
    _, rated, positive = planted
    with caplog.at_level(logging.INFO):
        found = principal_model(rated, positive, separated="drop", at_least=120)
    assert "too few choices tell of it" in caplog.text
    assert not found.keep.all()
    assert found.model.names[:-1] == tuple(np.array(PRINCIPAL)[found.keep])


def test_where_traits_are_missing_together_one_indicator_stands_for_all(planted):
    truth, rated, _ = planted
    columns = rated.covariates.copy()
    names = ["experience_missing", "gender_missing", "race_missing"]
    missing = [PRINCIPAL.index(name) for name in names]
    columns[:, missing] = columns[:, missing[:1]]
    together = replace(rated, covariates=columns)
    effects = {**truth, **dict(zip(names, (-0.3, -0.5, 0.1), strict=True)), "kept": 7.0}
    told = planted_of_estimable(effects, together)
    assert told["experience_missing"] == pytest.approx(-0.7)
    assert told["gender_missing"] == told["race_missing"] == 0 and told["kept"] == 7
    utility, of_all = (columns @ [one[name] for name in PRINCIPAL] for one in (effects, told))
    np.testing.assert_allclose(of_all, utility, atol=1e-9)
    assert planted_of_estimable(effects, rated) == pytest.approx(effects)
