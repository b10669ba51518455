"""Levers of the tier plan: identities, tiers drawn anew on the real tracts, refusals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.efficiency import efficiency
from welfare_added.admissions.levers import COLUMNS, City, lever_settings, lever_table
from welfare_added.admissions.plans import Setting, UnstableError, outcome
from welfare_added.admissions.pool import members
from welfare_added.admissions.tract_percentiles import (
    child_percentile,
    quantile_number,
    redrawn_tiers,
)
from welfare_added.admissions.tracts import read_tracts
from welfare_added.admissions.world import draws_of, pool_of, world
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError

PAPER = Path(__file__).parents[2] / "workflow/papers/ellison_2020"
TRACTS = read_tracts(PAPER / "tracts/tracts.csv")
PLAN = {"open_share": 0.3, "open_first": True, "rounding": "down"}
LEVERS = {
    "open_share": [0.0, 0.3, 0.7, 1.0],
    "precedence": ["open_first", "tiers_first"],
    "rounding": ["down", "up"],
    "tiers": [1, 2, 4, 20],
    "vintage": ["tier_2012_2013", "tier_2014_2015"],
}


@pytest.fixture(scope="module")
def city():
    parameters = read_yaml(PAPER / "calibration/parameters.yaml")
    made = world(draws_of({2012: 100, 2013: 6000}, 10, 1), TRACTS, parameters)
    pool = pool_of(made)
    pool = replace(pool, seats=pool.seats * 2 // 5)
    return City(pool, made.studied["tract"].to_numpy(), TRACTS, PLAN)


SCHOOLS = {"Payton": 6, "Northside": 5}


@pytest.fixture(scope="module")
def table(city):
    return lever_table(city, LEVERS, SCHOOLS)


def of(table, lever, value):
    """The rows of a setting, but for its name."""
    rows = table[(table["lever"] == lever) & (table["value"] == value)]
    assert rows["school"].tolist() == list(SCHOOLS)
    return rows.drop(columns=["lever", "value"]).reset_index(drop=True)


def test_settings_that_are_the_plan_in_force_have_its_classes(city, table):
    placed = outcome("tiers", Setting(city.pool, {}, {}, PLAN), 0, (0, 0)).placement
    own = [
        class_statistics(city.pool, members(placed, city.pool.lists, k)) for k in SCHOOLS.values()
    ]
    in_force = of(table, "open_share", "0.30")
    pd.testing.assert_frame_equal(
        in_force[list(STATISTICS)], pd.DataFrame(own), check_dtype=False, check_exact=True
    )
    for lever, value in (
        ("precedence", "open_first"),
        ("rounding", "down"),
        ("tiers", "4"),
        ("vintage", "tier_2014_2015"),
    ):
        pd.testing.assert_frame_equal(of(table, lever, value), in_force)
    for lever, value in (("precedence", "tiers_first"), ("vintage", "tier_2012_2013")):
        assert not of(table, lever, value).equals(in_force)


def test_all_seats_open_or_one_tier_is_the_plan_by_score(city, table):
    placed = outcome("score", Setting(city.pool, {}, {}, PLAN), 0, (0, 0)).placement
    for lever, value in (("open_share", "1.00"), ("tiers", "1")):
        rows = of(table, lever, value)
        for school, row in zip(SCHOOLS.values(), rows.to_dict("records"), strict=True):
            own = class_statistics(city.pool, members(placed, city.pool.lists, school))
            assert {name: row[name] for name in STATISTICS} == own
            assert row["sd"] == row["score_sd"] and np.isnan(row["efficiency"])


def test_the_table_has_every_setting_and_the_efficiencies_of_its_columns(city, table):
    assert list(table.columns) == COLUMNS
    assert len(table) == 2 * sum(map(len, LEVERS.values()))
    assert table[["lever", "value"]].drop_duplicates()["lever"].tolist() == [
        lever for lever, values in LEVERS.items() for _ in values
    ]
    setting = Setting(city.pool, {}, {}, PLAN)
    row = of(table, "tiers", "20").iloc[0]
    number = round(row["minority"] * row["students"])
    one = outcome("race_only", setting, SCHOOLS["Payton"], (number, 0))
    here = members(one.placement, city.pool.lists, SCHOOLS["Payton"])
    assert city.pool.minority[here].sum() == number
    assert row["race_only_sd"] == class_statistics(city.pool, here)["sd"]
    score = {"sd": row["score_sd"]}
    assert row["efficiency"] == efficiency(score, row, {"sd": row["race_only_sd"]}, "sd")
    fewer_open = [of(table, "open_share", v)["sd"].iloc[0] for v in ("0.00", "0.30", "0.70")]
    assert fewer_open == sorted(fewer_open, reverse=True)


def test_a_benchmark_that_does_not_exist_is_missing(city):
    unlike = replace(city.pool, minority=1 - city.pool.minority)
    rows = lever_table(replace(city, pool=unlike), {"open_share": [0.0]}, {"Payton": 6})
    assert rows["race_only_sd"].isna().all() and rows["efficiency"].isna().all()
    assert rows["sd"].notna().all()


def test_other_levers_values_and_homes_are_refused(city):
    for wrong in (
        {"tiers": [0]},
        {"open_share": [1.2]},
        {"precedence": ["both"]},
        {"rounding": ["nearest"]},
        {"vintage": ["tier_1999"]},
        {"schools": [3]},
    ):
        (lever,) = wrong
        with pytest.raises(UserError, match=f"levers: {lever}: .* cannot be"):
            list(lever_settings(city, wrong))
    elsewhere = city.tract.copy()
    elsewhere[:3] = ["17031381700", "17031381700", "99"]
    moved = replace(city, tract=elsewhere)
    with pytest.raises(UserError, match="no tier for 2 tracts with 3 applicants"):
        list(lever_settings(moved, {"tiers": [4]}))


def test_an_unstable_placement_is_an_error(city, monkeypatch):
    def nobody(market):
        nowhere = np.full(len(market.lists), -1)
        return type(outcome("score", Setting(city.pool, {}, {}, PLAN), 0, (0, 0)).placement)(
            nowhere, nowhere
        )

    monkeypatch.setattr("welfare_added.admissions.plans.deferred_acceptance", nobody)
    with pytest.raises(UnstableError, match="blocking"):
        lever_table(city, {"rounding": ["up"]}, SCHOOLS)


def test_tiers_drawn_anew_are_those_in_force_where_the_scores_are_of_that_year():
    redrawn, published = redrawn_tiers(TRACTS, 4), TRACTS.set_index("geoid")
    known = redrawn.notna()
    assert known.sum() == 796
    assert (redrawn == published["tier_2014_2015"])[known].all()
    assert (redrawn != published["tier_2013_2014"])[known].sum() > 50


@pytest.mark.parametrize("tiers", [2, 5, 20])
def test_tiers_have_equal_numbers_of_children_and_rise_with_the_score(tiers):
    tier = redrawn_tiers(TRACTS, tiers).to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(tier)
    assert (~known).sum() == 3
    children = TRACTS["school_age_children"][known].groupby(tier[known]).sum()
    assert children.index.tolist() == list(range(1, tiers + 1))
    largest = TRACTS["school_age_children"].max()
    assert (children - children.sum() / tiers).abs().max() <= 2 * largest
    scores = TRACTS["ses_score"][known].groupby(tier[known]).agg(["min", "max"])
    assert (scores["min"].to_numpy()[1:] > scores["max"].to_numpy()[:-1]).all()


def test_percentiles_by_hand():
    values = pd.Series([0.2, 0.9, np.nan, 0.2, 0.5], index=list("abcde"))
    children = pd.Series([1, 5, 7, 2, 2], index=list("abcde"))
    percentile = child_percentile(values, children)
    assert percentile.drop("c").to_dict() == {"a": 0.3, "b": 1.0, "d": 0.3, "e": 0.5}
    assert np.isnan(percentile["c"])
    number = quantile_number(pd.Series([0.0, 0.1, 0.1000001, 0.1 + 0.2, 1.0, np.nan]), 10)
    assert number.dropna().tolist() == [1, 1, 2, 3, 10] and number.isna().tolist()[-1]


def test_the_city_scales_its_indicators_in_the_same_way():
    known = TRACTS[TRACTS["income"].notna()]
    ours = child_percentile(known["median_family_income"], known["school_age_children"])
    assert (ours - known["income"]).abs().max() < 0.003
