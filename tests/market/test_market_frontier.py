"""The planner's frontier, payments that support it, and bonuses."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from market_cases import drawn_market
from test_market_policies import example

from welfare_added.assignment.one_to_one import blocking_pairs
from welfare_added.market.achievement import MEASURES, measures
from welfare_added.market.bonuses import SCHEMES, BonusPlan, bonus_table, pay, without_bonus
from welfare_added.market.frontier import (
    frontier_table,
    frontiers,
    mean_frontier,
    run_frontier,
    scale_of,
    share_of_cost,
)
from welfare_added.market.payments import KINDS, payment_table, payments
from welfare_added.market.policies import allocate
from welfare_added.market.policy_tables import policy_table, simulate_policies
from welfare_added.market.simulate import Choices, runs_of
from welfare_added.run.errors import UserError

CHOICES = Choices(runs=6, seed=5)
PLAN = BonusPlan(points=5, spending=40.0)


@pytest.fixture(scope="module")
def market():
    return drawn_market()


@pytest.fixture(scope="module")
def found(market):
    return frontiers(market, CHOICES)


@pytest.fixture(scope="module")
def runs(market):
    return simulate_policies(market, CHOICES)


def test_vertices_are_the_optima_of_brute_force():
    market = drawn_market(6, 8)
    run = next(runs_of(market, CHOICES))
    scale = scale_of(market)
    one = run_frontier(run, scale)
    rows = np.arange(6)
    every = np.array(list(itertools.permutations(range(6))))
    minutes = (run.teachers / market.gamma)[rows, every].sum(axis=1)
    added = run.market.value_added[rows, every].sum(axis=1)
    for weight in np.linspace(0.001, 0.999, 57):
        best = every[np.argmax((1 - weight) * minutes + weight * scale * added)]
        at = np.searchsorted(one.weight_from, weight, side="right") - 1
        assert np.array_equal(one.partners[at], best)
    assert one.relative_gap < 1e-9 and len(one.weight_from) > 3


def test_ends_are_the_certified_optima_and_the_frontier_is_concave(market, found, runs):
    table = policy_table(runs).set_index("policy")
    points = frontier_table(found, runs[runs["policy"] == "status_quo"], 21, scale_of(market))
    first, last = points.iloc[0], points.iloc[-1]
    assert last["achievement"] == pytest.approx(table.loc["best", "achievement"], abs=1e-8)
    assert last["utility_minutes"] == pytest.approx(table.loc["best", "utility_minutes"], abs=1e-5)
    assert first["gain"] == pytest.approx(table.loc["teacher_best", "gain"], abs=1e-8)
    best = table.loc["teacher_best", "utility_minutes"]
    assert first["utility_minutes"] == pytest.approx(best, abs=1e-5)
    weights, vertices = mean_frontier(found)
    assert (np.diff(vertices[:, 0]) >= -1e-15).all() and (np.diff(vertices[:, 3]) <= 1e-9).all()
    for one in found:  # what a unit of achievement costs never falls
        gained, lost = np.diff(one.measures[:, 0]), -np.diff(one.measures[:, 3])
        assert (lost[1:] * gained[:-1] >= lost[:-1] * gained[1:] - 1e-9).all()
    assert (np.diff(weights) >= 0).all() and (points["certificate"] < 1e-9).all()
    assert points["weight"].is_monotonic_increasing and points["gain"].is_monotonic_increasing


def mean_of_optima(found, weights):
    """Means over runs of the measures of the optima at each weight, (W, 4)."""
    at = [np.searchsorted(one.weight_from, weights, side="right") - 1 for one in found]
    return np.mean([one.measures[rows] for one, rows in zip(found, at, strict=True)], axis=0)


def test_mean_frontier_at_a_weight_is_the_mean_of_optima(found):
    weights, vertices = mean_frontier(found)
    at = np.arange(0, len(weights), 7)
    inside = (weights[at] + weights[at + 1]) / 2 if at[-1] + 1 < len(weights) else None
    inside = (weights[at[:-1]] + weights[at[:-1] + 1]) / 2 if inside is None else inside
    np.testing.assert_allclose(
        mean_of_optima(found, inside), vertices[at[: len(inside)]], atol=1e-9
    )


def test_no_policy_lies_above_the_frontier(market, found, runs):
    scale = scale_of(market)
    sizes = [run.market.class_size.sum() for run in runs_of(market, CHOICES)]
    count = market.utility.shape[0]
    for run, one in enumerate(found):
        rows = runs[runs["run"] == run]
        for weight in (0.2, 0.5, 0.9):

            def score(achievement, minutes, weight=weight, run=run):
                return (1 - weight) * minutes * count + weight * scale * achievement * sizes[run]

            at = np.searchsorted(one.weight_from, weight, side="right") - 1
            best = score(one.measures[at, 0], one.measures[at, 3])
            others = score(rows["achievement"], rows["utility_minutes"])
            assert (others[rows["policy"] != "random"] <= best + 1e-3).all()


def test_share_of_cost_rises_from_nothing_to_everything(found):
    assert share_of_cost(found, 0) == 0 and share_of_cost(found, 1) == 1
    half, most = share_of_cost(found, 0.5), share_of_cost(found, 0.75)
    assert 0 < half < 0.5 and half < most < 0.75  # concave


def test_frontier_with_match_effects_is_of_all_pairs():
    market = drawn_market(5, 5)
    effect = np.random.default_rng(2).normal(0, 0.2, (5, 5))
    market = replace(market, match_effect=effect)
    run = next(runs_of(market, CHOICES))
    one = run_frontier(run, scale_of(market))
    assert np.array_equal(one.partners[-1], allocate(run, "best").partner)
    assert list(measures(run, one.partners[0]).values()) == pytest.approx(list(one.measures[0]))
    assert len(MEASURES) == one.measures.shape[1]


def worked_example():
    """Worked example C: principals of A rank teacher 1 first; in minutes, gamma one."""
    return example([[0, -10], [0, -30]], [[1, 0], [0, 0]], np.zeros((2, 2)))


def test_worked_example_of_a_bonus():
    run, plan = worked_example(), BonusPlan(points=2, spending=10, options="all")
    before = without_bonus(run, "estimated", plan)
    assert before.tolist() == [0, 1]
    z = np.array([[0.0, 1.0], [0.0, 1.0]])
    paid = pay(run, z, 12.0, "estimated", plan, before)
    assert paid.partner.tolist() == [1, 0]
    assert paid.lump_sum == -2 and paid.spending == 4


def test_lump_sum_is_in_minutes_unless_as_printed():
    run = worked_example()
    run = replace(run, market=replace(run.market, gamma=0.5), teachers=run.teachers * 0.5)
    z = np.array([[0.0, 1.0], [0.0, 1.0]])
    for lump_sum, wanted in (("minutes", -2.0), ("printed", -1.0)):
        plan = BonusPlan(points=2, spending=10, options="all", lump_sum=lump_sum)
        before = without_bonus(run, "estimated", plan)
        assert pay(run, z, 12.0, "estimated", plan, before).lump_sum == wanted


def test_everybody_is_as_well_off_and_somebody_no_better(market):
    for run in runs_of(market, CHOICES):
        for scheme, measure in SCHEMES.items():
            z, rows = measure(run.market), np.arange(len(run.positions))
            before = without_bonus(run, "estimated", PLAN)
            rate = 20.0 / z.std()
            paid = pay(run, z, rate, "estimated", PLAN, before)
            change = (run.teachers[rows, paid.partner] - run.teachers[rows, before]) / market.gamma
            change = change + rate * z[rows, paid.partner] + paid.lump_sum
            assert change.min() == pytest.approx(0, abs=1e-9), scheme


def test_no_bonus_costs_and_gains_nothing(market):
    for run in runs_of(market, CHOICES):
        for scheme in SCHEMES.values():
            before = without_bonus(run, "value_added", PLAN)
            paid = pay(run, scheme(run.market), 0.0, "value_added", PLAN, before)
            assert np.array_equal(paid.partner, before)
            assert paid.lump_sum == 0 and paid.spending == 0


def test_allocation_with_a_bonus_is_stable_where_it_counts_in_minutes(market):
    for run in runs_of(market, CHOICES):
        for scheme in SCHEMES.values():
            z = scheme(run.market)
            rate = 30.0 / z.std()
            paid = pay(run, z, rate, "estimated", PLAN, without_bonus(run, "estimated", PLAN))
            worth = run.teachers + market.gamma * rate * z
            assert blocking_pairs(worth, run.principals, paid.partner, run.market.meets) == 0


def test_a_bonus_for_output_without_end_is_teachers_who_rank_by_output(market):
    plan = replace(PLAN, options="all")
    for run in runs_of(market, CHOICES):
        before = without_bonus(run, "estimated", plan)
        paid = pay(run, run.market.value_added, 1e9, "estimated", plan, before)
        wanted = measures(run, allocate(run, "teachers").partner)["achievement"]
        assert measures(run, paid.partner)["achievement"] == pytest.approx(wanted, abs=1e-9)


def test_bonus_table_starts_at_nothing_and_reaches_the_spending(market):
    table = bonus_table(market, CHOICES, PLAN)
    assert len(table) == 2 * 3 * 5
    start = table[table["rate"] == 0]
    assert len(start) == 6
    assert (start[["spending", "lump_sum", "gain", "gain_0", "gain_1"]] == 0).all(axis=None)
    most = table.groupby(["principals", "scheme"])["spending"].last()
    assert ((most > 0.9 * PLAN.spending) & (most < 1.3 * PLAN.spending)).all()
    output = table[(table["scheme"] == "output") & (table["principals"] == "estimated")]
    assert output["gain"].iloc[-1] > 0


def test_schemes_are_those_of_the_paper(market):
    j, p = 3, 7
    per_student = (1 - market.share_1[p]) * market.mu[j, 0] + market.share_1[p] * market.mu[j, 1]
    values = {name: measure(market)[j, p] for name, measure in SCHEMES.items()}
    assert values["output"] == pytest.approx(market.class_size[p] * per_student)
    assert values["disadvantaged"] == market.share_1[p]
    wanted = market.absolute_advantage[j] * market.share_1[p]
    assert values["advantage_x_disadvantaged"] == pytest.approx(wanted)


def test_payments_hold_everybody_harmless_and_support_the_allocation():
    utility = np.array([[0.0, -10.0], [0.0, -30.0]])
    output = np.array([[1.0, 8.0], [1.0, 2.0]])
    before, after = np.array([0, 1]), np.array([1, 0])
    single, net, core = payments(utility, output, before, after, omega=10.0)
    assert single == 5  # teacher 1 loses 10, teacher 2 gains 30
    assert net == (10 - 30) / 2
    # Lowest payoffs: teacher 1 has at least 0 and teacher 2 at least -30; surplus 70 and 10.
    # a_1 >= a_2 + 10 - 10 and a_2 >= a_1 + (-10) - 70, so that a = (0, -30).
    assert core == ((0 + 10) + (-30 - 0)) / 2


def test_payment_table_has_each_kind_at_each_weight(market, found, runs):
    points = frontier_table(found, runs[runs["policy"] == "status_quo"], 6, scale_of(market))
    weights = points["weight"].to_numpy()
    table = payment_table(market, CHOICES, found, weights)
    assert list(table["scheme"].unique()) == list(KINDS)
    single = table[table["scheme"] == "teacher_specific"]
    np.testing.assert_allclose(single["gain"], points["gain"], atol=2e-3)
    net = table[table["scheme"] == "teacher_specific_net"]
    assert (single["spending"].to_numpy() >= np.maximum(net["spending"].to_numpy(), 0)).all()
    np.testing.assert_allclose(net["spending"], -points["utility_minutes"], atol=1.0)
    core = table[table["scheme"] == "core_prices"]["spending"].to_numpy()
    assert (core >= net["spending"].to_numpy() - 1e-6).all()


def test_unknown_words_are_refused():
    with pytest.raises(UserError, match=r"market.bonuses.options: 'none'; want windows or all"):
        BonusPlan(3, 10, options="none")
    with pytest.raises(UserError, match="want at least 2 points"):
        BonusPlan(1, 10)
    flat = replace(drawn_market(), share_1=np.full(45, 0.5))
    with pytest.raises(UserError, match="scheme disadvantaged pays the same in all positions"):
        bonus_table(flat, CHOICES, PLAN)


def test_no_payments_where_every_run_leaves_somebody_unmatched(market, found, runs):
    few = replace(market, meets=market.meets & (np.arange(45) % 4 == 0))
    unmatched = replace(CHOICES, infeasible="unmatched")
    table = payment_table(few, unmatched, found, np.array([0.5]))
    assert len(table) == 0 and {"scheme", "spending", "gain"} <= set(table)
    bonuses = bonus_table(few, unmatched, PLAN)
    assert np.isfinite(bonuses["spending"]).all() and bonuses["spending"].max() > 0.9 * 40
