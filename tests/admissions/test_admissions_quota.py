"""Classes of a wanted composition: by hand, against HiGHS, in whole systems of schools."""

from dataclasses import replace

import numpy as np
import pytest
from admissions_cases import random_pool
from scipy.optimize import linprog

from welfare_added.admissions.keys import POINT
from welfare_added.admissions.pool import members, with_bonus
from welfare_added.admissions.quota import Unreachable, best_class
from welfare_added.admissions.tuning import START, IndexSteps, Interval, _joined
from welfare_added.admissions.two_weights import (
    Seekers,
    benchmark,
    benchmarks,
    bonus_of,
    composition,
    wants_seat,
)
from welfare_added.assignment.seats import Placement


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
    fine = np.arange(0, 30 * POINT, POINT // 40)
    placements = [with_bonus(pool, int(weight) * pool.minority) for weight in fine]
    classes = [members(placed, pool.lists, school) for placed in placements]
    counts = np.array([pool.minority[here].sum() for here in classes])
    target = int(np.median(counts))
    found = IndexSteps(pool, pool.minority, school, pool.minority).tuned(target)
    inside = [any(one.first <= weight <= one.last for one in found.intervals) for weight in fine]
    assert np.array_equal(inside, counts == target)
    for one in found.intervals:
        for weight in (one.first - 1, one.last + 1):
            if 0 <= weight <= fine[-1]:
                here = members(with_bonus(pool, weight * pool.minority), pool.lists, school)
                assert pool.minority[here].sum() != target
    sums = [pool.keys[here].sum() for here in classes]
    used = members(with_bonus(pool, found.weight * pool.minority), pool.lists, school)
    assert pool.keys[used].sum() >= max(
        one for one, is_in in zip(sums, inside, strict=True) if is_in
    )


def test_weights_that_touch_are_one_interval():
    first, last = np.array([0, 10, 15, 40]), np.array([4, 14, 19, 50])
    assert _joined(first, last) == (Interval(0, 4), Interval(10, 19), Interval(40, 50))


def test_weights_by_hand_and_counts_that_none_gives():
    """Four want two seats; one minority student starts 19 steps behind and one far behind."""
    pool = random_pool(1, n=4, schools=1, longest=1, seats=2)
    pool = replace(
        pool,
        keys=np.array([900, 899, 880, 1]) * POINT,
        minority=np.array([0, 0, 1, 1]),
        lists=np.zeros((4, 1), dtype=int),
    )
    steps = IndexSteps(pool, pool.minority, 0, pool.minority)
    assert steps.tuned(0).intervals == (Interval(0, 19 * POINT),)
    assert steps.tuned(1).intervals == (Interval(19 * POINT + 1, 2 * START),)
    assert steps.tuned(2).intervals == (Interval(899 * POINT + 1, 64 * START),)
    assert steps.tuned(1).intervals == (Interval(19 * POINT + 1, 2 * START),)
    with pytest.raises(Unreachable, match="none meets 3 students; without it there are 0, and up"):
        steps.tuned(3)
    ahead = replace(pool, minority=np.array([1, 0, 1, 1]))
    with pytest.raises(Unreachable, match=rf"0 students.* 1, and .* {2 * START} from 1 to 2"):
        IndexSteps(ahead, ahead.minority, 0, ahead.minority).tuned(0)


@pytest.mark.parametrize("seed", range(30))
def test_targets_that_share_what_is_placed_find_what_each_finds_alone(seed):
    pool = random_pool(seed)
    rng = np.random.default_rng(seed)
    seekers = Seekers(pool, 0)
    for _ in range(4):
        planted = np.rint(rng.uniform(0.2, 4, 2) * 9 * POINT).astype(np.int64)
        placed = with_bonus(pool, planted[0] * pool.minority + planted[1] * pool.frpl)
        target = composition(pool, members(placed, pool.lists, 0))
        shared, alone = benchmarks(pool, 0, target, seekers), benchmarks(pool, 0, target)
        assert [(one.minority, one.frpl, one.rounds) for one in shared] == [
            (one.minority, one.frpl, one.rounds) for one in alone
        ]
        again = with_bonus(pool, bonus_of(pool, (shared[0].minority, shared[0].frpl)))
        assert np.array_equal(shared[0].placement.choice, again.choice)
        assert np.array_equal(shared[0].placement.kind, again.kind)


def test_who_wants_a_seat_by_hand():
    """Placed there; placed at a school wanted less; nowhere; at one wanted more; not listing it."""
    pool = random_pool(1, n=5, schools=3, longest=3)
    lists = np.array([[0, 1, 2], [0, 1, 2], [1, 0, -1], [1, 0, 2], [1, 2, -1]])
    pool = replace(pool, lists=lists)
    placement = Placement(np.array([0, 2, -1, 0, -1]), np.array([0, 0, -1, 0, -1]))
    assert wants_seat(pool, placement, 0).tolist() == [True, True, True, False, False]
