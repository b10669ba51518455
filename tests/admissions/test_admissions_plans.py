"""Plans by name: identities and limits, certificates, and what they are tuned to."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from admissions_cases import random_pool

from welfare_added.admissions.classes import all_classes, class_statistics
from welfare_added.admissions.efficiency import efficiency
from welfare_added.admissions.keys import POINT, strict_keys
from welfare_added.admissions.local_ranks import local_rank, local_rank_market, seats_reserved
from welfare_added.admissions.plans import (
    PLANS,
    RANK_PLANS,
    Setting,
    UnstableError,
    current_class,
    matched_benchmarks,
    outcome,
)
from welfare_added.admissions.pool import class_in_order, in_order, members, with_bonus
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.tier_plan import tier_plan, tier_seats
from welfare_added.admissions.two_weights import composition
from welfare_added.assignment.deferred_acceptance import deferred_acceptance

TIERS = {"open_share": 0.3, "open_first": True, "rounding": "down"}


def setting_of(seed, **changes):
    """Indices and ranks that tell something about who is a minority student."""
    pool = replace(random_pool(seed, n=600, seats=60), **changes)
    rng = np.random.default_rng(seed)
    index = np.clip(0.3 * pool.minority + 0.7 * rng.random(len(pool)), 0, 1)
    tract = rng.integers(0, 12, len(pool)) + 12 * pool.minority
    rank = local_rank(pool.keys, tract, np.full(len(pool), 40.0))
    indices = {"unweighted": index, "lasso_frpl": 0.5 * index + 0.5 * pool.frpl}
    pool = replace(pool, tier=1 + np.minimum((4 * (1 - index)).astype(int), 3))
    return Setting(pool, indices, {"top_tracts": rank}, TIERS)


@pytest.mark.parametrize("seed", range(6))
def test_every_plan_is_stable_and_meets_its_count(seed):
    setting = setting_of(seed)
    pool = setting.pool
    target = current_class(setting, 0)
    made = 0
    for name in setting.names():
        try:
            one = outcome(name, setting, 0, target)
        except Unreachable:
            continue
        made += 1
        assert one.certificate.stable
        own = composition(pool, members(one.placement, pool.lists, 0))
        if name in ("tiers", "benchmark"):
            assert own == target
        elif name == "frpl_only":
            assert own[1] == target[1]
        elif name != "score":
            assert own[0] == target[0]
        if one.tuned:
            low, high = one.tuned.mean
            mean = class_statistics(pool, members(one.placement, pool.lists, 0))["mean"]
            assert low <= mean <= high + 1e-12
            assert any(i.first <= one.tuned.weight <= i.last for i in one.tuned.intervals)
            if name not in RANK_PLANS:
                index = setting.indices.get(
                    name, pool.frpl if name == "frpl_only" else pool.minority
                )
                used, *ends = (
                    pool.keys[class_in_order(pool, pool.index_order(weight, index), 0)].sum()
                    for weight in (
                        one.tuned.weight,
                        *(end for i in one.tuned.intervals for end in (i.first, i.last)),
                    )
                )
                assert used >= max(ends)
    assert made >= 6
    assert set(setting.names()) < set(PLANS)


def test_a_plan_is_compared_with_the_best_class_of_its_own_numbers():
    setting = setting_of(1)
    pool = setting.pool
    bonus = 9 * POINT * (2 * pool.minority + pool.frpl)
    target = composition(pool, members(with_bonus(pool, bonus), pool.lists, 0))

    def statistics(one):
        return class_statistics(pool, members(one.placement, pool.lists, 0))

    matched = matched_benchmarks(setting, 0, target)
    benchmark, score = (
        outcome("benchmark", setting, 0, target),
        outcome("score", setting, 0, target),
    )
    for measure in ("sd", "mean"):
        same = statistics(benchmark)
        assert efficiency(statistics(score), same, statistics(matched["overall"]), measure) == 1
    means = {name: statistics(one)["mean"] for name, one in matched.items()}
    assert means["overall"] <= min(means["minority_only"], means["income_only"])


def same(one, other):
    return np.array_equal(one.choice, other.choice)


@pytest.mark.parametrize("seed", range(5))
def test_limits_of_the_tier_plan_are_the_score_plan(seed):
    pool = random_pool(seed)
    score = with_bonus(pool, 0)
    assert same(tier_plan(pool, open_share=1.0), score)
    assert same(tier_plan(replace(pool, tier=np.ones(len(pool), dtype=int)), tiers=1), score)
    assert not same(tier_plan(pool), score)


def test_seats_of_the_tier_plan():
    seats = np.array([220, 259, 3])
    assert tier_seats(seats, 0.3, 4, "down").tolist() == [
        [68, *[38] * 4],
        [79, *[45] * 4],
        [3, 0, 0, 0, 0],
    ]
    assert tier_seats(seats, 0.3, 4, "up")[0].tolist() == [64, *[39] * 4]
    assert (tier_seats(seats, 0.0, 4, "up").sum(axis=1) == seats).all()


@pytest.mark.parametrize("seed", range(10))
def test_the_class_of_one_school_needs_only_the_first_of_the_order(seed):
    pool = random_pool(seed, n=900, schools=4, seats=12 + seed)
    bonus = np.random.default_rng(seed).integers(0, 30 * POINT, len(pool)) * pool.minority
    whole = with_bonus(pool, bonus)
    for school in range(4):
        here = class_in_order(pool, pool.order(bonus), school)
        assert np.array_equal(here, members(whole, pool.lists, school))


def test_equal_sums_are_ordered_by_the_keys():
    pool = random_pool(7, n=2, schools=1, longest=1, seats=1)
    pool = replace(pool, keys=np.array([5, 9]), lists=np.zeros((2, 1), dtype=int))
    assert with_bonus(pool, np.array([4, 0])).choice.tolist() == [-1, 0]
    assert with_bonus(pool, np.array([5, 0])).choice.tolist() == [0, -1]


def test_a_large_bonus_admits_the_group_first():
    pool = random_pool(2, schools=1, longest=1, seats=30)
    here = members(with_bonus(pool, pool.minority * (1 << 34)), pool.lists, 0)
    assert pool.minority[here].all()


def test_adding_a_constant_or_permuting_applicants_changes_nothing():
    pool = random_pool(3)
    mixed = np.random.default_rng(1).permutation(len(pool))
    again = replace(
        pool,
        **{
            name: getattr(pool, name)[mixed]
            for name in ("scores", "minority", "frpl", "asian", "tier", "lists")
        },
        keys=pool.keys[mixed] + 5 * POINT,
    )
    for plan in (tier_plan, lambda one: with_bonus(one, one.minority * 9 * POINT)):
        assert np.array_equal(plan(pool).choice[mixed], plan(again).choice)


def test_raising_a_refused_score_above_the_cutoff_admits():
    pool = random_pool(4, schools=1, longest=1, seats=30)
    here = members(with_bonus(pool, 0), pool.lists, 0)
    refused = np.flatnonzero(~here & (pool.lists[:, 0] == 0))[0]
    keys = pool.keys.copy()
    keys[refused] = pool.keys[here].min() + 1
    raised = replace(pool, keys=keys)
    assert members(with_bonus(raised, 0), pool.lists, 0)[refused]


def test_local_ranks_by_hand():
    keys, tract = np.array([5, 9, 7, 1]), np.array(["a", "a", "b", "a"])
    assert local_rank(keys, tract, np.array([10, 10, 4, 10])).tolist() == [0.2, 0.1, 0.25, 0.3]
    assert seats_reserved(np.array([220, 259, 10]), 0, 55).tolist() == [55, 65, 3]
    pool = random_pool(5, n=4, schools=1, longest=1, seats=2)
    pool = replace(pool, keys=keys.astype(np.int64), lists=np.zeros((4, 1), dtype=int))
    rank = np.array([0.2, 0.1, 0.25, 0.05])
    one = deferred_acceptance(local_rank_market(pool, rank, np.array([1])))
    assert one.choice.tolist() == [-1, 0, -1, 0]  # by score, then the lowest local rank
    assert one.kind.tolist() == [-1, 0, -1, 1]


def test_keys_break_ties_in_the_stated_order():
    breaks = pd.DataFrame({"core": [1.0, 2.0, 2.0, np.nan], "grades": [9.0, 5.0, 6.0, 9.0]})
    keys = strict_keys(np.array([800, 800, 800, 800]), breaks, np.array([3, 1, 2, 0]))
    assert np.argsort(keys).tolist() == [3, 0, 1, 2]
    assert (keys // POINT).tolist() == [800] * 4
    none = pd.DataFrame(index=range(3))
    by_chance = strict_keys(np.array([1, 1, 2]), none, np.array([2, 1, 0]))
    assert np.argsort(by_chance).tolist() == [1, 0, 2]
    with pytest.raises(ValueError, match="recur"):
        strict_keys(np.array([1, 1]), none.head(2), np.array([1, 1]))


def test_statistics_by_hand():
    pool = random_pool(6, n=4, schools=1, longest=1)
    pool = replace(pool, scores=np.array([99.0, 97, 95, 93]), minority=np.array([0, 0, 1, 1]))
    one = class_statistics(pool, np.ones(4, dtype=bool))
    assert (one["students"], one["mean"], one["gap"], one["lowest"]) == (4, 96, 4, 93)
    assert one["sd"] == pytest.approx(np.sqrt(5)) and one["minority"] == 0.5
    assert np.isnan(class_statistics(pool, pool.minority == 1)["gap"])
    table = all_classes(pool, np.array([0, 0, -1, -1]), ["A", "B"])
    assert table["students"].tolist() == [2, 0] and np.isnan(table["mean"][1])


def test_an_unstable_placement_is_an_error(monkeypatch):
    setting = setting_of(0)

    def nobody(pool, order):
        placed = in_order(pool, order)
        return replace(
            placed, choice=np.full_like(placed.choice, -1), kind=np.full_like(placed.kind, -1)
        )

    monkeypatch.setattr("welfare_added.admissions.plans.in_order", nobody)
    with pytest.raises(UnstableError, match="blocking"):
        outcome("score", setting, 0, (0, 0))
