"""Serial order and deferred acceptance against every stable placement of small markets."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.assignment.deferred_acceptance import acceptances, deferred_acceptance
from welfare_added.assignment.seats import CLOSED, Market, Placement, common_keys, same_keys
from welfare_added.assignment.serial_order import serial_order
from welfare_added.assignment.stability import stability


def random_lists(rng, n, schools, longest):
    lists = np.full((n, longest), -1)
    for row in lists:
        size = rng.integers(0, min(schools, longest) + 1)
        row[:size] = rng.permutation(schools)[:size]
    return lists


def random_market(seed, n=5, schools=3, kinds=2, longest=3, most=2):
    """Every school has its own order for every kind; some kinds are closed to some."""
    rng = np.random.default_rng(seed)
    keys = np.stack([rng.permutation(n * longest) for _ in range(kinds)], axis=1)
    keys = keys.reshape(n, longest, kinds).astype(float)
    keys[rng.random(keys.shape) < 0.2] = CLOSED
    lists = random_lists(rng, n, schools, longest)
    return Market(lists, rng.integers(0, most + 1, (schools, kinds)), keys)


def stable_placements(market):
    """Every stable placement, as place in the expanded list (kinds within schools); -1 for none."""
    n, length, kinds = market.keys.shape
    options = [
        [
            place
            for place in range(length * kinds)
            if market.lists[i, place // kinds] >= 0
            and market.keys[i, place // kinds, place % kinds] > CLOSED
        ]
        for i in range(n)
    ]
    for places in itertools.product(*[[*own, length * kinds] for own in options]):
        held = {}
        for i, place in enumerate(places):
            if place < length * kinds:
                held.setdefault((market.lists[i, place // kinds], place % kinds), []).append(
                    market.keys[i, place // kinds, place % kinds]
                )
        if any(len(keys) > market.seats[slot] for slot, keys in held.items()):
            continue
        if not any(
            wants(market, held, i, better)
            for i, place in enumerate(places)
            for better in options[i]
            if better < place
        ):
            yield np.array(places)


def wants(market, held, i, place):
    """Whether an applicant would get a place that she prefers to her own."""
    kinds = market.seats.shape[1]
    slot = (market.lists[i, place // kinds], place % kinds)
    keys = held.get(slot, [])
    if len(keys) < market.seats[slot]:
        return True
    return bool(keys) and market.keys[i, place // kinds, place % kinds] > min(keys)


def place_of(market, placement):
    kinds = market.seats.shape[1]
    whole = market.lists.shape[1] * kinds
    return np.where(placement.choice >= 0, placement.choice * kinds + placement.kind, whole)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_deferred_acceptance_is_the_best_stable_placement_for_every_applicant(seed):
    market = random_market(seed)
    found = deferred_acceptance(market)
    assert stability(market, found).stable
    every = np.array(list(stable_placements(market)))
    ours = place_of(market, found)
    assert (every == ours).all(axis=1).any()
    assert (ours <= every).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_same_with_seven_applicants(seed):
    market = random_market(seed, n=7, schools=3, kinds=1, longest=3, most=3)
    every = np.array(list(stable_placements(market)))
    assert (place_of(market, deferred_acceptance(market)) <= every).all()


def common_market(seed, n=60, schools=4, kinds=3):
    rng = np.random.default_rng(seed)
    lists = random_lists(rng, n, schools, 3)
    order, open_to = rng.permutation(n).astype(float), rng.random((n, kinds)) < 0.6
    seats = rng.integers(0, 6, (schools, kinds))
    return order, open_to, Market(lists, seats, common_keys(order, lists, open_to))


@pytest.mark.parametrize("seed", range(50))
def test_serial_order_is_deferred_acceptance_under_a_common_order(seed):
    order, open_to, market = common_market(seed)
    serial = serial_order(order, market.lists, market.seats, open_to)
    deferred = deferred_acceptance(market)
    assert np.array_equal(serial.choice, deferred.choice)
    assert np.array_equal(serial.kind, deferred.kind)
    assert stability(market, serial).stable


def test_permuting_applicants_changes_nothing():
    order, open_to, market = common_market(3)
    mixed = np.random.default_rng(0).permutation(len(order))
    one = serial_order(order, market.lists, market.seats, open_to)
    other = serial_order(order[mixed], market.lists[mixed], market.seats, open_to[mixed])
    assert np.array_equal(one.choice[mixed], other.choice)


def test_precedence_decides():
    """One open and one reserved seat; a and c may have the reserved one (notes' example)."""
    order, lists = np.array([95.0, 90.0, 80.0]), np.zeros((3, 1), dtype=int)
    everyone, some = np.array([True] * 3), np.array([True, False, True])
    seats = np.ones((1, 2), dtype=int)
    open_first = serial_order(order, lists, seats, np.stack([everyone, some], axis=1))
    assert open_first.choice.tolist() == [0, -1, 0] and open_first.kind.tolist() == [0, -1, 1]
    reserved_first = serial_order(order, lists, seats, np.stack([some, everyone], axis=1))
    assert reserved_first.choice.tolist() == [0, 0, -1]


def test_seats_of_a_reserve_that_nobody_fills_go_to_others_who_are_displaced_later():
    """Reserved seats rank those they are for first and, behind them, everybody."""
    order, special = np.array([3.0, 2.0, 1.0]), np.array([False, False, True])
    keys = np.where(special, order + 10, order)[:, None, None]
    market = Market(np.zeros((3, 1), dtype=int), np.array([[2]]), keys)
    assert deferred_acceptance(market).choice.tolist() == [0, -1, 0]


def test_violations_are_counted():
    market = Market(
        lists=np.array([[0, 1], [0, 1], [0, -1]]),
        seats=np.array([[1], [1]]),
        keys=np.array([[[3.0], [3.0]], [[2.0], [CLOSED]], [[1.0], [1.0]]]),
    )
    none = np.array([-1, -1, -1])

    def counted(choice, kind=0):
        choice = np.array(choice)
        found = stability(market, Placement(choice, np.where(choice < 0, -1, kind)))
        return found.blocking, found.closed, found.overfilled

    assert counted([0, -1, -1]) == (0, 0, 0)
    assert counted(none) == (4, 0, 0)
    assert counted([1, 0, -1]) == (1, 0, 0)  # the first wants the second's seat
    assert counted([-1, 0, -1]) == (2, 0, 0)  # and would have her own second choice too
    assert counted([0, 1, -1]) == (0, 1, 0)
    assert counted([0, 0, -1]) == (0, 0, 1)
    assert counted([0, -1, 1])[1] == 1


def test_ties_are_refused():
    lists, seats = np.zeros((2, 1), dtype=int), np.ones((1, 1), dtype=int)
    order, open_to = np.array([1.0, 1.0]), np.ones((2, 1), dtype=bool)
    with pytest.raises(ValueError, match="1 keys recur: who comes first is undecided"):
        serial_order(order, lists, seats, open_to)
    market = Market(lists, seats, common_keys(order, lists, open_to))
    with pytest.raises(
        ValueError, match="1 times applicants of the same key compete for the last seat"
    ):
        deferred_acceptance(market)


def test_a_tie_among_the_displaced_is_refused_and_one_that_decides_nothing_is_not():
    lists, open_to = np.zeros((3, 1), dtype=int), np.ones((3, 1), dtype=bool)
    for keys, seats, refused in [
        ([2.0, 1.0, 1.0], 2, True),
        ([1.0, 1.0, 2.0], 2, True),
        ([2.0, 2.0, 1.0], 2, False),
        ([1.0, 2.0, 2.0], 2, False),
        ([1.0, 1.0, 1.0], 3, False),
    ]:
        market = Market(lists, np.array([[seats]]), common_keys(np.array(keys), lists, open_to))
        if refused:
            with pytest.raises(ValueError, match="same key"):
                deferred_acceptance(market)
        else:
            assert stability(market, deferred_acceptance(market)).stable


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("keys", np.ones((2, 1, 1)), "keys have shape"),
        ("seats", np.array([[-1, 1]]), "negative"),
        ("lists", np.array([[1], [0]]), "outside 0 to 0"),
        ("keys", np.array([[[1.0, np.nan]], [[1.0, 2.0]]]), "a key is missing"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(part, value, message):
    good = {
        "lists": np.array([[0], [0]]),
        "seats": np.array([[1, 1]]),
        "keys": np.array([[[1.0, 2.0]], [[3.0, 4.0]]]),
    }
    with pytest.raises(ValueError, match=message):
        Market(**{**good, part: value})


@pytest.mark.parametrize(("row", "message"), [([-1, 0], "gap"), ([0, 0], "twice")])
def test_lists_with_gaps_or_repetitions_are_refused(row, message):
    with pytest.raises(ValueError, match=message):
        Market(np.array([row]), np.ones((1, 1), dtype=int), np.ones((1, 2, 1)))


@pytest.mark.parametrize("common", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_one_number_of_seats_after_another(seed, common):
    """More numbers than share the applicants who can be placed, each solved on its own too."""
    market = random_market(seed, n=40, schools=4, longest=4, most=6)
    if common:
        by_kind = np.random.default_rng(seed).permutation(80).reshape(40, 2).astype(float)
        market = replace(market, keys=same_keys(by_kind, market.lists))
    rng = np.random.default_rng(seed)
    splits = [rng.integers(0, 7, market.seats.shape) for _ in range(70)]
    placed = 0
    for split, one in zip(splits, acceptances(market, splits), strict=True):
        alone = deferred_acceptance(replace(market, seats=split))
        assert np.array_equal(one.choice, alone.choice) and np.array_equal(one.kind, alone.kind)
        assert stability(replace(market, seats=split), one).stable
        placed += (one.choice >= 0).sum()
    assert placed > 500
