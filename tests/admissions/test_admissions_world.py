"""The synthetic applicants: what their parameters do, where they live, and how they score."""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.admissions.keys import STEPS_A_POINT
from welfare_added.admissions.synthetic_scores import TIE_BREAKS, composite_scores, score_points
from welfare_added.admissions.tracts import INDICATORS, read_tracts
from welfare_added.admissions.world import draws_of, pool_of, world
from welfare_added.run.choices import read_yaml

PAPER = Path(__file__).parents[2] / "workflow/papers/ellison_2020"
TRACTS = read_tracts(PAPER / "tracts/tracts.csv")
PARAMETERS = read_yaml(PAPER / "calibration/parameters.yaml")
COUNTS = {2009: 1000, 2010: 4000, 2011: 2500, 2012: 2500, 2013: 6000}
STUDIED = 2013
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
    tiers = PARAMETERS["years"][STUDIED]["tiers"]
    wanted = pd.Series(tiers) / sum(tiers.values())
    error = np.sqrt(wanted * (1 - wanted) / COUNTS[STUDIED])
    assert ((shares[wanted.index] - wanted).abs() < 4 * error).all()


def test_scores_have_their_top(made):
    everyone = pd.concat([made.earlier, made.studied])
    for year, table in everyone.groupby("application_year"):
        share = (table["composite_score"] >= 96 - 1e-9).mean()
        assert share == pytest.approx(PARAMETERS["years"][year]["share_96"], rel=0.05)
        assert table["composite_score"].between(PARAMETERS["score"]["lowest"] - 1, 100).all()
        steps = table["composite_score"] * STEPS_A_POINT
        assert np.allclose(np.rint(steps), steps, atol=1e-9)


def test_points_add_up_to_the_score(made):
    points = made.studied[list(TIE_BREAKS)]
    composite = points[["core_total", "grades_points", "standardized_points"]]
    assert np.allclose(composite.sum(axis=1), made.studied["composite_score"] * STEPS_A_POINT)
    assert (points["math_points"] + points["reading_points"]).equals(points["standardized_points"])
    assert (composite <= 300).all(axis=None) and (points[["math_points"]] <= 150).all(axis=None)
    assert composite.std().min() > 5  # each part tells something of its own


def test_points_stay_on_their_scale_for_every_score():
    scores = np.repeat(np.arange(901) / STEPS_A_POINT, 40)
    points = score_points(scores, np.random.default_rng(1).random((len(scores), 3)))
    assert points.to_numpy().min() == 0
    assert points.max().tolist() == [300, 300, 300, 150, 150]
    whole = points[["core_total", "grades_points", "standardized_points"]].sum(axis=1)
    assert np.allclose(whole, scores * STEPS_A_POINT)


def test_scores_follow_ability():
    ability = np.random.default_rng(1).standard_normal(500)
    scores = composite_scores(ability, 0.1, {"top_power": 2, "lowest": 40, "lower_power": 1})
    assert (np.diff(scores[np.argsort(ability)]) >= 0).all()
    assert scores.max() == 100 and scores.min() == pytest.approx(40, abs=0.5)


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
    fewer = {year: number for year, number in COUNTS.items() if year > 2010}
    alone = world(draws_of(fewer, 10, 1), TRACTS, PARAMETERS)
    pd.testing.assert_frame_equal(made.studied, alone.studied)


def test_every_applicant_is_enrolled_in_three_grades(made):
    enrolments = made.enrolments
    assert not enrolments.duplicated(["student_id", "year"]).any()
    assert set(enrolments["grade"]) == {7, 8, 9}
    assert len(enrolments) == 3 * sum(COUNTS.values())
    applied = pd.concat([made.earlier, made.studied]).set_index("applicant_id")
    year = applied["application_year"].reindex(enrolments["student_id"]).to_numpy()
    assert (enrolments["year"] - enrolments["grade"] == year - 8).all()
    known = TRACTS[TRACTS["income"].notna()]
    assert set(enrolments["tract"]) <= set(known["geoid"])


def test_moves_have_their_rate_and_are_near(made):
    wide = made.enrolments.pivot(index="student_id", columns="grade", values="tract")
    everyone = sum(COUNTS.values())
    rate = PARAMETERS["moves"]["rate"]
    error = np.sqrt(rate * (1 - rate) / everyone)
    for grade in (7, 9):
        assert abs((wide[grade] != wide[8]).mean() - rate) < 4 * error
    applied = pd.concat([made.earlier, made.studied]).set_index("applicant_id")
    other = (applied["tract"].reindex(wide.index) != wide[8]).groupby(wide.index // 100_000).mean()
    for year, number in COUNTS.items():
        wanted = PARAMETERS["years"][year]["elsewhere"]
        assert abs(other[year] - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / number)
    places = TRACTS.set_index("geoid")[["longitude", "latitude"]] * [82.8, 111.0]
    moved = wide[wide[7] != wide[8]]
    between = places.loc[moved[7]].to_numpy() - places.loc[moved[8]].to_numpy()
    away = np.sqrt((between**2).sum(axis=1))
    anywhere = np.sqrt(((places.loc[moved[7]].to_numpy() - places.mean().to_numpy()) ** 2).sum(1))
    assert np.median(away) < np.median(anywhere)
    stay = changed(["moves", "rate"], 0.0).enrolments
    wide = stay.pivot(index="student_id", columns="grade", values="tract")
    assert wide[7].equals(wide[8].rename(7)) and wide[9].equals(wide[8].rename(9))


def test_effects_by_tier_and_by_group_move_those_alone(made):
    able = changed(["years", STUDIED, "ability", 1], 1.0)
    mean = [one.studied.groupby("tier")["composite_score"].mean()[1] for one in (made, able)]
    assert mean[1] > mean[0] + 3
    pd.testing.assert_frame_equal(able.earlier, made.earlier)
    wanted = changed(["years", STUDIED, "taste", 4], 3.0)
    numbers = np.isin(made.schools["school_id"], ["Payton", "Northside"]).nonzero()[0]
    listed = [np.isin(one.lists, numbers).any(axis=1) for one in (made, wanted)]
    differ = listed[0] != listed[1]
    assert (
        differ.any() and (made.studied.loc[differ, "tier"] == 4).all() and listed[1][differ].all()
    )
    slope = ["score", "minority_by", "isat"]
    steep = changed(slope, PARAMETERS["score"]["minority_by"]["isat"] + 3.0).studied
    rose = (steep["composite_score"] - made.studied["composite_score"])[
        made.studied["minority"] == 1
    ]
    isat = made.studied.loc[rose.index, "isat"]
    assert rose[isat > 0.8].mean() > 3 and rose[isat < 0.2].mean() < -3
