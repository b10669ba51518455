"""The knapsack of two constraints against HiGHS, worked examples, and the printed search."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from welfare_added.assignment import knapsack
from welfare_added.assignment.critical_item import (
    CORRECTED,
    PRINTED,
    Reading,
    solve_by_critical_item,
)
from welfare_added.assignment.knapsack import Knapsack, KnapsackError, solve_knapsack
from welfare_added.assignment.knapsack_loops import solve, to_vertex
from welfare_added.assignment.knapsack_whole import solve_whole
from welfare_added.run.errors import UserError

KINDS = ("random", "whole numbers", "equal costs", "equal ratios")


def problem(rng, n, kind):
    """A problem of n items; both constraints at 5 to 110% of what is wanted."""
    amount, cost = rng.random(n), rng.uniform(30, 80, n)
    value = rng.normal(0.5, 1, n) + rng.normal()
    if kind == "whole numbers":  # many ties, and budgets that end exactly at an item's edge
        amount, cost = rng.integers(0, 3, n) * 1.0, rng.integers(1, 5, n) * 10.0
        value = rng.integers(-2, 8, n) * 1.0
    if kind == "equal costs":
        value, cost = np.round(value, 1), np.full(n, 50.0)
    if kind == "equal ratios":
        value = 0.1 * cost
        amount[: n // 3] = 0
    wanted = value > 0
    budget = (amount * cost)[wanted].sum() * rng.uniform(0.05, 1.1)
    capacity = amount[wanted].sum() * rng.uniform(0.05, 1.1)
    if kind == "whole numbers":
        budget, capacity = np.floor(budget / 10) * 10, np.floor(capacity)
    return Knapsack(amount, value, cost, float(budget), float(capacity))


def by_highs(p):
    rows = np.array([p.amount * p.cost, p.amount])
    found = linprog(
        -p.amount * p.value, A_ub=rows, b_ub=[p.budget, p.capacity], bounds=(0, 1), method="highs"
    )
    assert found.status == 0
    return -found.fun, found.x


EXAMPLE = [np.ones(3), np.array([10.0, 6, 4]), np.array([50.0, 40, 20])]
# budget, capacity: shares, value, price of capacity and of budget (None where several prove it).
CASES = {
    (80, 2): ([1, 0.5, 0.5], 15, 2, 0.1),
    (80, 10): ([1, 0.25, 1], 15.5, 0, 0.15),
    (200, 2): ([1, 1, 0], 16, None, 0),
    (200, 3): ([1, 1, 1], 20, 0, 0),
}


@pytest.mark.parametrize("limits", CASES)
def test_worked_example_a(limits):
    shares, value, capacity_price, budget_price = CASES[limits]
    found = solve_knapsack(Knapsack(*EXAMPLE, *map(float, limits)))
    np.testing.assert_allclose(found.share, shares, atol=1e-9)
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.bound == pytest.approx(value, abs=1e-9)
    assert found.budget_price == pytest.approx(budget_price, abs=1e-9)
    if capacity_price is None:  # any price from the third value to the second
        assert 4 <= found.capacity_price <= 6
    else:
        assert found.capacity_price == pytest.approx(capacity_price, abs=1e-9)


def test_worked_example_a_of_whole_items():
    found = solve_whole(Knapsack(*EXAMPLE, 80.0, 2.0))
    np.testing.assert_array_equal(found.taken, [True, False, True])
    assert (found.value, found.floor_value, found.floor_loss) == (14, 10, 4)


def test_worked_example_a_as_printed_and_corrected():
    example = Knapsack(*EXAMPLE, 80.0, 2.0)
    corrected = solve_by_critical_item(example, CORRECTED)
    assert corrected.capacity_price == 2
    np.testing.assert_array_equal(corrected.taken, [True, False, False])
    assert corrected.value == 10
    # The breakpoint of the second and third item is printed as -2, and dropped.
    printed = solve_by_critical_item(example, Reading(breakpoints="printed"))
    assert printed.capacity_price != 2 and printed.prices == corrected.prices - 1
    # B - (sum of costs) / cost, at a price of 0: 80 - 50 / 20 is no share.
    odd = solve_by_critical_item(example, Reading(share="printed", search="printed"))
    assert odd.capacity_price in (0, 2, 4, 6, 10)
    assert solve_by_critical_item(example, PRINTED).value <= 14


def test_a_printed_share_is_none():
    found = solve_by_critical_item(Knapsack(*EXAMPLE, 80.0, 100.0), Reading(share="printed"))
    assert found.critical_share == pytest.approx(80 - (50 + 20) / 40)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [25, pytest.param(250, marks=pytest.mark.slow)])
def test_optimum_is_that_of_highs_with_a_certificate(kind, number):
    """With 250 of each kind, 1,000 problems; they take a minute, nearly all of it HiGHS's."""
    rng = np.random.default_rng(KINDS.index(kind))
    slack = 0
    for count in range(number):
        n = round(np.exp(rng.uniform(np.log(3), np.log(4200))))
        p = problem(rng, n, kind)
        if count % 10 == 0:  # room for all
            p = replace(p, budget=25 * p.budget, capacity=25 * p.capacity)
        found, (value, share) = solve_knapsack(p), by_highs(p)
        assert found.value == pytest.approx(value, rel=1e-9, abs=1e-9)
        assert abs(found.gap) <= 1e-9
        assert found.used_budget <= p.budget * (1 + 1e-9)
        assert found.used_capacity <= p.capacity * (1 + 1e-9)
        assert ((found.share > 0) & (found.share < 1)).sum() <= 2
        slack += found.capacity_price == found.budget_price == 0
        if kind == "random":
            np.testing.assert_allclose(found.share, share, atol=1e-7)
    assert slack >= number / 10


def test_large_problems_are_those_of_highs_too():
    rng = np.random.default_rng(11)
    for kind in KINDS:
        p = problem(rng, 4200, kind)
        assert solve_knapsack(p).value == pytest.approx(by_highs(p)[0], rel=1e-9)


def test_small_problems_in_every_corner():
    rng = np.random.default_rng(5)
    for _ in range(3000):
        n = int(rng.integers(1, 7))
        p = problem(rng, n, "whole numbers")
        p = Knapsack(p.amount, p.value, p.cost, p.budget, float(rng.integers(0, 4)))
        found = solve_knapsack(p)  # raises without a proof
        assert found.value == pytest.approx(found.bound, abs=1e-9)


def test_whole_items_are_those_of_highs():
    rng = np.random.default_rng(7)
    for number in range(120):
        kind = KINDS[number % 4]
        n = int(rng.integers(3, 16 if number % 4 >= 2 else 80))
        p = problem(rng, n, kind)
        found = solve_whole(p)
        rows = LinearConstraint(np.array([p.amount * p.cost, p.amount]), ub=[p.budget, p.capacity])
        other = milp(
            -p.amount * p.value,
            constraints=rows,
            integrality=np.ones(n),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0},
        )
        assert found.value == pytest.approx(-other.fun, rel=1e-6, abs=1e-6), (number, kind)
        linear = found.linear
        dropped = (linear.share > 0) & (linear.share < 1)
        assert 0 <= found.floor_loss <= (p.amount * p.value)[dropped].sum() + 1e-9


def test_corrected_search_ends_at_the_floor_of_the_optimum():
    rng = np.random.default_rng(9)
    for number in range(100):
        p = problem(rng, int(rng.integers(3, 60)), "random")
        if number % 2:  # who would never accept takes nothing, and stops nothing
            p = replace(p, amount=np.where(np.arange(len(p.amount)) % 3, p.amount, 0.0))
        linear, found = solve_knapsack(p), solve_by_critical_item(p)
        np.testing.assert_array_equal(found.taken & (p.amount > 0), linear.whole)
        assert found.capacity_price == pytest.approx(linear.capacity_price, abs=1e-9)


def test_printed_search_is_often_worse():
    rng = np.random.default_rng(13)
    loss = {"printed": 0, "key": 0, "breakpoints": 0}
    for _ in range(60):
        p = problem(rng, 40, "random")
        best = solve_knapsack(p)
        for name, reading in {
            "printed": PRINTED,
            "key": Reading(key="printed"),
            "breakpoints": Reading(breakpoints="printed"),
        }.items():
            found = solve_by_critical_item(p, reading)
            loss[name] += found.value < 0.9 * best.value or found.used_capacity > p.capacity
    assert loss["printed"] > 20 and loss["key"] > 20


def test_a_guess_changes_nothing():
    rng = np.random.default_rng(15)
    for number in range(60):
        p = problem(rng, 200, KINDS[number % 4])
        arrays = (p.amount, p.value, p.cost, p.budget, p.capacity)
        found, share = solve_knapsack(p), np.empty(200)
        for guess in (0.3, 1.0, found.capacity_price, 50.0):
            price = solve(*arrays, guess, share)[0]
            to_vertex(p.amount, p.cost, p.budget, share)
            assert (p.amount * share) @ p.value == pytest.approx(found.value, rel=1e-9)
            if number % 4 == 0:
                np.testing.assert_allclose(share, found.share, atol=1e-9)
                assert price == pytest.approx(found.capacity_price, abs=1e-9)


def test_offers_do_not_depend_on_units():
    rng = np.random.default_rng(17)
    p = problem(rng, 300, "random")
    found = solve_knapsack(p)
    values = solve_knapsack(Knapsack(p.amount, 3 * p.value, p.cost, p.budget, p.capacity))
    np.testing.assert_allclose(values.share, found.share, atol=1e-9)
    assert values.capacity_price == pytest.approx(3 * found.capacity_price)
    amounts = solve_knapsack(Knapsack(2 * p.amount, p.value, p.cost, 2 * p.budget, 2 * p.capacity))
    np.testing.assert_allclose(amounts.share, found.share, atol=1e-9)


def test_a_constant_in_values_is_a_price_of_capacity():
    rng = np.random.default_rng(19)
    amount, cost = rng.random(200), rng.uniform(30, 80, 200)
    value = rng.uniform(1, 3, 200)
    p = Knapsack(amount, value, cost, 0.5 * float(amount @ cost), 0.3 * float(amount.sum()))
    found = solve_knapsack(p)
    moved = solve_knapsack(Knapsack(amount, value + 1, cost, p.budget, p.capacity))
    assert found.capacity_price > 0
    np.testing.assert_allclose(moved.share, found.share, atol=1e-9)
    assert moved.capacity_price == pytest.approx(found.capacity_price + 1)


def test_nothing_is_taken_where_every_value_is_negative_or_no_amount_is_left():
    rng = np.random.default_rng(21)
    p = problem(rng, 50, "random")
    for own in (replace(p, value=-np.abs(p.value) - 0.1), replace(p, amount=np.zeros(50))):
        found, (value, _) = solve_knapsack(own), by_highs(own)
        assert found.value == value == 0 and found.used_budget == found.used_capacity == 0
        assert (found.share * own.amount == 0).all()
        assert found.capacity_price == found.budget_price == 0
        assert solve_whole(own).value == 0


def test_of_items_alike_the_first_are_taken():
    n = 9
    p = Knapsack(np.ones(n), np.full(n, 5.0), np.full(n, 10.0), 70.0, 4.5)
    np.testing.assert_allclose(solve_knapsack(p).share, [1, 1, 1, 1, 0.5, 0, 0, 0, 0])


REFUSED = {
    "cost": (dict(cost=np.array([50.0, -1, 0])), "cost of 2 items is zero or less"),
    "amount": (dict(amount=np.array([1.0, -1, 1])), "amount of 1 items is negative"),
    "missing": (dict(value=np.array([np.nan, 1, 1])), "value of 1 items is missing"),
    "shape": (dict(value=np.ones(2)), "value has shape (2,)"),
    "budget": (dict(budget=-1.0), "budget is -1; want 0 or more"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    changed, text = REFUSED[case]
    given = dict(zip(("amount", "value", "cost"), EXAMPLE, strict=True), budget=80.0, capacity=2.0)
    with pytest.raises(UserError) as error:
        solve_knapsack(Knapsack(**{**given, **changed}))
    assert text in str(error.value)


def test_wrong_prices_are_no_proof(monkeypatch):
    def wrong(*arguments):
        low, high, steps = solve(*arguments)
        return low + 0.1, high, steps

    monkeypatch.setattr(knapsack, "solve", wrong)
    with pytest.raises(KnapsackError, match="not proven optimal"):
        solve_knapsack(Knapsack(*EXAMPLE, 80.0, 10.0))


def test_4200_items_take_a_fifteenth_of_the_time_of_highs():
    rng = np.random.default_rng(23)
    own, highs = [], []
    for _ in range(9):
        p = problem(rng, 4200, "random")
        start = time.process_time()
        solve_knapsack(p)
        middle = time.process_time()
        by_highs(p)
        own.append(middle - start)
        highs.append(time.process_time() - middle)
    assert np.median(own) < np.median(highs) / 15
