"""Elasticities and moments by hand, and quality pay that costs nothing and moves who it should."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from offers_cases import RULES, TRUTH, small_market

from welfare_added.offers.elasticities import Point, elasticities
from welfare_added.offers.estimate import Fit
from welfare_added.offers.fit_moments import fit_moments
from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.offers.market import EXIT, prepare
from welfare_added.offers.parameters import NAMES, centred
from welfare_added.offers.scheme_bands import drawn_parameters, outcome_bands
from welfare_added.offers.scheme_outcomes import district_outcomes, quartiles, scheme_outcomes
from welfare_added.offers.schemes import Scheme, with_quality_pay
from welfare_added.offers.thresholds import solve_thresholds
from welfare_added.run.errors import UserError

PRINTED = np.array([0.0062, -0.0317, 8.496, 0.0009, 0.3043, 6.2256, 39.469, 0.9864, 8.3006])


def test_elasticities_of_table_13():
    stays = 0.3248 / (0.0062 * 54)
    table = elasticities(PRINTED, Point(54, 17, 37, stays)).set_index("parameter")
    expected = {"salary": 0.3248, "distance": -0.5228, "poor": 0.0323, "incumbent": 0.9699}
    for name, value in {**expected, "urban": 0.2545}.items():
        assert table.loc[name, "elasticity"] == pytest.approx(value, abs=6e-5)
    # The ratio of coefficients: a move costs $1.37 million, a mile $5,113.
    assert table.loc["incumbent", "compensating_salary"] == pytest.approx(-8.496 / 0.0062)
    assert table.loc["distance", "compensating_salary"] == pytest.approx(5.113, abs=1e-3)
    assert table["elasticity_se"].isna().all()


def test_errors_of_elasticities_are_those_of_draws():
    covariance = np.diag([1e-4, 1e-3, 0.1, 1e-3, 0.1, 1, 1, 1, 1]) ** 2
    covariance[0, 1] = covariance[1, 0] = 5e-8
    point = Point(54, 17, 37, 0.97)
    table = elasticities(PRINTED, point, covariance)
    rng = np.random.default_rng(0)
    drawn = rng.multivariate_normal(PRINTED, covariance, 300)
    many = np.array(
        [elasticities(one, point)[["elasticity", "compensating_salary"]] for one in drawn]
    )
    spread = many.std(axis=0)
    np.testing.assert_allclose(table["elasticity_se"], spread[:, 0], rtol=0.15)
    np.testing.assert_allclose(table["compensating_se"][1:], spread[1:, 1], rtol=0.15)


def test_moments_by_hand():
    market = small_market(2, n=6, districts=2, origin=np.array([0, 0, 1, 1, -1, 0]))
    value_added = np.array([1.0, -1.0, 2.0, np.nan, 1.0, -2.0])
    market = replace(market, value_added=value_added, match=np.array([1, 0, EXIT, 1, 1, EXIT]))
    prepared = prepare(market, RULES)
    at = centred(TRUTH, 54.0)
    found = solve_thresholds(prepared, at)
    table = fit_moments([prepared], [found]).set_index(["moment", "group"])
    assert table.loc[("move", "all"), "data"] == pytest.approx(1 / 5)
    assert table.loc[("exit", "VA > 0"), "data"] == pytest.approx(1 / 2)
    assert table.loc[("exit", "VA < 0"), "data"] == pytest.approx(1 / 2)
    assert table.loc[("exit", "without VA"), "teachers"] == 1
    who = [0, 1, 2, 3, 5]
    assert table.loc[("exit", "all"), "model"] == pytest.approx(found.exits[who].mean())
    stays = found.matches(prepared)[who, market.origin[who]]
    assert table.loc[("move", "all"), "model"] == pytest.approx(
        (1 - stays - found.exits[who]).mean()
    )
    unseen = fit_moments([prepare(replace(market, match=None), RULES)], [found])
    assert unseen["data"].isna().all()


@pytest.mark.parametrize("shape", ["logistic", "linear"])
def test_quality_pay_costs_a_district_nothing(shape):
    market = small_market(5, n=60, districts=3)
    market = replace(market, value_added=np.where(np.arange(60) % 4, market.value_added, np.nan))
    current, new = np.array([0.0, 100, 50]), np.array([4000.0, 100, 900])
    paid = with_quality_pay(market, current, new, Scheme(shape))
    for j in range(3):
        here = market.origin == j
        assert paid.salary[here, j].sum() == pytest.approx(market.salary[here, j].sum())
    valued = np.isfinite(market.value_added)
    np.testing.assert_array_equal(paid.salary[~valued], market.salary[~valued])
    np.testing.assert_allclose(paid.salary[:, 1], market.salary[:, 1], atol=1e-12)
    a, b = np.argsort(market.value_added)[[0, 40]]
    quality = Scheme(shape).quality(market.value_added)
    change = (paid.salary - market.salary)[:, 0]
    assert change[b] - change[a] == pytest.approx(4 * (quality[b] - quality[a]))
    assert change[b] > 0 > change[a]


def test_printed_balance_raises_pay_by_the_number_of_teachers():
    market = small_market(5, n=60, districts=3)
    new = np.array([100.0, 0, 0])
    right, printed = (
        with_quality_pay(market, np.zeros(3), new, Scheme(balance=balance)).salary
        for balance in ("mean", "printed")
    )
    here = market.origin == 0
    mean = (1 / (1 + np.exp(-market.value_added[here]))).mean()
    np.testing.assert_allclose((printed - right)[:, 0], 0.1 * mean * (1 + here.sum()))
    with pytest.raises(UserError, match="want logistic or linear, and mean or printed"):
        with_quality_pay(market, np.zeros(3), new, Scheme(balance="none"))
    with pytest.raises(UserError, match="zero or less under the scheme"):
        with_quality_pay(market, np.zeros(3), np.array([5e5, 0, 0]), Scheme())


@pytest.fixture(scope="module")
def market():
    design = Laboratory(markets=1, teachers=500, districts=5, without_value_added=0.3)
    return laboratory_markets(design, TRUTH, RULES, 31)[0]


def outcomes(market, parameters, rules=RULES, **more):
    deltas = (0.0, 2000.0, 4000.0)
    return scheme_outcomes(
        market, 1, np.zeros(5), deltas, Scheme("linear"), parameters, rules, **more
    )


def test_quality_pay_moves_who_it_should(market):
    table = outcomes(market, TRUTH)
    assert len(table) == 2 * 3 * (5 * 3 + 4) and table["converged"].all()
    last = table[table["delta"] == 4000].set_index(["scope", "quartile", "outcome"])["percent"]
    assert last["one", 4, "exit"] < 0 < last["one", 1, "exit"]
    assert last["one", 4, "move out"] < 0 < last["one", 1, "move out"]
    assert last["one", 1, "move in"] < last["one", 4, "move in"]
    first = table[table["delta"] == 0].set_index(["scope", "quartile", "outcome"])["value"]
    top = table[table["delta"] == 4000].set_index(["scope", "quartile", "outcome"])["value"]
    assert top["one", 0, "workforce"] > first["one", 0, "workforce"]
    # What one district gains by poaching is lost when all pay alike.
    assert top["all", 0, "workforce"] < top["one", 0, "workforce"]
    assert (table.loc[table["delta"] == 0, "percent"] == 0).all()


def test_both_forms_agree(market):
    one = outcomes(market, TRUTH)
    other = outcomes(market, TRUTH, draws=40, seed=3)
    merged = one.merge(other, on=["scope", "delta", "quartile", "outcome"])
    assert merged["quartile"].eq(0).sum() == 2 * 3 * 7
    np.testing.assert_allclose(merged["value_x"], merged["value_y"], atol=0.002, rtol=0.05)


def test_outcomes_of_a_district_by_hand():
    """Four teachers with value added and one without; the last two are of district 1."""
    value_added, origin = np.array([2.0, -1.0, 1.0, -3.0, np.nan]), np.array([0, 0, 1, 1, 1])
    market = small_market(n=5, districts=2, value_added=value_added, origin=origin)
    matches = np.array([[0.7, 0.1], [0.5, 0.3], [0.2, 0.6], [0.1, 0.4], [0.0, 0.9]])
    found = district_outcomes(market, 1, matches, 1 - matches.sum(axis=1))
    assert found[4, "move in"] == pytest.approx(0.1) and found[2, "move in"] == pytest.approx(0.3)
    assert found[3, "move out"] == pytest.approx(0.2) and found[1, "exit"] == pytest.approx(0.5)
    assert np.isnan(found[1, "move in"]) and np.isnan(found[4, "exit"])
    assert found[0, "move in"] == pytest.approx(0.2) and found[0, "exit"] == pytest.approx(0.8 / 3)
    assert found[0, "movers in"] == pytest.approx((0.1 * 2 - 0.3) / 0.4)
    assert found[0, "movers out"] == pytest.approx((0.2 - 0.1 * 3) / 0.3)
    assert found[0, "exiters"] == pytest.approx((0.2 - 0.5 * 3) / 0.7)
    workforce = (0.1 * 2 - 0.3 + 0.6 - 0.4 * 3) / 1.4
    assert found[0, "workforce"] == pytest.approx(workforce)


def test_chances_that_are_rounding_errors_have_no_mean():
    value_added, origin = np.array([2.0, -1.0, 1.0, -3.0]), np.array([0, 0, 1, 1])
    market = small_market(n=4, districts=2, value_added=value_added, origin=origin)
    matches = np.array([[0.9, 1e-14], [0.9, 1e-16], [0.2, 0.8], [0.1, 0.9]])
    found = district_outcomes(market, 1, matches, np.array([0.1, 0.1, 1e-15, 1e-16]))
    assert np.isnan(found[0, "movers in"]) and np.isnan(found[0, "exiters"])
    assert found[0, "movers out"] == pytest.approx((0.2 - 0.1 * 3) / 0.3)


def test_all_districts_change_their_pay_by_as_much(market):
    """At what the district pays today nothing changes, whatever the others pay."""
    current = np.array([900.0, 300.0, 1500.0, -700.0, 50.0])
    tables = scheme_outcomes(market, 1, current, [300.0], Scheme(), TRUTH, RULES)
    prepared = prepare(market, RULES)
    found = solve_thresholds(prepared, centred(TRUTH, 54.0))
    today = district_outcomes(market, 1, found.matches(prepared), found.exits)
    for _, table in tables.groupby("scope"):
        own = table.set_index(["quartile", "outcome"])["value"]
        np.testing.assert_allclose(own, [today[key] for key in own.index], atol=1e-9)


def test_who_does_not_care_for_pay_does_not_move(market):
    loose = replace(market, budget=1e3 * market.budget, capacity=1e3 * market.capacity)
    indifferent = TRUTH.copy()
    indifferent[NAMES.index("salary")] = 0.0
    table = outcomes(loose, indifferent, replace(RULES, shock_mean=1.0))
    np.testing.assert_allclose(table["percent"], 0, atol=1e-9)
    with pytest.raises(UserError, match="no district 9"):
        scheme_outcomes(market, 9, np.zeros(5), [0.0], Scheme(), TRUTH, RULES)


def test_quartiles_have_a_quarter_each():
    found = quartiles(np.array([0.3, np.nan, -1, 2, 0.3, 5, -3, 1, 0]))
    np.testing.assert_array_equal(found, [2, -1, 1, 4, 3, 4, 1, 3, 2])


def fitted(covariance, reason):
    rest = (None, PRINTED, reason, covariance, 0.0, 1, 0, 1, 0, 0, 0, 1)
    return Fit(*rest)


def test_bands_are_quantiles_over_draws_of_what_is_identified():
    covariance = np.full((9, 9), np.nan)
    covariance[:6, :6] = 0.04 * np.eye(6) + 0.01
    fit = fitted(covariance, ("",) * 6 + ("not identified",) * 3)
    drawn = drawn_parameters(fit, 4000, 1)
    assert (drawn[:, 6:] == PRINTED[6:]).all()
    np.testing.assert_allclose(np.cov(drawn[:, :6].T), covariance[:6, :6], atol=0.006)
    np.testing.assert_array_equal(drawn[:10], drawn_parameters(fit, 10, 1))

    def table(parameters):
        good = parameters[0] < PRINTED[0] + 0.5
        return pd.DataFrame({"value": [parameters[0]], "percent": [0.0], "converged": [good]})

    bands = outcome_bands(table, fit, 400, 1)
    assert bands.loc[0, "value_low"] == pytest.approx(PRINTED[0] - 1.96 * 0.05**0.5, abs=0.08)
    assert 380 < bands.loc[0, "draws"] < 400
    with pytest.raises(UserError, match="no standard errors"):
        drawn_parameters(fitted(np.full((9, 9), np.nan), ("",) * 9), 2, 1)
