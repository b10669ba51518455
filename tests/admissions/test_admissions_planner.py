"""Every plan over the range of its weight."""

import numpy as np
import pandas as pd
import pytest
from admissions_cases import random_pool

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.plan_tables import all_plan_tables
from welfare_added.admissions.planner import Range, placed, positions, tuned_values
from welfare_added.admissions.planner_tables import CUTOFFS, planner_tables, tract_shapes
from welfare_added.admissions.plans import PLANS, Setting, outcome
from welfare_added.admissions.pool import members
from welfare_added.admissions.quota import CELLS
from welfare_added.admissions.two_weights import composition

TIERS = {"open_share": 0.3, "tiers": 4, "open_first": True, "rounding": "down"}
SPAN = Range(number=11, reach=2.5, largest=20)


@pytest.fixture(scope="module")
def setting() -> Setting:
    rng = np.random.default_rng(6)
    pool = random_pool(5, n=600)
    index = np.clip(0.3 + 0.3 * pool.minority + rng.normal(0, 0.15, len(pool)), 0, 1)
    rank = rng.random(len(pool)) - 0.3 * pool.minority
    return Setting(pool, {"reweighted": index}, {"top_tracts": rank}, TIERS)


@pytest.fixture(scope="module")
def target(setting) -> tuple[int, int]:
    """More minority and free-lunch students than by score alone."""
    score = placed(setting, 0, "score", ()).placement
    minority, frpl = composition(setting.pool, members(score, setting.pool.lists, 0))
    return minority + 6, frpl + 4


@pytest.fixture(scope="module")
def plans(setting, target) -> pd.DataFrame:
    return all_plan_tables(setting, ["a", "b", "c"], {0: target}).plans


@pytest.fixture(scope="module")
def tables(setting, plans):
    tract = np.array(["t1", "t2", "t3"])[np.arange(len(setting.pool)) % 3]
    return planner_tables(setting, {"a": 0}, tract, plans, SPAN)


def own_plans(plans):
    return plans[plans["tuned_at"] == "a"].set_index("plan").to_dict("index")


def test_weights_are_even_and_the_tuned_one_is_among_them(setting):
    every = positions(setting, 0, "reweighted", (4.0,), SPAN)
    assert [one.shown[0] for one in every] == pytest.approx(np.linspace(0, 10, 11))
    assert [one.tuned for one in every].index(True) == 4
    assert every[4].choice == (4 * STEPS_A_POINT * POINT,)
    coarse = Range(number=4, reach=2.5, largest=20)
    weights = [one.shown[0] for one in positions(setting, 0, "reweighted", (6.0,), coarse)]
    assert weights == pytest.approx([0, 5, 6, 10, 15])


def test_both_bonuses_of_the_benchmark_grow_in_proportion(setting):
    every = positions(setting, 0, "benchmark", (4.0, -1.0), SPAN)
    assert every[2].shown == pytest.approx((2, -0.5)) and every[4].tuned
    assert positions(setting, 0, "benchmark", (), SPAN) == []
    (none,) = positions(setting, 0, "benchmark", (0.0, 0.0), SPAN)
    assert none.choice == (0, 0) and none.tuned


@pytest.mark.parametrize("tuned", [(), (0.0,)])
def test_a_plan_without_a_tuned_weight_goes_up_to_the_largest(setting, tuned):
    every = positions(setting, 0, "reweighted", tuned, SPAN)
    assert [one.shown[0] for one in every] == pytest.approx(np.linspace(0, 20, 11))
    assert [one.tuned for one in every] == [bool(tuned)] + [False] * 10


def test_shares_and_seats_hold_what_is_in_force_and_what_is_tuned(setting):
    shares = positions(setting, 0, "tiers", (), Range(3, 2.5, 20))
    assert [(one.choice, one.tuned) for one in shares] == [
        ((0.0,), False),
        ((0.3,), True),
        ((0.5,), False),
        ((1.0,), False),
    ]
    seats = positions(setting, 0, "top_tracts", (7.0,), SPAN)
    assert [one.choice[0] for one in seats] == [0, 4, 7, 8, 12, 16, 20, 24, 28, 32, 36, 40]
    assert [one.choice[0] for one in seats if one.tuned] == [7]


def test_at_the_tuned_value_everybody_is_where_the_tuned_plan_places_her(setting, plans, target):
    own, compared = own_plans(plans), []
    for plan in setting.names():
        if plan in own and own[plan]["unreachable"]:
            continue
        for one in positions(setting, 0, plan, tuned_values(own, plan), SPAN):
            if one.tuned:
                here = placed(setting, 0, plan, one.choice).placement.school(setting.pool.lists)
                there = outcome(plan, setting, 0, target).placement.school(setting.pool.lists)
                np.testing.assert_array_equal(here, there)
                compared.append(plan)
    assert {"tiers", "benchmark", "race_only", "reweighted", "top_tracts"} <= set(compared)


def test_without_weight_share_or_seats_every_plan_is_admission_by_score(setting, plans):
    score = placed(setting, 0, "score", ()).placement.school(setting.pool.lists)
    for plan, place in {"tiers": -1, "race_only": 0, "reweighted": 0, "benchmark": 0}.items():
        every = positions(setting, 0, plan, tuned_values(own_plans(plans), plan), SPAN)
        there = placed(setting, 0, plan, every[place].choice).placement.school(setting.pool.lists)
        np.testing.assert_array_equal(there, score)


def test_classes_are_those_of_the_placements(setting, tables, plans):
    pool, every = setting.pool, tables.classes
    assert set(every["plan"]) == {*setting.names()} < {*PLANS}
    for plan in ("tiers", "frpl_only", "top_tracts"):
        rows = every[every["plan"] == plan].reset_index(drop=True)
        made = positions(setting, 0, plan, tuned_values(own_plans(plans), plan), SPAN)
        assert list(rows["position"]) == list(range(len(made)))
        for position, row in zip(made, rows.to_dict("records"), strict=True):
            here = members(placed(setting, 0, plan, position.choice).placement, pool.lists, 0)
            wanted = class_statistics(pool, here)
            assert [row[name] for name in STATISTICS] == pytest.approx(
                [wanted[name] for name in STATISTICS], abs=1e-9, nan_ok=True
            )
            for name, (minority, frpl) in zip(CUTOFFS, CELLS, strict=True):
                cell = pool.scores[here & (pool.minority == minority) & (pool.frpl == frpl)]
                assert row[name] == pytest.approx(min(cell, default=np.nan), nan_ok=True)


def test_efficiency_is_missing_without_distortion_and_one_for_the_race_only_plan(tables):
    race = tables.classes[tables.classes["plan"] == "race_only"]
    assert (
        race.loc[race["position"] == 0, ["efficiency_sd", "efficiency_mean"]].isna().all(axis=None)
    )
    tuned = race[race["tuned"] == 1]
    assert tuned["efficiency_sd"].item() == tuned["efficiency_mean"].item() == 1


def test_histograms_and_the_displaced_add_up_to_the_classes(tables):
    keys = ["school", "plan", "position"]
    classes = tables.classes.set_index(keys)
    sums = tables.histograms.groupby(keys)["students"].sum()
    pd.testing.assert_series_equal(
        sums.reindex(classes.index), classes["students"], check_names=False
    )
    minority = tables.histograms.query("minority == 1").groupby(keys)["students"].sum()
    share = minority.reindex(classes.index, fill_value=0) / classes["students"]
    np.testing.assert_allclose(share, classes["minority"])
    moved = tables.displaced.groupby(keys)[["displaced", "newly_admitted"]].sum()
    full = moved[moved.index.map(classes["students"]) == classes["students"].max()]
    assert len(full) > 20 and (full["displaced"] == full["newly_admitted"]).all()
    assert (tables.displaced[["displaced", "newly_admitted"]].max(axis=1) > 0).all()
    assert "score" not in set(tables.displaced["plan"])


def test_shapes_of_several_parts_are_several_rings():
    square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    hole = [[0.4, 0.2], [0.6, 0.2], [0.6, 0.3], [0.4, 0.2]]
    features = [
        {"properties": {"geoid": "1"}, "geometry": {"type": "Polygon", "coordinates": [square]}},
        {
            "properties": {"geoid": "2"},
            "geometry": {"type": "MultiPolygon", "coordinates": [[square, hole], [hole]]},
        },
    ]
    table = tract_shapes(features)
    assert list(table) == ["tract", "ring", "longitude", "latitude"]
    counts = table.groupby(["tract", "ring"]).size()
    assert counts.to_dict() == {("1", 0): 4, ("2", 0): 4, ("2", 1): 4}
    assert table.query("tract == '2' and ring == 1")["longitude"].tolist() == [0.4, 0.6, 0.6, 0.4]
