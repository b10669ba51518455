"""The synthetic applicants: what their parameters do, their moments, and the search."""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.admissions.moments import distance, moments, published, search
from welfare_added.admissions.tracts import INDICATORS, read_tracts
from welfare_added.admissions.world import draws_of, pool_of, world
from welfare_added.run.choices import read_yaml

PAPER = Path(__file__).parents[2] / "workflow/papers/ellison_2020"
TRACTS = read_tracts(PAPER / "tracts/tracts.csv")
PARAMETERS = read_yaml(PAPER / "calibration/parameters.yaml")
COUNTS = {"earlier": 9000, "studied": 6000}
DRAWS = draws_of(COUNTS, 10, 1)


@pytest.fixture(scope="module")
def made():
    return world(DRAWS, TRACTS, PARAMETERS)


def changed(path, value):
    parameters = copy.deepcopy(PARAMETERS)
    *folders, last = path
    section = parameters
    for name in folders:
        section = section[name]
    section[last] = value
    return world(DRAWS, TRACTS, parameters)


def test_tracts_are_the_real_ones(made):
    assert len(TRACTS) == 799 and TRACTS["income"].isna().sum() == 3
    mean = TRACTS[list(INDICATORS)].mean(axis=1)
    assert (mean - TRACTS["ses_score"]).abs().max() < 1e-4
    known = TRACTS.set_index("geoid")
    for name in INDICATORS:
        assert np.array_equal(made.studied[name], known[name].reindex(made.studied["tract"]))
    tier = known["tier_2014_2015"].reindex(made.studied["tract"])
    assert np.array_equal(made.studied["tier"], tier)


def test_tiers_have_their_shares(made):
    shares = made.studied["tier"].value_counts(normalize=True)
    wanted = pd.Series(PARAMETERS["tiers"]) / sum(PARAMETERS["tiers"].values())
    error = np.sqrt(wanted * (1 - wanted) / COUNTS["studied"])
    assert ((shares[wanted.index] - wanted).abs() < 4 * error).all()


def test_scores_have_their_top(made):
    for table, pool in ((made.earlier, "earlier"), (made.studied, "studied")):
        share = (table["composite_score"] >= 96 - 1e-9).mean()
        assert share == pytest.approx(PARAMETERS["share_96"][pool], rel=0.05)
        assert table["composite_score"].between(PARAMETERS["score"]["lowest"] - 1, 100).all()
        assert np.allclose(table["composite_score"] * 9 % 1, 0, atol=1e-9) or np.allclose(
            np.rint(table["composite_score"] * 9), table["composite_score"] * 9
        )


def test_lists_have_no_gap_and_keys_no_tie(made):
    listed = made.lists >= 0
    assert listed[:, 0].all() and not (~listed[:, :-1] & listed[:, 1:]).any()
    keys = pool_of(made).keys
    assert len(np.unique(keys)) == len(keys)
    order = np.argsort(keys)
    assert (np.diff(made.studied["composite_score"].to_numpy()[order]) >= 0).all()


def test_a_parameter_moves_what_it_should_and_nobody_else(made):
    more = changed(["minority", "constant"], PARAMETERS["minority"]["constant"] + 0.5)
    assert (more.studied["minority"] >= made.studied["minority"]).all()
    assert more.studied["minority"].sum() > made.studied["minority"].sum()
    assert np.array_equal(more.studied["tract"], made.studied["tract"])
    poorer = changed(["frpl", "minority"], PARAMETERS["frpl"]["minority"] + 0.5)
    moved = poorer.studied["frpl"] != made.studied["frpl"]
    assert moved.any() and (made.studied.loc[moved, "minority"] == 1).all()
    loved = changed(["choice", "taste", "all", "King"], 5.0)
    king = list(made.schools["school_id"]).index("King")
    assert (loved.lists[:, 0] == king).mean() > (made.lists[:, 0] == king).mean()


def test_the_same_seed_gives_the_same_world_and_another_another(made):
    again = world(draws_of(COUNTS, 10, 1), TRACTS, PARAMETERS)
    pd.testing.assert_frame_equal(made.studied, again.studied)
    assert np.array_equal(made.lists, again.lists)
    other = world(draws_of(COUNTS, 10, 2), TRACTS, PARAMETERS)
    assert not other.studied["tract"].equals(made.studied["tract"])


def test_moments_are_those_that_are_published(made):
    target = published(read_yaml(PAPER / "calibration/inputs.yaml"))
    plan = {"open_share": 0.3, "open_first": True, "rounding": "down"}
    found = moments(made, plan)
    assert set(found.index) - set(target.index) == {"filled"}
    assert set(target.index) <= set(found.index) and found.notna().all()
    row = made.earlier["income"], made.earlier["minority"]
    assert found["slope.all_applicants.income"] == pytest.approx(np.polyfit(*row, 1)[0])
    assert distance(target, target, 0.03) == 0
    assert distance(1.03 * target, target, 0.03) == pytest.approx(0.3 * len(target), rel=0.01)


def test_the_search_finds_a_minimum():
    def loss(p):
        return (round(p["a"], 3) - 1.234) ** 2 + abs(p["b"] + p["a"]) + p["fixed"]

    told = []
    found = search({"a": 0.0, "b": 3.0, "fixed": 1.0}, {"a": 0.5, "b": 0.5}, loss, 40, told.append)
    assert found["fixed"] == 1.0 and loss(found) < 1.05
    assert len(told) == 40
