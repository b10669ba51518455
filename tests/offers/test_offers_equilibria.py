"""Acceptance by enumeration, prices by another search, and both equilibria against each other."""

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from offers_cases import RULES, TRUTH, small_market
from scipy.optimize import minimize
from scipy.stats import norm

from welfare_added.assignment.knapsack import solve_knapsack
from welfare_added.offers import discrete
from welfare_added.offers.acceptance_loops import accept_expected, accept_offers
from welfare_added.offers.discrete import realised, solve_discrete
from welfare_added.offers.district_tables import (
    district_problem,
    shadow_prices,
    ways_to_choose,
)
from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.offers.market import ENTRANT, EXIT, Rules, miles, prepare
from welfare_added.offers.parameters import NAMES, centred
from welfare_added.offers.quadrature import double_exponential, laguerre
from welfare_added.offers.threshold_loops import prices
from welfare_added.offers.thresholds import nodes, solve_thresholds
from welfare_added.run.errors import UserError

AT = centred(TRUTH, RULES.salary_centre)


def expected(values, chance, candidate, standing, rules=None):
    accepted, exits = np.empty(values.shape), np.empty(len(values))
    rules = nodes() if rules is None else rules
    accept_expected(values, chance, candidate, standing, *rules, accepted, exits)
    return accepted, exits


def enumerated(values, chance, candidate, standing):
    """The same by every set of offers."""
    n, districts = values.shape
    accepted, exits = np.zeros((n, districts)), np.zeros(n)
    for i in range(n):
        certain = 1 + (values[i, standing[i]] if standing[i] >= 0 else 0)
        uncertain = np.flatnonzero(candidate[i])
        for made in itertools.product([0, 1], repeat=len(uncertain)):
            made = np.array(made)
            weight = np.where(made, chance[i, uncertain], 1 - chance[i, uncertain]).prod()
            total = certain + (made * values[i, uncertain]).sum()
            exits[i] += weight / total
            for place, j in enumerate(uncertain):
                if made[place]:
                    accepted[i, j] += weight * values[i, j] / total / chance[i, j]
        if standing[i] >= 0:
            accepted[i, standing[i]] = values[i, standing[i]] * exits[i]
    return accepted, exits


def test_worked_example_b():
    values = np.array([[np.e**2, np.e]])
    chance, candidate = np.array([[0.0, 0.5]]), np.array([[False, True]])
    accepted, exits = expected(values, chance, candidate, np.array([0]))
    assert exits[0] == pytest.approx(0.104616747596, abs=1e-9)
    assert 0.5 * accepted[0, 1] == pytest.approx(0.122364235527, abs=1e-9)
    assert accepted[0, 0] == pytest.approx(0.773019016876, abs=1e-9)


@pytest.mark.parametrize("spread", [0.3, 1.0, 2.5])
def test_acceptance_is_that_of_every_set_of_offers(spread):
    rng = np.random.default_rng(1)
    n, districts = 30, 6
    values = np.exp(spread * rng.standard_normal((n, districts)) + 0.5)
    chance = rng.uniform(0.01, 0.99, (n, districts))
    standing = rng.integers(-1, districts, n)
    candidate = (standing[:, None] != np.arange(districts)) & (rng.random(values.shape) < 0.8)
    found = expected(values, chance, candidate, standing)
    for one, other in zip(found, enumerated(values, chance, candidate, standing), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_certain_offers_that_are_worth_much():
    """Terms of the integral underflow where an offer is certain: they count for nothing."""
    values = np.exp(np.array([[4.0, 5.0, 2.0], [1.0, 5.5, 4.5]]))
    chance, candidate = np.ones((2, 3)), np.ones((2, 3), dtype=bool)
    accepted, exits = expected(values, chance, candidate, np.array([-1, -1]))
    total = 1 + values.sum(axis=1)
    np.testing.assert_allclose(accepted, values / total[:, None], rtol=1e-8)
    np.testing.assert_allclose(exits, 1 / total, rtol=1e-8)


def test_twelve_nodes_are_as_good_as_many_where_they_are_used():
    rng = np.random.default_rng(2)
    values = np.exp(rng.standard_normal((200, 8)) - 1.5)
    values[:, 0] = 20.0
    chance, standing = rng.random((200, 8)), np.zeros(200, dtype=np.int64)
    candidate = np.ones(values.shape, dtype=bool)
    candidate[:, 0] = False
    few = (np.inf, *laguerre(), *double_exponential())
    many = (-1.0, *laguerre(), *double_exponential())
    used = values[:, 1:].sum(axis=1) <= nodes()[0] * 21
    assert used.all()
    one, other = (expected(values, chance, candidate, standing, rule)[0] for rule in (few, many))
    np.testing.assert_allclose(one, other, atol=1e-10)


def test_weights_integrate_exponentials():
    s, w = double_exponential()
    for rate in (0.0, 0.5, 3.0, 50.0, 300.0):
        assert w @ np.exp(-rate * s) == pytest.approx(1 / (1 + rate), abs=1e-11)


def dual(pair, h, b, w, budget, capacity):
    z = b - pair[0] - pair[1] * w
    return pair[0] * capacity + pair[1] * budget + h @ (norm.pdf(z) + z * norm.cdf(z))


def test_prices_minimise_the_dual():
    rng = np.random.default_rng(3)
    seen = set()
    for number in range(8):
        n = 200
        h, w = rng.random(n), rng.uniform(35, 75, n)
        b = rng.normal(0, 2, n) + 0.05 * (w - 55)
        part = (0.3, 0.3, 1.5, 1.5)[number % 4]
        capacity = float(h @ norm.cdf(b)) * part * rng.uniform(0.8, 1)
        # Who would be hired under capacity alone costs more than the budget, or less.
        cut = prices(h, b, w, np.inf, capacity, np.zeros(2))[0]
        budget = float((h * norm.cdf(b - cut)) @ w) * (0.97, 1.1, 0.5, 1.1)[number % 4]
        q, p, ended = prices(h, b, w, budget, capacity, np.zeros(2))
        assert ended
        made = h * norm.cdf(b - q - p * w)
        assert made.sum() <= capacity * (1 + 1e-9) and made @ w <= budget * (1 + 1e-9)
        assert q == 0 or made.sum() == pytest.approx(capacity, rel=1e-9)
        assert p == 0 or made @ w == pytest.approx(budget, rel=1e-9)
        arguments = (h, b, w, budget, capacity)
        other = minimize(
            dual, [1.0, 0.02], arguments, bounds=[(0, None)] * 2, method="L-BFGS-B", tol=1e-14
        )
        assert dual([q, p], *arguments) <= other.fun + 1e-9 * abs(other.fun)
        warm = prices(h, b, w, budget, capacity, np.array([q + 0.3, 0.9 * p]))
        np.testing.assert_allclose(warm[:2], (q, p), atol=1e-8)
        seen.add((q > 0, p > 0))
    assert len(seen) == 4


@pytest.fixture(scope="module")
def laboratory():
    return laboratory_markets(Laboratory(markets=2), TRUTH, RULES, 5)


@pytest.mark.parametrize("incumbents", ["standing", "reoffered"])
def test_thresholds_keep_budgets_and_sum_to_one(laboratory, incumbents):
    market = laboratory[0]
    market = replace(market, value_added=np.where(np.arange(800) % 9, market.value_added, np.nan))
    prepared = prepare(market, replace(RULES, incumbents=incumbents))
    found = solve_thresholds(prepared, AT)
    assert found.converged and (found.budget_price > 0).any()
    assert (found.capacity_price > 0).any() or incumbents == "reoffered"
    matches = found.matches(prepared)
    np.testing.assert_allclose(matches.sum(axis=1) + found.exits, 1, atol=1e-9)
    workers, paid = matches.sum(axis=0), (matches * market.salary).sum(axis=0)
    assert (workers <= market.capacity * (1 + 1e-9)).all()
    assert (paid <= market.budget * (1 + 1e-9)).all()
    np.testing.assert_allclose(
        workers[found.capacity_price > 0], market.capacity[found.capacity_price > 0]
    )
    np.testing.assert_allclose(paid[found.budget_price > 0], market.budget[found.budget_price > 0])


def test_discrete_offers_are_each_districts_optimum(laboratory):
    prepared = prepare(laboratory[1], RULES)
    shocks = np.random.default_rng(6).standard_normal(prepared.candidate.shape)
    found = solve_discrete(prepared, AT, shocks)
    assert found.converged and found.cycle == 0 and not found.closed.any()
    assert (np.abs(found.gap) <= 1e-9).all()
    for j in range(8):
        best = solve_knapsack(district_problem(prepared, AT, shocks, found, j))
        who = prepared.candidate[:, j]
        np.testing.assert_array_equal(best.whole, found.offers[who, j])
    total = found.matches(prepared).sum(axis=1) + found.exits
    np.testing.assert_allclose(total, 1, atol=1e-12)


def test_who_gets_no_offers_from_outside_stays_or_leaves(laboratory):
    market = laboratory[1]
    without = np.arange(800) % 3 == 0
    market = replace(market, value_added=np.where(without, np.nan, market.value_added))
    prepared = prepare(market, RULES)
    shocks = np.random.default_rng(6).standard_normal(prepared.candidate.shape)
    for found in (solve_discrete(prepared, AT, shocks), solve_thresholds(prepared, AT)):
        matches = found.matches(prepared)
        np.testing.assert_allclose(matches.sum(axis=1) + found.exits, 1, atol=1e-9)
        away = np.arange(8) != market.origin[:, None]
        assert (matches[without[:, None] & away] == 0).all()
        assert matches[~without[:, None] & away].any()


def test_tables_of_districts(laboratory):
    prepared = prepare(laboratory[1], RULES)
    shocks = np.random.default_rng(6).standard_normal(prepared.candidate.shape)
    found = solve_discrete(prepared, AT, shocks)
    for one in (found, solve_thresholds(prepared, AT)):
        table = shadow_prices(prepared, one)
        slack = 1e-6 + (0.1 if one is found else 0) * table["left_capacity"]
        assert (table["expected_hires"] <= table["left_capacity"] + slack).all()
        assert (table["budget_binds"] == (table["budget_price"] > 0)).all()
        np.testing.assert_allclose(table["expected_hires"], one.hires(prepared))
    j = int(np.argmax(found.capacity_price + 50 * found.budget_price))
    ways = ways_to_choose(district_problem(prepared, AT, shocks, found, j)).set_index("way")
    value = ways["value"]
    assert value["linear"] >= value["whole"] >= value["floor"] == pytest.approx(value["corrected"])
    assert ways.loc["linear", "capacity_price"] == pytest.approx(found.capacity_price[j])


def test_thresholds_are_the_limit_of_the_discrete_game(laboratory):
    prepared = prepare(laboratory[0], RULES)
    limit = solve_thresholds(prepared, AT)
    rng = np.random.default_rng(7)
    draws = [solve_discrete(prepared, AT, rng.standard_normal((800, 8))) for _ in range(60)]
    hires = np.array([one.hires(prepared).sum() for one in draws])
    error = hires.std(ddof=1) / np.sqrt(len(hires))
    # The discrete game drops fractions of offers: less than one hire a district.
    assert abs(hires.mean() - limit.hires(prepared).sum()) < 3 * error + 2
    exits = np.mean([one.exits.mean() for one in draws])
    assert exits == pytest.approx(limit.exits.mean(), abs=0.001)


def test_a_cycle_is_seen_and_told(monkeypatch):
    """None came up in thousands of small markets; here districts turn around whatever happens."""
    prepared = prepare(small_market(1, n=8), RULES)
    real, calls = discrete._choose, []

    def turning(*arguments):
        calls.append(1)
        chosen = real(*arguments)
        turned = np.zeros_like(chosen.offers) if len(calls) % 2 else chosen.offers
        return replace(chosen, offers=turned)

    monkeypatch.setattr(discrete, "_choose", turning)
    found = solve_discrete(prepared, AT, np.zeros((8, 3)) + 5)
    assert not found.converged and found.cycle == 2
    assert len(found.changes) == discrete.ROUNDS == len(calls)


def test_offers_that_only_averaged_acceptances_settle_are_no_equilibrium(monkeypatch):
    """Districts want nobody given averages, and everybody given what nobody's offers lead to."""
    prepared = prepare(small_market(1, n=8), RULES)
    real, alone = discrete._choose, np.empty((8, 3))
    none = np.zeros_like(prepared.candidate)
    accept_offers(prepared.teacher_values(AT), none, prepared.standing, alone, np.empty(8))

    def choose(prepared, payoff, accepted, guess):
        wanted = prepared.candidate if np.array_equal(accepted, alone) else none
        return replace(real(prepared, payoff, accepted, guess), offers=wanted)

    monkeypatch.setattr(discrete, "_choose", choose)
    found = solve_discrete(prepared, AT, np.zeros((8, 3)))
    assert 0 in found.changes and found.cycle == 2 and not found.converged


def test_room_for_all_gives_the_plain_logit():
    market = small_market(4, n=40, districts=5)
    rules = replace(RULES, shock_mean=50.0)
    prepared = prepare(market, rules)
    values = prepared.teacher_values(AT)
    plain = values / (1 + values.sum(axis=1, keepdims=True))
    for found in (
        solve_thresholds(prepared, AT),
        solve_discrete(prepared, AT, np.zeros(values.shape)),
    ):
        np.testing.assert_allclose(found.matches(prepared), plain, atol=1e-9)
        assert not found.capacity_price.any() and not found.budget_price.any()


def test_nobody_moves_where_moving_costs_too_much():
    market = small_market(4, n=40, districts=4, budget=900.0, capacity=14.0)
    found = solve_thresholds(prepare(market, RULES), tied_to_their_district(60.0))
    matches = found.matches(prepare(market, RULES))
    np.testing.assert_allclose(matches[np.arange(40), market.origin], 1, atol=1e-9)
    assert found.exits.max() < 1e-9


def tied_to_their_district(incumbent: float) -> np.ndarray:
    return np.where(np.array(NAMES) == "incumbent", incumbent, AT)


def test_offers_are_certain_where_the_shock_is_small_beside_payoffs():
    """As payoffs grow, chances of offers tend to those of whom payoffs alone would choose."""
    market = small_market(4, n=40, districts=3)
    rules = replace(RULES, incumbents="reoffered")
    payoff = np.isin(NAMES, ("value_added", "seniority", "master"))
    far = np.where(payoff, 1e4 * AT, AT)
    prepared = prepare(market, rules)
    found = solve_thresholds(prepared, far)
    offered = prepared.payoffs(far) > 0
    values = np.where(offered[:, None], prepared.teacher_values(far), 0.0)
    plain = values / (1 + values.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found.matches(prepared), plain, atol=1e-6)
    assert 0 < offered.sum() < 40


def test_a_district_whose_stayers_exceed_its_budget_is_closed():
    market = small_market(4, n=40, districts=3)
    market = replace(market, budget=np.array([10.0, 1e6, 1e6]), capacity=np.array([99.0, 99, 0]))
    prepared = prepare(market, RULES)
    for found in (
        solve_thresholds(prepared, AT),
        solve_discrete(prepared, AT, np.zeros((40, 3))),
    ):
        np.testing.assert_array_equal(found.closed, [True, False, True])
        assert found.hires(prepared)[0] == found.hires(prepared)[2] == 0 < found.hires(prepared)[1]
    # Prices with which a search began are not theirs.
    warm = solve_thresholds(prepared, AT, (np.ones(3), np.full(3, 0.01)))
    assert (warm.capacity_price[[0, 2]] == 0).all() and (warm.budget_price[[0, 2]] == 0).all()


def test_an_offer_is_compared_with_those_that_a_teacher_has():
    """The printed h leaves the district itself out of the sum where it has not offered."""
    values, accepted, exits = np.array([[2.0, 3.0, 4.0]]), np.empty((1, 3)), np.empty(1)
    accept_offers(values, np.array([[False, True, False]]), np.array([0]), accepted, exits)
    np.testing.assert_allclose(accepted, [[2 / 6, 3 / 6, 4 / 10]])
    assert exits[0] == pytest.approx(1 / 6)


def test_who_has_no_value_added_gets_no_offers_or_counts_as_average():
    market = small_market(4, n=20, districts=3)
    market = replace(market, value_added=np.where(np.arange(20) < 5, np.nan, market.value_added))
    none = prepare(market, RULES)
    assert not none.candidate[:5].any() and (none.standing[:5] == market.origin[:5]).all()
    zero = prepare(market, Rules(without_value_added="zero", salary_centre=54.0))
    assert zero.candidate[:5].sum() == 10 and (zero.traits[:5, 0] == 0).all()
    again = prepare(market, Rules(incumbents="reoffered"))
    assert (again.standing[:5] == market.origin[:5]).all() and (again.standing[5:] == -1).all()


def test_matches_are_drawn_with_their_chances():
    chances = np.tile([0.2, 0.5], (40000, 1))
    drawn = realised(None, chances, np.full(40000, 0.3), np.random.default_rng(0))
    shares = [(drawn == k).mean() for k in (EXIT, 0, 1)]
    np.testing.assert_allclose(shares, [0.3, 0.2, 0.5], atol=0.01)


def test_miles():
    # Madison to Milwaukee, some 77 miles; an entrant without a place is at the mean distance.
    latitude, longitude = np.array([43.0731, 43.0389]), np.array([-89.4012, -87.9065])
    origin = np.array([0, 1, ENTRANT, ENTRANT])
    where = (np.array([0, 0, np.nan, 43.0731]), np.array([0, 0, np.nan, -89.4012]))
    away = miles(latitude, longitude, origin, where)
    assert away[0, 1] == pytest.approx(75.5, abs=0.5) == away[1, 0]
    np.testing.assert_allclose(away[2], away[0, 1] / 2)
    np.testing.assert_allclose(away[3], away[0], atol=1e-9)


REFUSED = {
    "salary": (
        lambda m: replace(m, salary=m.salary - 50),
        "predicted salaries of zero or less, in",
    ),
    "missing": (
        lambda m: replace(m, seniority=m.seniority * np.nan),
        "seniority: 6 values are missing",
    ),
    "budget": (lambda m: replace(m, budget=-m.budget), "budget: negative in 3 districts"),
    "origin": (lambda m: replace(m, origin=m.origin + 5), "origin: values outside -1 to 2"),
    "shape": (lambda m: replace(m, poor=np.ones(2)), "poor: shape (2,), want (3,)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    change, text = REFUSED[case]
    with pytest.raises(UserError, match="market small, ") as error:
        prepare(change(small_market()), RULES)
    assert text in str(error.value)
    with pytest.raises(UserError, match="want standing or reoffered"):
        prepare(small_market(), Rules(incumbents="often"))


@pytest.mark.slow
def test_a_states_equilibrium_takes_seconds():
    """12 markets of 35 districts and 4,200 teachers: at most 3 s of processor time."""
    markets = laboratory_markets(Laboratory(3, 4200, 35), TRUTH, RULES, 8)
    prepared = [prepare(market, RULES) for market in markets]
    shocks = np.random.default_rng(9).standard_normal((4200, 35))
    start = time.process_time()
    found = [solve_discrete(one, AT, shocks) for one in prepared]
    spent = 4 * (time.process_time() - start)
    assert all(one.converged for one in found)
    assert spent <= 3, spent
