"""Classes of a wanted composition: by hand, against HiGHS, in whole systems of schools."""

from dataclasses import replace

import numpy as np
import pytest
from admissions_cases import random_pool
from scipy.optimize import linprog

from welfare_added.admissions.keys import POINT
from welfare_added.admissions.one_weight import Interval, matching_weights, within
from welfare_added.admissions.pool import index_bonus, members, with_bonus
from welfare_added.admissions.quota import Unreachable, best_class
from welfare_added.admissions.two_weights import benchmark, benchmarks, composition


def test_by_hand():
    keys = np.array([99, 98, 97, 95, 93, 90]) * 1000
    minority, frpl = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 0, 1, 1])
    best = best_class(keys, minority, frpl, 3, (1, 1))
    assert best.admitted.tolist() == [True, False, True, True, False, False]
    assert best.value == best.bound == 291_000
    reached = keys + best.minority * minority + best.frpl * frpl
    assert ((reached > best.cutoff) == best.admitted).all()


def programme(keys, minority, frpl, seats, target):
    """Largest sum of keys by HiGHS, a linear programme over the students."""
    sides = np.stack([np.ones(len(keys)), minority, frpl])
    solved = linprog(-keys, A_eq=sides, b_eq=[seats, *target], bounds=(0, 1), method="highs")
    return -solved.fun if solved.status == 0 else None


@pytest.mark.parametrize("seed", range(300))
def test_highs_agrees(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 60))
    minority, frpl = rng.integers(0, 2, n), rng.integers(0, 2, n)
    keys = rng.permutation(10 * n)[:n].astype(np.int64)
    seats = int(rng.integers(1, n + 1))
    target = (int(rng.integers(0, seats + 1)), int(rng.integers(0, seats + 1)))
    expected = programme(keys, minority, frpl, seats, target)
    if expected is None:
        with pytest.raises(Unreachable, match=rf"no class of {seats} has {target[0]} minority"):
            best_class(keys, minority, frpl, seats, target)
        return
    close = best_class(keys, minority, frpl, seats, target)  # no room between the keys
    assert close.value == close.bound == round(expected)
    best = best_class(1000 * keys, minority, frpl, seats, target)
    assert best.value == best.bound
    assert best.value == pytest.approx(1000 * expected, rel=1e-9)
    here = best.admitted
    assert (here.sum(), minority[here].sum(), frpl[here].sum()) == (seats, *target)
    reached = 1000 * keys + best.minority * minority + best.frpl * frpl
    assert reached[here].min() >= best.cutoff
    assert reached[~here].max(initial=-(10**15)) <= best.cutoff


@pytest.mark.parametrize("seed", range(100))
def test_where_there_is_one_school_the_class_of_planted_bonuses_is_found_again(seed):
    pool = random_pool(seed, schools=1, longest=1, seats=60)
    rng = np.random.default_rng(seed)
    planted = rng.uniform(0.2, 4, 2) * 9 * POINT
    bonus = np.rint(planted[0] * pool.minority + planted[1] * pool.frpl).astype(np.int64)
    here = members(with_bonus(pool, bonus), pool.lists, 0)
    found = benchmark(pool, 0, composition(pool, here))
    assert np.array_equal(members(found.placement, pool.lists, 0), here)
    assert found.optimal and found.rounds <= 2


@pytest.mark.parametrize("seed", range(200))
def test_counts_are_met_exactly_in_systems_of_schools(seed):
    pool = random_pool(seed)
    rng = np.random.default_rng(seed)
    school = int(rng.integers(0, 3))
    planted = np.rint(rng.uniform(0.2, 4, 2) * 9 * POINT).astype(np.int64)
    placed = with_bonus(pool, planted[0] * pool.minority + planted[1] * pool.frpl)
    target = composition(pool, members(placed, pool.lists, school))
    found = benchmarks(pool, school, target)
    for one in found:
        here = members(one.placement, pool.lists, school)
        assert composition(pool, here) == target
        assert one.optimal
    sums = [pool.keys[members(one.placement, pool.lists, school)].sum() for one in found]
    assert sums == sorted(sums, reverse=True)


def test_a_class_that_is_not_the_best_is_not_called_optimal(monkeypatch):
    pool = random_pool(1, schools=1, longest=1, seats=60)
    target = composition(pool, members(with_bonus(pool, 0), pool.lists, 0))

    def worse(*given):
        best = best_class(*given)
        return replace(best, bound=best.bound + 1)

    assert benchmark(pool, 0, target).optimal
    monkeypatch.setattr("welfare_added.admissions.two_weights.best_class", worse)
    assert not benchmark(pool, 0, target).optimal


def test_a_class_that_cannot_be_had_is_refused_by_its_cell():
    keys, nobody = np.arange(5, dtype=np.int64), np.zeros(5, dtype=int)
    with pytest.raises(Unreachable, match="0 minority students without free lunch"):
        best_class(keys, nobody, nobody, 3, (1, 0))


@pytest.mark.parametrize("school", range(3))
@pytest.mark.parametrize("seed", range(20))
def test_all_weights_of_one_bonus_are_those_of_a_fine_scan(seed, school):
    pool = random_pool(seed, n=120, seats=20)

    def count(weight):
        placed = with_bonus(pool, index_bonus(weight, pool.minority))
        return int(pool.minority[members(placed, pool.lists, school)].sum())

    fine = np.arange(0, 30 * POINT, POINT // 40)
    counts = np.array([count(int(weight)) for weight in fine])
    target = int(np.median(counts))
    found = matching_weights(count, target, "minority bonus", 8 * POINT)
    for one in found:
        assert {count(weight) for weight in within(one)} == {target}
    inside = [any(one.first <= weight <= one.last for one in found) for weight in fine]
    most = found[-1].last
    missed = (counts == target) & ~np.array(inside) & (fine <= most)
    assert missed.mean() < 0.01  # intervals narrower than a step of the scan


def test_an_interval_is_cut_where_a_weight_within_it_does_not_match():
    """The scan, in steps of 8 or 9, passes over a hole in which a weight within is tried."""

    def count(weight):
        return 1 if 1199 <= weight <= 1203 else 2 * (weight >= 800) + (weight > 1600)

    assert matching_weights(count, 2, "x", 1700) == [Interval(800, 1198), Interval(1204, 1600)]


def test_intervals_narrower_than_a_step_are_found_at_every_crossing():
    """In a scan of steps of 1,000 the number rises and falls through the target."""

    def count(weight):
        ups = sum(weight >= edge for edge in (10_300, 10_310, 90_000))
        downs = sum(weight >= edge for edge in (40_500, 40_507))
        return ups - downs + 2 * (weight >= 90_000)

    found = matching_weights(count, 1, "x", 200_000)
    assert found == [Interval(10_300, 10_309), Interval(40_500, 40_506)]


def test_intervals_of_a_count_that_falls_again():
    def count(weight):
        return [1, 2, 3, 2, 3, 3, 5][min(weight // 1000, 6)]

    assert matching_weights(count, 2, "x", 4000) == [Interval(1000, 1999), Interval(3000, 3999)]
    assert matching_weights(count, 3, "x", 4000) == [Interval(2000, 2999), Interval(4000, 5999)]
    with pytest.raises(Unreachable, match="x: no weight meets 4 students; without it there are 1"):
        matching_weights(count, 4, "x", 4000)
    with pytest.raises(Unreachable, match="no weight brings 6 students in; the largest gives 5"):
        matching_weights(count, 6, "x", 4000)
