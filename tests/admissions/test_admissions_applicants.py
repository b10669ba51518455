"""Applicants from raw tables: exclusions, checks, keys, lists."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from applicant_tables import YEAR, raw_tables

from welfare_added.admissions.applicants import study_applicants
from welfare_added.admissions.index_table import index_table
from welfare_added.admissions.indices import USED
from welfare_added.admissions.keys import POINT, ScoreScale
from welfare_added.admissions.plans import wanted_class
from welfare_added.admissions.pool import with_bonus
from welfare_added.admissions.setting import choice_columns, places_of, pool_of, setting_of
from welfare_added.admissions.targets import check_targets
from welfare_added.district.problems import DistrictError
from welfare_added.run.errors import UserError

CHOICES = {
    "scale": ScoreScale(0, 100, 900),
    "minority": ["black", "hispanic"],
    "asian": ["asian"],
    "unusable": "refuse",
    "seed": 1,
}
TIERS = {"open_share": 0.3, "tiers": 4, "open_first": True, "rounding": "down"}


def study(raw, **changes):
    return study_applicants(raw, **{**CHOICES, **changes})


def test_everybody_of_complete_tables_is_kept_with_her_tract_and_list():
    raw = raw_tables()
    found = study(raw).table
    given = raw.tables["applicants"].set_index("applicant_id")
    assert list(found["applicant_id"]) == sorted(given.index)
    tier = given["tract"].map({"t1": 1, "t2": 2, "t3": 3, "t4": 4})
    assert list(found["tier"]) == list(tier.loc[found["applicant_id"]])
    assert np.allclose(
        found["composite_score"], given["composite_score"].loc[found["applicant_id"]]
    )
    assert list(found["minority"]) == [
        int(race in ("black", "hispanic")) for race in given["race"].loc[found["applicant_id"]]
    ]
    choices = raw.tables["choices"]
    for row in found.to_dict("records"):
        own = choices[choices["applicant_id"] == row["applicant_id"]].sort_values("rank")
        listed = [row[name] for name in choice_columns(found) if isinstance(row[name], str)]
        assert listed == list(own["school_id"])


def test_keys_order_by_score_then_by_the_tie_breaks_in_their_order():
    raw = raw_tables(applicants=60)
    table = raw.tables["applicants"]
    table["composite_score"] = np.where(np.arange(60) % 2, 99.0, 100.0)
    found = study(raw).table.set_index("applicant_id")["key"]
    breaks = ["composite_score", "core_total", "grades_points", "standardized_points"]
    breaks += ["math_points", "reading_points"]
    order = table.sort_values([*breaks], ascending=False)
    values = order[breaks].to_numpy()
    decided = (values[:-1] != values[1:]).any(axis=1)
    keys = found.loc[order["applicant_id"]].to_numpy()
    assert len(np.unique(keys)) == 60
    assert (keys[:-1] > keys[1:])[decided].all()
    assert ((keys // POINT) == np.rint(order["composite_score"] * 9)).all()


def test_nothing_depends_on_the_order_of_rows():
    raw, mixed = raw_tables(), raw_tables()
    for name, table in mixed.tables.items():
        mixed.tables[name] = table.sample(frac=1, random_state=3).reset_index(drop=True)
    pd.testing.assert_frame_equal(study(raw).table, study(mixed).table)


def test_a_scale_of_nine_hundred_points_gives_the_same():
    raw, other = raw_tables(), raw_tables()
    other.tables["applicants"]["composite_score"] *= 9
    found = study(other, scale=ScoreScale(0, 900, 900)).table
    pd.testing.assert_frame_equal(study(raw).table, found)


SPOILED = {
    "score": ("applicants", "composite_score", 3, None, "composite_score: empty"),
    "tract": ("applicants", "tract", 3, "nowhere", "no such tract in that year"),
    "race": ("applicants", "race", 3, None, "race or frpl is empty"),
    "lunch": ("applicants", "frpl", 3, np.nan, "race or frpl is empty"),
}


def spoil(case):
    table, column, row, value, text = SPOILED[case]
    raw = raw_tables()
    raw.tables[table].loc[row, column] = value
    return raw, text


@pytest.mark.parametrize("case", SPOILED)
def test_an_applicant_who_lacks_something_is_refused_by_file_column_line_and_remedy(case):
    raw, text = spoil(case)
    with pytest.raises(DistrictError) as error:
        study(raw)
    said = str(error.value)
    assert text in said
    assert "applicants.csv" in said
    assert "line 5" in said
    assert "district.unusable to leave_out" in said


@pytest.mark.parametrize("case", SPOILED)
def test_or_is_left_out_counted_and_said(case, caplog):
    raw, text = spoil(case)
    found = study(raw, unusable="leave_out")
    assert len(found.table) == 39
    assert "a03" not in set(found.table["applicant_id"])
    counts = found.steps["applicants"].tolist()
    assert counts[0] == 40
    assert counts[-1] == 39
    assert text in caplog.text


def test_a_tract_without_indicators_is_a_restriction_of_its_own():
    raw = raw_tables()
    raw.tables["tracts"].loc[1, "isat"] = np.nan
    lives_there = (raw.tables["applicants"]["tract"] == "t2").sum()
    steps = study(raw, unusable="leave_out").steps.set_index("step")["applicants"]
    assert steps["tier known"] == 40
    assert steps["tract's indicators and children known"] == 40 - lives_there
    with pytest.raises(DistrictError, match="a tract without indicators or children"):
        study(raw)


def test_a_gap_in_a_list_is_named_by_the_file_of_choices():
    raw = raw_tables()
    choices = raw.tables["choices"]
    one = choices[choices["rank"] == 1].index[0]
    choices.loc[one, "rank"] = 4
    with pytest.raises(DistrictError, match=r"choices.csv, column rank: a gap in the preference"):
        study(raw)
    steps = study(raw, unusable="leave_out").steps.set_index("step")["applicants"]
    assert steps["no gap in the list of schools"] == 39


def test_who_lists_nothing_is_kept():
    raw = raw_tables()
    choices = raw.tables["choices"]
    raw.tables["choices"] = choices[choices["applicant_id"] != "a00"]
    found = study(raw).table.set_index("applicant_id")
    assert found.loc["a00", choice_columns(found)].isna().all()


CONTRADICTIONS = {
    "off the scale": ("applicants", "composite_score", 101.0, "outside 0 to 100"),
    "between two steps": ("applicants", "composite_score", 99.05, "none of 900 steps"),
    "tier of another tract": ("applicants", "tier", "other", "not the tier of the tract"),
    "nobody's choice": ("choices", "applicant_id", "b99", "not in the table of applicants"),
    "unknown school": ("choices", "school_id", "w", "not in the table of schools"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
@pytest.mark.parametrize("unusable", ["refuse", "leave_out"])
def test_tables_that_contradict_each_other_are_refused(case, unusable):
    table, column, value, text = CONTRADICTIONS[case]
    raw = raw_tables()
    if value == "other":
        value = 1 + int(raw.tables["applicants"]["tract"][0][1]) % 4
    raw.tables[table].loc[0, column] = value
    with pytest.raises(DistrictError, match=text) as error:
        study(raw, unusable=unusable)
    assert f"{table}.csv, column {column}" in str(error.value)
    assert "Remedy" in str(error.value)


def test_a_school_listed_twice_is_refused():
    raw = raw_tables()
    choices = raw.tables["choices"]
    twice = choices.iloc[[0]].assign(rank=9)
    raw.tables["choices"] = pd.concat([choices, twice], ignore_index=True)
    with pytest.raises(DistrictError, match="lists a second time"):
        study(raw, unusable="leave_out")


def test_a_tier_of_ones_own_stands_in_for_an_unknown_tract():
    raw = raw_tables()
    raw.tables["applicants"].loc[0, ["tract", "tier"]] = ["nowhere", 2]
    steps = study(raw, unusable="leave_out").steps.set_index("step")["applicants"]
    assert steps["tier known"] == 40
    assert steps["tract's indicators and children known"] == 39


@pytest.fixture
def studied():
    raw = raw_tables(applicants=80)
    return study(raw).table, raw.tables["schools"], raw.tables["tracts"]


def test_the_pool_places_whom_the_tables_would(studied):
    """An independent placement by plain loops over the tables."""
    table, schools, _ = studied
    pool = pool_of(table, schools)
    left = dict(zip(schools["school_id"], schools["seats"], strict=True))
    wanted = {}
    for row in table.sort_values("key", ascending=False).to_dict("records"):
        listed = [row[name] for name in choice_columns(table) if isinstance(row[name], str)]
        taken = next((school for school in listed if left[school]), None)
        if taken:
            left[taken] -= 1
        wanted[row["applicant_id"]] = taken
    got = with_bonus(pool, 0).school(pool.lists)
    names = [*schools["school_id"], None]
    assert [names[place] for place in got] == [wanted[one] for one in table["applicant_id"]]


def test_indices_and_local_ranks_by_hand(studied):
    table, _, tracts = studied
    coefficients = {
        "plain": {"education": -0.4, "two_parent": -0.4, "isat": -0.2},
        "frpl": {"education": -0.2, "two_parent": -0.4, "isat": -0.2, "frpl": 0.2},
    }
    found = index_table(table, tracts, coefficients, grades=13)
    better_off = table[USED[0]].to_numpy()
    frpl = table["frpl"].to_numpy()
    assert np.allclose(found["unweighted"], 1 - better_off)
    assert np.allclose(found["unweighted_frpl"], (3 * (1 - better_off) + frpl) / 4)
    assert np.allclose(found["reweighted"], 1 - better_off)
    assert np.allclose(found["reweighted_frpl"], 0.8 * (1 - better_off) + 0.2 * frpl)
    one = table.reset_index(drop=True)
    place = one[one["tract"] == "t2"].sort_values("key", ascending=False).index
    assert np.allclose(found.loc[place, "top_tracts"], np.arange(1, len(place) + 1) / 20)
    south = one[one["community_area"] == "s"].sort_values("key", ascending=False).index
    assert np.allclose(found.loc[south, "top_communities"], np.arange(1, len(south) + 1) / 50)


def setting(studied):
    table, schools, tracts = studied
    weights = dict.fromkeys(USED, -1.0)
    indices = index_table(table, tracts, {"plain": weights, "frpl": {**weights, "frpl": 1}}, 13)
    return setting_of(table, schools, indices, TIERS)


def test_a_setting_refuses_indices_of_others(studied):
    table, schools, tracts = studied
    weights = dict.fromkeys(USED, -1.0)
    indices = index_table(table, tracts, {"plain": weights, "frpl": {**weights, "frpl": 1}}, 13)
    with pytest.raises(ValueError, match="other applicants"):
        setting_of(table, schools, indices.sample(frac=1, random_state=1), TIERS)


def test_a_target_above_those_who_list_the_school_is_refused_with_the_number(studied):
    made = setting(studied)
    names = list(studied[1]["school_id"])

    def wanting(number):
        return replace(made, targets={2: {"minority": number}})

    check_targets(wanting(3), names)
    assert wanted_class(wanting(3), 2) == (3, wanted_class(made, 2)[1])
    with pytest.raises(UserError, match=r"plans.targets.z.minority is 9, and there are 8 seats"):
        check_targets(wanting(9), names)
    few = np.zeros(len(made.pool), dtype=int)
    few[0] = 1
    made = replace(made, pool=replace(made.pool, minority=few))
    with pytest.raises(UserError, match=r"there are \d minority applicants who list it"):
        check_targets(wanting(2), names)


def test_an_unknown_school_is_named_with_those_there_are():
    assert places_of(["x", "y"], ["y"]) == [1]
    with pytest.raises(
        UserError, match=r"names w, not in the table of schools\. Its school_id are x, y"
    ):
        places_of(["x", "y"], ["w"])


def test_years_are_kept_apart():
    one, other = raw_tables(), raw_tables(seed=5, year=YEAR - 1)
    both = raw_tables()
    for name in both.tables:
        both.tables[name] = pd.concat([one.tables[name], other.tables[name]], ignore_index=True)
    found = study(both)
    assert found.steps.groupby("application_year")["applicants"].last().to_dict() == {
        YEAR - 1: 40,
        YEAR: 40,
    }
    apart = study(one).table
    together = found.table[found.table["application_year"] == YEAR].reset_index(drop=True)
    columns = [name for name in apart if name != "key"]
    pd.testing.assert_frame_equal(apart[columns], together[columns])
