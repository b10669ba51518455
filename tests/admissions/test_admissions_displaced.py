"""Displaced students, histograms of scores, and the benchmark at the other schools."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from admissions_cases import random_pool

from welfare_added.admissions.displaced import (
    CHARACTERISTICS,
    displaced_by_decile,
    displaced_by_tract,
    home_percentiles,
    score_histograms,
)
from welfare_added.admissions.other_schools import (
    average_benchmark,
    average_bonuses,
)
from welfare_added.admissions.pool import with_bonus
from welfare_added.admissions.tracts import read_tracts
from welfare_added.admissions.two_weights import bonus_of
from welfare_added.run.errors import UserError

TRACTS = Path(__file__).parents[2] / "workflow/papers/ellison_2020/tracts/tracts.csv"
BENCHMARK, TIERS = np.array([0, 1, 0, 1, 2, -1, 0]), np.array([1, 2, -1, 0, 0, 1, 0])


def seven():
    return replace(
        random_pool(1, n=7),
        minority=np.array([1, 0, 0, 1, 1, 0, 1]),
        frpl=np.array([1, 0, 1, 0, 1, 1, 1]),
        scores=np.array([100, 99.5, 97.0, 96.9, 95, 94, 99]),
    )


def test_displaced_by_decile_by_hand():
    percentiles = pd.DataFrame({"income": [0.1, 0.95, 1.0, 0.31, np.nan, np.nan, 0.1]})
    table = displaced_by_decile(seven(), percentiles, BENCHMARK, TIERS, (0, 1))
    assert list(table.columns) == [
        *("characteristic", "decile", "displaced", "minority", "frpl", "students"),
    ]
    assert len(table) == 10 * 2 * 2 * 2 and (table["characteristic"] == "income").all()
    some = table[table["students"] > 0].drop(columns="characteristic")
    assert some.to_numpy().tolist() == [
        [1, 0, 1, 1, 2],
        [4, 0, 1, 0, 1],
        [10, 1, 0, 0, 1],
        [10, 1, 0, 1, 1],
    ]
    percentiles.loc[3, "income"] = np.nan
    with pytest.raises(UserError, match="income: missing for 1 of 5 admitted students"):
        displaced_by_decile(seven(), percentiles, BENCHMARK, TIERS, (0, 1))


def test_displaced_by_tract_by_hand():
    tract = np.array(["b", "a", "a", "b", "c", "c", "b"])
    table = displaced_by_tract(tract, BENCHMARK, TIERS, (0, 1))
    assert table.to_dict("list") == {
        "tract": ["a", "b", "c"],
        "displaced": [2, 0, 0],
        "not_displaced": [0, 3, 0],
        "newly_admitted": [0, 0, 2],
    }
    only = displaced_by_tract(tract, BENCHMARK, TIERS, (2,))
    assert only.to_dict("list") == {
        "tract": ["a", "c"],
        "displaced": [0, 1],
        "not_displaced": [0, 0],
        "newly_admitted": [1, 0],
    }


def test_every_student_of_the_benchmark_is_counted_once_in_each_characteristic():
    pool = random_pool(4)
    tracts = read_tracts(TRACTS)
    known = tracts.loc[tracts["income"].notna(), "geoid"].to_numpy()
    homes = np.random.default_rng(4).choice(known, len(pool))
    percentiles = home_percentiles(homes, tracts)
    assert list(percentiles.columns) == list(CHARACTERISTICS)
    assert percentiles.min().min() >= 0 and percentiles.max().max() <= 1
    assert percentiles["income"].equals(
        tracts.set_index("geoid")["income"].reindex(homes).reset_index(drop=True)
    )
    benchmark = with_bonus(pool, 30 * pool.minority * (1 << 20)).school(pool.lists)
    tiers = with_bonus(pool, 0).school(pool.lists)
    table = displaced_by_decile(pool, percentiles, benchmark, tiers, (0, 2))
    by_tract = displaced_by_tract(homes, benchmark, tiers, (0, 2))
    counted = table.groupby(["characteristic", "displaced"])["students"].sum().unstack()
    assert (counted[1] == by_tract["displaced"].sum()).all() and counted[1].min() > 0
    assert (counted[0] == by_tract["not_displaced"].sum()).all()
    assert (counted.sum(axis=1) == 80).all()
    assert by_tract["newly_admitted"].sum() == by_tract["displaced"].sum()


def test_histograms_by_hand():
    table = score_histograms(seven(), {"benchmark": BENCHMARK, "tiers": TIERS}, ["A", "B", "C"])
    assert table["students"].sum() == 6 + 6
    some = table[table["students"] > 0].to_numpy().tolist()
    assert some == [
        ["benchmark", "A", 97, 0, 1, 1],
        ["benchmark", "A", 99, 1, 1, 2],
        ["tiers", "A", 95, 1, 1, 1],
        ["tiers", "A", 96, 1, 0, 1],
        ["tiers", "A", 99, 1, 1, 1],
        ["benchmark", "B", 96, 1, 0, 1],
        ["benchmark", "B", 99, 0, 0, 1],
        ["tiers", "B", 94, 0, 1, 1],
        ["tiers", "B", 99, 1, 1, 1],
        ["benchmark", "C", 95, 1, 1, 1],
        ["tiers", "C", 99, 0, 0, 1],
    ]
    a = table[table["school"] == "A"]
    assert a.groupby("plan")["score"].unique().map(list).tolist() == [[95, 96, 97, 98, 99]] * 2


def test_bonuses_are_averaged_to_whole_units():
    assert average_bonuses([(10, 7), (13, 4)]) == (11, 5)
    assert average_bonuses([(10, 7)]) == (10, 7)
    assert average_bonuses([(-3, 0), (0, 0)]) == (-2, 0)


def test_the_average_of_a_bonus_with_itself_is_that_bonus():
    pool = random_pool(3)
    bonuses = (4 << 22, 2 << 22)
    one = average_benchmark(pool, [bonuses, bonuses])
    assert one.certificate.stable and one.weights == bonuses
    assert np.array_equal(one.placement.choice, with_bonus(pool, bonus_of(pool, bonuses)).choice)
    between = average_benchmark(pool, [(0, 0), bonuses])
    assert between.weights == (2 << 22, 1 << 22)
    assert not np.array_equal(between.placement.choice, one.placement.choice)
