"""Scores against differences, recovery of planted truth, what is not identified, other sums."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coverage_runs import coverage, worlds_of
from offers_cases import RULES, START, TRUTH, small_market

from welfare_added.choice.multinomial import multinomial_logit
from welfare_added.offers.estimate import NO_MOVE, NO_SCORE, OF_MOVES, SLACK, fit_thresholds
from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.offers.likelihood import ThresholdLikelihood
from welfare_added.offers.market import EXIT, prepare
from welfare_added.offers.other_likelihoods import (
    literal_of_fewer_offers,
    literal_sum,
    simulated_likelihood,
)
from welfare_added.offers.parameters import (
    DISTRICT,
    NAMES,
    TEACHER,
    TEACHERS,
    centred,
    parameter_vector,
    uncentred,
)
from welfare_added.run.errors import UserError

AT = centred(TRUTH, RULES.salary_centre)


@pytest.fixture(scope="module")
def markets():
    return laboratory_markets(Laboratory(markets=3, teachers=400, districts=5), TRUTH, RULES, 23)


@pytest.mark.parametrize("incumbents", ["standing", "reoffered"])
def test_scores_are_differences_through_the_equilibrium(markets, incumbents):
    market = markets[1]
    market = replace(market, value_added=np.where(np.arange(400) % 40, market.value_added, np.nan))
    market = replace(market, origin=np.where(np.arange(400) % 50, market.origin, -1))
    if incumbents == "reoffered":
        market = replace(market, capacity=0.7 * market.capacity)
    model = ThresholdLikelihood([market], replace(RULES, incumbents=incumbents))
    value, score = model.evaluate(AT)
    equilibrium = model.equilibria(AT)[0]
    binds = (equilibrium.capacity_price > 0).any(), (equilibrium.budget_price > 0).any()
    assert all(binds) if incumbents == "standing" else any(binds)
    assert np.isfinite(value).all()
    for k in range(len(NAMES)):
        step = 1e-5 / max(1.0, np.abs(score[:, k]).max())
        up, down = AT.copy(), AT.copy()
        up[k] += step
        down[k] -= step
        difference = (model.evaluate(up)[0] - model.evaluate(down)[0]) / (up[k] - down[k])
        size = np.abs(score[:, k]).max()
        np.testing.assert_allclose(score[:, k], difference, atol=2e-4 * size, err_msg=NAMES[k])


def test_room_for_all_gives_the_likelihood_of_the_plain_logit():
    rng = np.random.default_rng(3)
    market = small_market(3, n=60, districts=4)
    market = replace(market, match=rng.integers(EXIT, 4, 60))
    rules = replace(RULES, shock_mean=60.0)
    value, score = ThresholdLikelihood([market], rules).evaluate(AT)
    z = prepare(market, rules).covariates
    rows = np.concatenate([z, np.zeros((60, 1, 6))], axis=1).reshape(-1, 6)
    taken = np.zeros((60, 5))
    taken[np.arange(60), np.where(market.match == EXIT, 4, market.match)] = 1
    plain = multinomial_logit(rows, taken.ravel(), np.repeat(np.arange(60), 5))
    other, other_score = plain.evaluate(AT[:TEACHERS])
    np.testing.assert_allclose(value, other, atol=1e-9)
    np.testing.assert_allclose(score[:, :TEACHERS], other_score, atol=1e-7)
    assert np.abs(score[:, TEACHERS:]).max() < 1e-9


def test_scores_where_offers_are_certain_are_those_of_the_plain_logit():
    """Of teachers who are offered everything, and to whom posts are worth much."""
    market = replace(small_market(4, n=40, districts=3), match=np.arange(40) % 3)
    at = AT + np.array([0, 0, 0, 0, 0, -6.0, 0, 0, 0])
    rules = replace(RULES, shock_mean=60.0, incumbents="reoffered")
    value, score = ThresholdLikelihood([market], rules).evaluate(at)
    utility = prepare(market, rules).covariates @ at[:TEACHERS]
    total = np.logaddexp(0, np.logaddexp.reduce(utility, axis=1))
    rows = np.arange(40)
    np.testing.assert_allclose(value, utility[rows, market.match] - total, atol=1e-5)
    share = np.exp(utility - total[:, None])
    z = prepare(market, rules).covariates
    own = z[rows, market.match] - np.einsum("nj,njk->nk", share, z)
    np.testing.assert_allclose(score[:, :TEACHERS], own, atol=1e-4 * np.abs(z).max())


def test_truth_comes_back(markets):
    found = fit_thresholds(markets, RULES, START)
    assert found.maximum.converged and not any(found.reason)
    z = (found.parameters - TRUTH) / found.standard_errors
    assert np.abs(z).max() < 3.5, dict(zip(NAMES, z, strict=True))
    at_truth = ThresholdLikelihood(markets, RULES).evaluate(AT)[0].sum()
    assert 0 < 2 * (found.log_likelihood - at_truth) < 27.9  # 0.1% of chi2(9)
    assert found.capacity_binds > 0 and found.budget_binds > 0 and found.closed == 0
    model = ThresholdLikelihood(markets, RULES)
    score = model.evaluate(centred(found.parameters, RULES.salary_centre))[1]
    score[:, 0] -= RULES.salary_centre * score[:, -4]  # of table 13's outside option
    bread = np.linalg.inv(score.T @ score)
    by_origin = pd.DataFrame(score).groupby(model.clusters).sum().to_numpy()
    assert len(by_origin) == found.clusters == 15
    spread = bread @ by_origin.T @ by_origin @ bread * 15 / 14
    np.testing.assert_allclose(found.standard_errors, np.sqrt(np.diag(spread)), rtol=1e-4)
    table = found.table()
    assert table["identified"].all() and table["standard_error"].notna().all()


def test_what_slack_constraints_do_not_identify_has_no_error(markets):
    loose = [replace(one, budget=1e3 * one.budget, capacity=1e3 * one.capacity) for one in markets]
    loose = [replace(one, urban=np.zeros(5)) for one in loose]
    found = fit_thresholds(loose, RULES, START)
    table = found.table().set_index("parameter")
    flagged = ["urban", "value_added", "seniority", "master"]
    assert table.index[~table["identified"]].tolist() == flagged
    assert table.loc[flagged, ["estimate", "standard_error"]].isna().all(axis=None)
    assert (table.loc[flagged[1:], "reason"] == SLACK).all()
    assert table.loc["urban", "reason"] == NO_SCORE
    assert table.drop(flagged)["standard_error"].gt(0).all()
    assert found.capacity_binds == found.budget_binds == 0


def test_constraints_that_bind_at_the_estimates_alone_identify_payoffs(markets):
    """Where the search begins nobody would travel, so that districts have room for all."""
    start = np.where(np.array(NAMES) == "distance", -0.6, TRUTH)
    at = centred(start, RULES.salary_centre)
    for one in ThresholdLikelihood(markets, RULES).equilibria(at):
        assert not one.capacity_price.any() and not one.budget_price.any()
    found = fit_thresholds(markets, RULES, start)
    assert found.maximum.converged and found.capacity_binds + found.budget_binds > 0
    assert not any(found.reason) and np.isfinite(found.standard_errors).all()


def test_without_moves_what_they_alone_identify_has_no_error(markets):
    stay = [replace(one, match=np.where(one.match == EXIT, EXIT, one.origin)) for one in markets]
    table = fit_thresholds(stay, RULES, START).table().set_index("parameter")
    assert (table.loc[list(OF_MOVES), "reason"] == NO_MOVE).all()
    assert table.loc[list(OF_MOVES), ["estimate", "standard_error"]].isna().all(axis=None)
    assert table.drop(list(OF_MOVES))["standard_error"].gt(0).all()


def test_a_search_that_did_not_converge_says_so_in_the_table(markets, monkeypatch):
    monkeypatch.setattr("welfare_added.offers.kinked_maximum.STEPS", 1)
    table = fit_thresholds(markets, RULES, START).table()
    assert table["estimate"].notna().all() and table["standard_error"].isna().all()
    assert table["reason"].str.startswith("no standard error: the search did not converge, ").all()


def test_a_search_does_not_start_where_nothing_can_happen(markets):
    with pytest.raises(UserError, match="give other parameters to begin with"):
        fit_thresholds(markets, RULES, START * np.array([1e4, 1, 1, 1, 1, 1, 1, 1, 1]))
    with pytest.raises(UserError, match="no matches, which the likelihood needs"):
        fit_thresholds([replace(markets[0], match=None)], RULES, START)


def test_units_of_the_table_do_not_depend_on_the_centre():
    np.testing.assert_allclose(uncentred(centred(TRUTH, 54.0), 54.0), TRUTH)
    market = small_market(1)
    one = prepare(market, RULES).teacher_values(AT)
    other = prepare(market, replace(RULES, salary_centre=0.0)).teacher_values(TRUTH)
    np.testing.assert_allclose(one, other)
    with pytest.raises(UserError, match="wages missing or unknown"):
        parameter_vector({**dict(zip(NAMES, TRUTH, strict=True)), "wages": 1})


def test_eq_17_as_printed_rises_as_offers_are_taken_away(markets):
    prepared = prepare(markets[1], RULES)
    rng = np.random.default_rng(1)
    shocks = rng.standard_normal(prepared.candidate.shape)
    table = literal_of_fewer_offers(prepared, AT, shocks)
    assert table["number"].is_monotonic_decreasing and table["number"].iloc[-1] == 0
    assert table["literal"].diff().dropna().gt(0).all()
    offers = prepared.candidate.copy()
    with pytest.warns(UserWarning, match="no likelihood"):
        before = literal_sum(prepared, AT, offers)
        for _ in range(5):  # any one offer
            i, j = rng.choice(np.argwhere(offers))
            offers[i, j] = False
            after = literal_sum(prepared, AT, offers)
            assert after > before
            before = after


def test_simulated_frequencies_tend_to_the_threshold_form(markets):
    prepared = prepare(markets[2], RULES)
    found = simulated_likelihood(prepared, AT, 200, 5)
    exact = ThresholdLikelihood([markets[2]], RULES).evaluate(AT)[0].sum()
    assert found.converged == found.draws == 200
    assert found.log_likelihood == pytest.approx(exact, abs=6)
    few = simulated_likelihood(prepared, AT, 1, 6)
    assert few.never >= found.never == 0
    assert simulated_likelihood(prepared, AT, 1, 6) == few
    # A teacher who moved to whom nobody makes an offer has half a draw's weight.
    none = AT.copy()
    none[NAMES.index("value_added") :] = [0, -1e3, 0]
    moved = (markets[2].match != EXIT) & (markets[2].match != markets[2].origin)
    assert simulated_likelihood(prepared, none, 1, 6).never == moved.sum() > 0


@pytest.mark.slow
def test_intervals_cover_in_fresh_worlds():
    """Twelve worlds; docs/offers.md has what 50 gave."""
    table = worlds_of(range(300, 312))
    assert table["converged"].all()
    # 108 intervals: below 0.87 in one run of a thousand, if 95% cover.
    assert table["covered"].mean() > 0.87


def test_coverage_is_of_worlds_and_by_parameter():
    """Two worlds of three parameters' intervals each, by hand."""
    names = [TEACHER[0], TEACHER[1], DISTRICT[0]]
    rows = [(world, name) for world in (1, 2) for name in NAMES]
    table = pd.DataFrame(rows, columns=["world", "parameter"]).assign(planted=1.0, covered=True)
    table["estimate"] = np.where(table["world"] == 1, 1.5, 2.5)
    table.loc[(table["world"] == 1) & table["parameter"].isin(names), "covered"] = False
    made = coverage(table)
    assert made.loc[names, "share"].tolist() == [0.5] * 3
    assert made.loc["all", "share"] == pytest.approx(1 - 3 / 18)
    assert made.loc["all", "share_error"] == pytest.approx((3 / 9) / 2)  # of two worlds, not 18
    assert made.loc["teachers", "share"] == pytest.approx(1 - 2 / 12)
    assert made.loc["districts", "share"] == pytest.approx(1 - 1 / 6)
    assert made.loc[NAMES[0], "bias"] == 1.0 and made.loc[NAMES[0], "bias_error"] == 0.5
