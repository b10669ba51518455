"""The best rule by tract: by hand, by enumeration, against HiGHS; rules on expected shares."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from admissions_cases import random_pool
from scipy.optimize import linprog
from scipy.sparse import csr_array

from welfare_added.admissions.best_rules import best_rules
from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.plans import Setting, current_class, outcome
from welfare_added.admissions.pool import members, with_bonus
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.tract_rule import NONE, prices, rule_at, tract_rule
from welfare_added.admissions.tract_shares import (
    PARTS,
    expected_rule,
    prior_strength,
    smoothed_shares,
)
from welfare_added.admissions.two_weights import wants_seat
from welfare_added.run.errors import UserError

UNIT = POINT * STEPS_A_POINT


def hand():
    """Two tracts: A 99 other, 95 and 94 minority; B 98 and 97 other, 96 minority."""
    points = np.array([95, 98, 99, 96, 97, 94])
    minority = np.array([1, 0, 0, 1, 0, 1])
    return points * UNIT, minority, np.array(["A", "B", "A", "B", "B", "A"]), points


def test_by_hand():
    keys, minority, tract, points = hand()
    rule = tract_rule(keys, minority, tract, 3, 1)
    assert sorted(points[rule.admitted]) == [95, 98, 99]
    assert (rule.value, rule.brought) == (292 * UNIT, 1)
    assert rule.cells.tolist() == ["A", "B"] and rule.counts.tolist() == [2, 1]
    assert (rule.cutoffs // UNIT).tolist() == [95, 98]
    assert [v // UNIT if v != NONE else None for v in rule.values] == [294, 292, 288, None]
    assert prices(rule) == {"one_more": 4.0, "one_fewer": 2.0}
    assert rule.bound.value == rule.value and 2 * UNIT <= rule.bonus <= 4 * UNIT
    assert tract_rule(keys, minority, tract, 3, 0).value == 294 * UNIT
    most = tract_rule(keys, minority, tract, 3, 2, exactly=True)
    assert most.value == 288 * UNIT and most.cutoffs[1] == keys.max() + 1
    assert np.isnan(prices(most)["one_more"])
    with pytest.raises(Unreachable, match="at least 3 minority students; it can have 0 to 2"):
        tract_rule(keys, minority, tract, 3, 3)
    with pytest.raises(Unreachable, match="at least 9"):
        tract_rule(keys, minority, tract, 3, 9)
    with pytest.raises(Unreachable, match="no rule fills them"):
        tract_rule(keys, minority, tract, 7, 1)


def instance(seed, most_cells=4):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 13))
    cell = rng.integers(0, rng.integers(1, most_cells + 1), n)
    keys = rng.permutation(30 * n)[:n].astype(np.int64)
    seats = int(rng.integers(1, n + 1))
    return keys, rng.integers(0, 2, n), cell, seats, int(rng.integers(0, seats + 1))


def by_enumeration(keys, minority, cell, seats):
    """Largest sum of keys by number of minority students, of all combinations of cutoffs."""
    groups = [np.flatnonzero(cell == one) for one in np.unique(cell)]
    groups = [group[np.argsort(-keys[group])] for group in groups]
    best = {}
    for counts in itertools.product(*(range(len(group) + 1) for group in groups)):
        if sum(counts) == seats:
            here = np.concatenate([g[:k] for g, k in zip(groups, counts, strict=True)])
            brought = int(minority[here].sum())
            best[brought] = max(best.get(brought, NONE), int(keys[here].sum()))
    return best


@pytest.mark.parametrize("exactly", [False, True])
@pytest.mark.parametrize("seed", range(80))
def test_no_combination_of_cutoffs_is_better(seed, exactly):
    keys, minority, cell, seats, target = instance(seed)
    best = by_enumeration(keys, minority, cell, seats)
    fits = [value for m, value in best.items() if (m == target if exactly else m >= target)]
    if not fits:
        with pytest.raises(Unreachable):
            tract_rule(keys, minority, cell, seats, target, exactly=exactly)
        return
    rule = tract_rule(keys, minority, cell, seats, target, exactly=exactly)
    here = rule.admitted
    assert rule.value == max(fits) == keys[here].sum() and here.sum() == seats
    assert rule.brought == minority[here].sum()
    assert rule.brought == target if exactly else rule.brought >= target
    assert {m: v for m, v in enumerate(rule.values) if v != NONE} == best
    assert rule.bound.value >= rule.value
    for one, lowest, count in zip(rule.cells, rule.cutoffs, rule.counts, strict=True):
        inside = cell == one
        assert (here[inside] == (keys[inside] >= lowest)).all() and here[inside].sum() == count


def programme(keys, minority, cell, seats, target, exactly):
    """The linear programme over mixtures of cutoffs, by HiGHS."""
    value, students, brought, owner = [], [], [], []
    for number, one in enumerate(np.unique(cell)):
        group = np.flatnonzero(cell == one)
        group = group[np.argsort(-keys[group])][:seats]
        value += [0, *np.cumsum(keys[group])]
        brought += [0, *np.cumsum(minority[group])]
        students += range(len(group) + 1)
        owner += [number] * (len(group) + 1)
    mixture = csr_array((np.ones(len(owner)), (owner, range(len(owner)))))
    sides = [*mixture.toarray(), students]
    right = [*np.ones(mixture.shape[0]), seats]
    if exactly:
        sides, right = [*sides, brought], [*right, target]
    more = {} if exactly else {"A_ub": [-np.array(brought)], "b_ub": [-target]}
    found = linprog(-np.array(value, float), A_eq=sides, b_eq=right, **more, method="highs")
    return -found.fun if found.status == 0 else None


@pytest.mark.parametrize("exactly", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_the_bound_is_the_linear_programme(seed, exactly):
    keys, minority, cell, seats, target = instance(1000 + seed)
    keys = keys * 1_000_000_000  # so that whole prices are fine enough
    try:
        rule = tract_rule(keys, minority, cell, seats, target, exactly=exactly)
    except Unreachable:
        return
    expected = programme(keys / 1e9, minority, cell, seats, target, exactly) * 1e9
    assert rule.bound.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_in_a_whole_pool_the_bound_is_the_linear_programme():
    pool = random_pool(3, n=2000)
    tract = np.random.default_rng(3).integers(0, 150, len(pool)) + 150 * (pool.minority & pool.frpl)
    rule = tract_rule(pool.keys, pool.minority, tract, 120, 50)
    expected = programme(pool.keys / UNIT, pool.minority, tract, 120, 50, False) * UNIT
    assert rule.bound.value == pytest.approx(expected, rel=1e-9)
    assert rule.value <= rule.bound.value <= rule.value + rule.bonus


def larger(seed):
    """Keys near each other, so that the best prices are far from whole."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 40))
    cell = np.sort(rng.integers(0, rng.integers(1, 8), n))
    keys = rng.permutation(3 * n)[:n].astype(np.int64)
    minority, seats = rng.integers(0, 2, n), int(rng.integers(1, n + 1))
    return keys, minority, cell, seats, int(rng.integers(0, seats + 1))


@pytest.mark.parametrize("exactly", [False, True])
@pytest.mark.parametrize("seed", [*range(40), 578, 757, 877])  # the last: the price rounded up
def test_no_whole_prices_give_a_smaller_bound(seed, exactly):
    keys, minority, cell, seats, target = larger(seed)
    try:
        rule = tract_rule(keys, minority, cell, seats, target, exactly=exactly)
    except Unreachable:
        return
    groups = [np.flatnonzero(cell == one) for one in np.unique(cell)]
    groups = [group[np.argsort(-keys[group])][:seats] for group in groups]

    def bound(seat, bonus):
        best = (np.cumsum(keys[g] + bonus * minority[g] - seat).max() for g in groups)
        return seats * seat - target * bonus + sum(max(one, 0) for one in best)

    bonuses = [rule.bonus + step for step in range(-9, 10)]
    bonuses = [one for one in bonuses if exactly or one >= 0]
    prices_of_seats = [rule.bound.seat + step for step in range(-9, 10)]
    tried = min(bound(seat, bonus) for bonus in bonuses for seat in prices_of_seats)
    assert rule.bound.value == bound(rule.bound.seat, rule.bonus) <= tried


def test_by_race_it_is_the_best_class_with_that_many():
    pool = random_pool(5)
    rule = tract_rule(pool.keys, pool.minority, pool.minority, 40, 20)
    best = [np.sort(pool.keys[pool.minority == one])[::-1][:20].sum() for one in (0, 1)]
    assert rule.value == sum(best) == rule.bound.value


@pytest.mark.parametrize("seed", range(5))
def test_finer_cells_are_not_worse_and_none_better_than_race(seed):
    pool = random_pool(seed)
    tract = np.random.default_rng(seed).integers(0, 20, len(pool)) + 20 * (pool.tier > 2)
    value = {
        name: tract_rule(pool.keys, pool.minority, cell, 40, 18).value
        for name, cell in {
            "coarse": tract // 4,
            "tract": tract,
            "with_frpl": 2 * tract + pool.frpl,
            "race": pool.minority,
        }.items()
    }
    assert value["coarse"] < value["tract"] <= value["with_frpl"] <= value["race"]


def test_the_order_of_applicants_and_a_constant_change_nothing():
    pool = random_pool(8)
    tract = np.random.default_rng(8).integers(0, 30, len(pool))
    rule = tract_rule(pool.keys, pool.minority, tract, 40, 22)
    mixed = np.random.default_rng(9).permutation(len(pool))
    again = tract_rule(pool.keys[mixed] + 7 * POINT, pool.minority[mixed], tract[mixed], 40, 22)
    assert np.array_equal(rule.admitted[mixed], again.admitted)
    assert again.value == rule.value + 40 * 7 * POINT and again.bonus == rule.bonus


def test_equal_sums_go_to_fewer_minorities_then_to_the_first_cells():
    keys, cell = np.array([10, 9, 9, 10]), np.array([1, 1, 0, 0])
    assert tract_rule(keys, np.zeros(4, int), cell, 3, 0).counts.tolist() == [2, 1]
    one = tract_rule(np.array([5, 5]), np.array([1, 0]), np.array([0, 1]), 1, 0)
    assert one.brought == 0


def test_expected_rule_by_hand():
    keys = np.array([99, 98, 97, 95, 93]) * UNIT
    share = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    rule = expected_rule(keys, share, 2, 1)
    # 95 passes 98 at a bonus of 6; 98 and 95 have a point more, but no bonus admits these two
    assert rule.admitted.tolist() == [False, False, True, True, False]
    assert (rule.value, rule.expected, rule.bonus) == (192 * UNIT, 1.25, 6 * UNIT + 1)
    assert rule.bound == 193.5 * UNIT
    assert expected_rule(keys, share, 2, 0).bonus == 0
    alike = np.array([0.49, 0.5, 0.5])  # takes a bonus of more than all points between the keys
    rule = expected_rule(keys[[0, 1, 4]], alike, 2, 1)
    assert rule.admitted.tolist() == [False, True, True] and rule.bonus > 500 * UNIT
    with pytest.raises(Unreachable, match=r"the largest number is 1\.8"):
        expected_rule(keys, share, 2, 2)


@pytest.mark.parametrize("seed", range(30))
def test_expected_rule_has_the_least_bonus_and_highs_agrees(seed):
    rng = np.random.default_rng(seed)
    pool = random_pool(seed, n=200)
    share = np.round(np.clip(0.5 * pool.minority + rng.random(200) / 2, 0, 1), 3)
    parts = np.rint(share * PARTS).astype(int)
    rule = expected_rule(pool.keys, share, 50, 24)
    assert rule.admitted.sum() == 50 and rule.expected >= 24
    assert rule.expected == pytest.approx(share[rule.admitted].sum(), abs=50 / PARTS)
    reached = pool.keys * PARTS + rule.bonus * parts
    assert reached[rule.admitted].min() >= reached[~rule.admitted].max()
    less = pool.keys * PARTS + (rule.bonus - 1) * parts
    assert rule.bonus == 0 or parts[np.argsort(-less)[:50]].sum() < 24 * PARTS
    found = linprog(
        -pool.keys / UNIT,
        A_eq=[np.ones(200)],
        b_eq=[50],
        A_ub=[-parts / PARTS],
        b_ub=[-24],
        bounds=(0, 1),
        method="highs",
    )
    assert rule.bound / UNIT == pytest.approx(-found.fun, rel=1e-9)
    assert rule.value <= rule.bound


def test_where_shares_are_race_itself_it_is_the_rule_by_race():
    pool = random_pool(2)
    expected = expected_rule(pool.keys, pool.minority.astype(float), 40, 20)
    by_race = tract_rule(pool.keys, pool.minority, pool.minority, 40, 20)
    assert np.array_equal(expected.admitted, by_race.admitted)
    assert expected.value == by_race.value and expected.expected == by_race.brought


def test_smoothed_shares_by_hand():
    minority, tract = np.array([1, 1, 0, 1]), np.array(["a", "a", "a", "b"])
    predicted = pd.Series({"a": 0.5, "b": 0.25, "c": 1.4})
    share = smoothed_shares(minority, tract, predicted, 3.0)
    assert share.to_dict() == pytest.approx({"a": 3.5 / 6, "b": 1.75 / 4, "c": 0.98})
    with pytest.raises(UserError, match=r"of 1 of 4 applicants \(b\)"):
        smoothed_shares(minority, tract, predicted[["a", "c"]], 3.0)


def test_the_strength_of_a_planted_prediction_is_recovered():
    rng = np.random.default_rng(1)
    predicted = pd.Series(rng.uniform(0.1, 0.9, 1500))
    for strength in (2.0, 20.0):
        true = rng.beta(strength * predicted, strength * (1 - predicted))
        tract = np.repeat(np.arange(1500), 8)
        minority = (rng.random(len(tract)) < true[tract]).astype(int)
        assert prior_strength(minority, tract, predicted) == pytest.approx(strength, rel=0.2)


def test_the_best_rules_beside_the_plan_in_force():
    pool = random_pool(11, n=900, seats=80)
    rng = np.random.default_rng(11)
    tract = rng.integers(0, 80, len(pool)) + 80 * (rng.random(len(pool)) < 0.7 * pool.minority)
    pool = replace(pool, tier=1 + (tract < 80) + 2 * (tract % 2))
    tiers = {"open_share": 0.3, "open_first": True, "rounding": "down"}
    setting = Setting(pool, {}, {}, tiers)
    target, _ = current_class(setting, 0)
    known = pd.Series(pool.minority).groupby(tract).mean().reindex(tract).to_numpy()
    cells = {"tract": tract, "tract_frpl": 2 * tract + pool.frpl}
    table = best_rules(setting, 0, cells, {"share": known}).set_index("rule")
    assert table.index.tolist() == ["score", "tiers", "race_only", "tract", "tract_frpl", "share"]
    assert table.loc["race_only", ["efficiency_sd", "efficiency_mean"]].tolist() == [1, 1]
    rules = table.loc[["tract", "tract_frpl"]]
    assert (rules["minority"] * 80 >= target - 1e-9).all()
    assert (rules["mean"] <= table["mean"]["race_only"]).all()
    assert (rules["efficiency_mean"] <= 1).all()
    assert table["efficiency_mean"]["tract"] > table["efficiency_mean"]["tiers"]
    assert (table["bound"].dropna() >= table["mean"][table["bound"].notna()]).all()
    assert (table["gap_to_bound"].dropna() >= 0).all() and table["expected"]["share"] >= target
    one = outcome("race_only", setting, 0, (target, 0))
    _, here = rule_at(pool, one.placement, tract, 0, target)
    wanted = wants_seat(pool, one.placement, 0)
    on_shares = expected_rule(pool.keys[wanted], known[wanted], 80, target)
    for name, value in (("tract", pool.keys[here].sum()), ("share", on_shares.value)):
        short = table["bound"][name] - value / (80 * UNIT)
        assert table["gap_to_bound"][name] == pytest.approx(short, abs=1e-9)
    assert table["gap_to_bound"]["share"] > 0
    assert table["sd"]["tract"] == class_statistics(pool, here)["sd"]
    assert not np.array_equal(here, members(with_bonus(pool, 0), pool.lists, 0))
    more = replace(setting, targets={0: {"minority": target + 2}})
    wanting = best_rules(more, 0, {"tract": tract}, {}).set_index("rule")
    assert wanting["minority"]["race_only"] * 80 == pytest.approx(target + 2)
    assert wanting["minority"]["tract"] * 80 >= target + 2 - 1e-9
