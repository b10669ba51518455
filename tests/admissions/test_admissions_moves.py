"""Moves of applicants between tiers: tables by hand, and a planted rate of moving."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from welfare_added.admissions.moves import (
    PARTS,
    SAMPLES,
    move_tables,
    moving_rate,
    paper_samples,
    printed_table,
)
from welfare_added.run.errors import UserError

# Tiers of Chicago's census tracts in three years: number of tracts and of school-age children by
# path (open-city/cps-tiers, MIT; figures of Chicago Public Schools).
TIER_PATHS = """tier_2012,tier_2013,tier_2014,tracts,children
1,1,1,120,76945
1,1,2,16,5830
1,1,3,1,510
1,2,1,10,5754
1,2,2,30,15708
1,2,3,4,1572
1,3,2,1,51
2,1,1,22,17279
2,1,2,15,7134
2,2,1,8,8521
2,2,2,77,55832
2,2,3,7,3950
2,3,2,7,4247
2,3,3,24,10566
2,3,4,1,213
2,4,4,1,407
3,2,2,23,12622
3,2,3,8,4378
3,3,2,12,7122
3,3,3,119,71866
3,3,4,7,2870
3,4,3,4,1046
3,4,4,16,6964
4,3,3,14,8813
4,3,4,4,2880
4,4,3,16,6232
4,4,4,229,96197
"""
YEARS = (2012, 2013, 2014)
MOVING_RATE = 0.03


def shares_of(moves, rows="tier_application", sample="all"):
    return printed_table(moves.shares, rows).loc[sample].to_numpy()


def students_by_part(moves, sample="all"):
    parts = moves.parts[moves.parts["sample"] == sample]
    return dict(zip(parts["part"], parts["students"], strict=True))


@pytest.fixture
def tables():
    """Six applicants of 2013; tract B is drawn into tier 3 in 2014."""
    applicants = pd.DataFrame(
        {
            "application_year": 2013,
            "applicant_id": ["s1", "s2", "s3", "s4", "s5", "s6"],
            "tract": ["A", "B", "B", "C", "D", "D"],
            "tier": [1, 2, 2, 2, 4, 4],
            "composite_score": [90.0, 91.0, 92.0, 93.0, 94.0, 95.0],
            "lists_payton_northside": [0, 1, 0, 1, 1, 0],
            "gains_from_lower_tier": [0, 0, 0, 0, 0, 1],
        }
    )
    enrolments = pd.DataFrame(
        [
            ("s1", 2014, 9, "A"),  # stays
            ("s2", 2014, 9, "B"),  # stays, tract redrawn
            ("s3", 2014, 9, "C"),  # moves within tier 2
            ("s4", 2014, 9, "D"),  # moves to tier 4
            ("s5", 2014, 8, "D"),  # not in grade 9
            ("s6", 2014, 9, None),  # address unknown
            ("s5", 2016, 9, "D"),  # too late
            ("zz", 2014, 9, "A"),  # did not apply
        ],
        columns=["student_id", "year", "grade", "tract"],
    )
    tiers = {"A": (1, 1, 1), "B": (2, 2, 3), "C": (2, 2, 2), "D": (4, 4, 4)}
    tract_tiers = pd.DataFrame(
        [
            (year, tract, tier)
            for tract, path in tiers.items()
            for year, tier in zip(YEARS, path, strict=True)
        ],
        columns=["year", "tract", "tier"],
    )
    return applicants, enrolments, tract_tiers


def test_six_students_by_hand(tables):
    moves = move_tables(*tables, grade=9)
    expected = np.zeros((4, 4))
    expected[0, 0] = expected[1, 2] = expected[1, 1] = expected[1, 3] = 0.25
    np.testing.assert_array_equal(shares_of(moves), expected)
    np.testing.assert_array_equal(shares_of(moves, "tier_enrolled"), expected.T)
    assert students_by_part(moves) == {
        "stayed": 1,
        "moved_within_tier": 1,
        "redrawing": 1,
        "moving": 1,
        "disagreement": 0,
    }
    assert moves.counts.iloc[0].to_dict() == {
        "cohort": 2012,
        "sample": "all",
        "applicants": 6,
        "not_enrolled": 1,
        "no_address": 1,
        "not_same_tier": 0,
        "students": 4,
    }
    rate = moving_rate(moves.parts).iloc[0]
    assert (rate["students"], rate["rate"], rate["standard_error"]) == (4, 0.5, 0.25)


@pytest.mark.parametrize("grade", [8, 10])
def test_students_in_another_grade_that_year_are_counted_as_not_enrolled(tables, grade):
    applicants, enrolments, tract_tiers = tables
    moves = move_tables(applicants, changed(enrolments, 4, "grade", grade), tract_tiers, grade=9)
    assert moves.counts.iloc[0]["not_enrolled"] == 1


def test_samples(tables):
    moves = move_tables(*tables, grade=9)
    assert list(moves.counts["sample"]) == list(SAMPLES)
    assert list(moves.counts["students"]) == [4, 0, 2, 0]
    assert students_by_part(moves, "payton_northside")["redrawing"] == 1
    assert np.isnan(shares_of(moves, sample="incentive")).all()


def test_top_decile_is_of_the_year_and_includes_ties(tables):
    applicants = pd.concat([tables[0].iloc[[0] * 20], tables[0].iloc[[1] * 10]], ignore_index=True)
    applicants["application_year"] = [2013] * 20 + [2014] * 10
    applicants["composite_score"] = [*range(17), 50, 50, 60, *range(200, 210)]
    top = paper_samples(applicants)["top_decile"]
    assert list(np.flatnonzero(top)) == [17, 18, 19, 29]


def test_tiers_of_the_application_year_leave_no_redrawing(tables):
    moves = move_tables(*tables, grade=9, tiers_of_application_year=True)
    parts = students_by_part(moves)
    assert (parts["redrawing"], parts["stayed"], parts["moving"]) == (0, 2, 1)


def test_a_tier_that_is_not_the_tracts_is_no_redrawing(tables):
    applicants = tables[0].assign(tier=[3, 2, 2, 2, 4, 4])
    parts = students_by_part(move_tables(applicants, *tables[1:], grade=9))
    assert (parts["disagreement"], parts["redrawing"]) == (1, 1)


def test_enrolments_with_tiers_alone_give_the_table_without_parts(tables):
    applicants, enrolments, tract_tiers = tables
    recorded = enrolments.merge(tract_tiers, how="left", on=["year", "tract"])
    with_tracts = move_tables(*tables, grade=9)
    moves = move_tables(applicants, recorded.drop(columns="tract"), tract_tiers, grade=9)
    pd.testing.assert_frame_equal(moves.shares, with_tracts.shares)
    pd.testing.assert_frame_equal(moves.counts, with_tracts.counts)
    assert moves.parts is None


def test_restriction_to_students_of_one_tier_before_and_after(tables):
    """The note of table A.3: who is not in all three grades, or changes tier among them, is out."""
    applicants, _, tract_tiers = tables
    paths = {
        "s1": "AAA",  # in the table, on the diagonal
        "s2": "BBB",  # redrawn in grade 9: left out
        "s3": "CCC",  # another tract of the same tier: in
        "s4": "DDD",  # applied from tier 2, lives in tier 4 throughout: in, off the diagonal
        "s5": "DD",  # not in grade 9
        "s6": "ADD",  # another tier in grade 7: left out
    }
    enrolments = pd.DataFrame(
        [
            (student, 2012 + place, 7 + place, tract)
            for student, path in paths.items()
            for place, tract in enumerate(path)
        ],
        columns=["student_id", "year", "grade", "tract"],
    )
    moves = move_tables(applicants, enrolments, tract_tiers, grade=7, same_tier_grades=(7, 8, 9))
    counts = moves.counts.iloc[0]
    assert tuple(counts[["not_enrolled", "not_same_tier", "students"]]) == (1, 2, 3)
    expected = np.zeros((4, 4))
    expected[0, 0] = expected[1, 1] = expected[1, 3] = 1 / 3
    np.testing.assert_allclose(shares_of(moves), expected)
    free = move_tables(applicants, enrolments, tract_tiers, grade=7)
    assert free.counts.iloc[0]["students"] == 6
    later = move_tables(applicants, enrolments, tract_tiers, grade=7, same_tier_grades=(8, 9))
    assert later.counts.iloc[0]["students"] == 4


def test_the_order_of_rows_does_not_matter(tables):
    moves = move_tables(*tables, grade=9)
    backwards = move_tables(*(one.iloc[::-1] for one in tables), grade=9)
    for name in ("shares", "parts", "counts"):
        pd.testing.assert_frame_equal(getattr(moves, name), getattr(backwards, name))


def test_layout_of_two_cohorts(tables):
    applicants, enrolments, tract_tiers = tables
    applicants = pd.concat([applicants, applicants.assign(application_year=2012)])
    enrolments = pd.concat([enrolments, enrolments.assign(year=enrolments["year"] - 1)])
    wide = printed_table(
        move_tables(applicants, enrolments, tract_tiers, grade=9).shares, "tier_enrolled"
    )
    assert wide.shape == (16, 8)
    assert list(wide.index.get_level_values("sample").unique()) == list(SAMPLES)
    assert list(wide.columns.get_level_values("cohort").unique()) == [2011, 2012]


def changed(table, row, column, value):
    table = table.copy()
    table.loc[row, column] = value
    return table


REFUSED = {
    "a tract that is not in the table": (
        lambda a, e, t: (a, changed(e, [0, 7], "tract", "17031990000"), t),
        ["enrolments, column tract: tracts that the table of tracts does not have in the year (1 row)",
         "    '17031990000'", "    Remedy: add the tracts to the table of tracts"],
    ),
    "an application's tract that is not in the table": (
        lambda a, e, t: (changed(a, [0, 1], "tract", "X"), e, t),
        ["applicants, column tract: tracts that the table of tracts does not have in the year (2 rows)", "'X'"],
    ),
    "a year without tiers": (
        lambda a, e, t: (a, e, t[t["year"] < 2014]),
        ["tracts, column year: no tiers of 2014", "the table has 2012 to 2013"],
    ),
    "two enrolments in a year": (
        lambda a, e, t: (a, pd.concat([e, e.iloc[:2]]), t),
        ["enrolments, column student_id and year: rows repeat the key of another (2 rows)"],
    ),
    "a fifth tier": (
        lambda a, e, t: (changed(a, 2, "tier", 5), e, t),
        ["applicants, column tier: not a tier (1 row)", "    '5'", "tiers are 1 to 4"],
    ),
    "a tract without a tier": (
        lambda a, e, t: (a, e, t.assign(tier=t["tier"].where(t["tract"] != "C"))),
        ["tract_tiers, column tier: not a tier (3 rows)", "    empty"],
    ),
    "an application without a tract": (
        lambda a, e, t: (changed(a, 3, "tract", None), e, t),
        ["applicants, column tract: empty (1 row)", "or leave these applicants out"],
    ),
    "a sample's column that is missing": (
        lambda a, e, t: (a.drop(columns="gains_from_lower_tier"), e, t),
        ["applicants, column gains_from_lower_tier: the column is missing"],
    ),
    "a sample's column that is not binary": (
        lambda a, e, t: (a.assign(lists_payton_northside=[0, 1, 2, np.nan, 1, 0]), e, t),
        ["applicants, column lists_payton_northside: neither 0 nor 1 (2 rows)", "'2.0'"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_with_the_tables_is_told(tables, case):
    change, texts = REFUSED[case]
    with pytest.raises(UserError) as error:
        move_tables(*change(*tables), grade=9)
    for text in texts:
        assert text in str(error.value)


def test_at_most_three_unknown_tracts_are_named(tables):
    applicants, enrolments, tract_tiers = tables
    with pytest.raises(UserError, match="5 rows") as error:
        move_tables(
            applicants.assign(tract=list("VWXYZD")), enrolments.assign(tract="A"), tract_tiers, 9
        )
    assert [one for one in "VWXYZ" if f"'{one}'" in str(error.value)] == ["V", "W", "X"]
    with pytest.raises(UserError, match="6 rows") as error:
        move_tables(applicants.assign(tier=range(10, 16)), enrolments, tract_tiers, 9)
    assert str(error.value).count("\n    '") == 3


@pytest.fixture(scope="module")
def city():
    """Tracts whose tiers have the paths of Chicago's, with their children."""
    paths = pd.read_csv(StringIO(TIER_PATHS))
    tracts = paths.loc[paths.index.repeat(paths["tracts"])].reset_index(drop=True)
    tracts["children"] /= tracts["tracts"]
    tracts["tract"] = [f"t{one:03d}" for one in range(len(tracts))]
    return tracts


def world(city, rng, grade, number):
    """Applicants of 2013 and enrolments in a grade; each moved with the planted probability."""
    year = 2013 + grade - 8
    probability = (city["children"] / city["children"].sum()).to_numpy()
    home = rng.choice(len(city), number, p=probability)
    other = rng.choice(len(city), number, p=probability)
    moves = (rng.random(number) < MOVING_RATE) & (other != home)
    address = np.where(moves, other, home)
    identifiers = [f"s{one}" for one in range(number)]
    applicants = pd.DataFrame(
        {
            "application_year": 2013,
            "applicant_id": identifiers,
            "tract": city["tract"].to_numpy()[home],
            "tier": city["tier_2013"].to_numpy()[home],
        }
    )
    enrolments = pd.DataFrame(
        {
            "student_id": identifiers,
            "year": year,
            "grade": grade,
            "tract": city["tract"].to_numpy()[address],
        }
    )
    return applicants, enrolments


def tiers_by_year(city):
    columns = {f"tier_{year}": year for year in YEARS}
    wide = city.set_index("tract")[list(columns)].rename(columns=columns)
    return wide.melt(var_name="year", value_name="tier", ignore_index=False).reset_index()


@pytest.mark.parametrize(("grade", "redrawn"), [(7, 0.228776), (9, 0.143070)])
def test_a_planted_rate_of_moving_is_recovered_in_spite_of_redrawing(city, grade, redrawn):
    """The rate within two standard errors in about 95 worlds of 100, redrawing without bias."""
    tract_tiers = tiers_by_year(city)
    covered, redrawing, off_diagonal = 0, [], []
    number = 3000
    for seed in np.random.SeedSequence(20200801 + grade).spawn(100):
        applicants, enrolments = world(city, np.random.default_rng(seed), grade, number)
        samples = {"all": np.ones(number, dtype=bool)}
        moves = move_tables(applicants, enrolments, tract_tiers, grade, samples=samples)
        rate = moving_rate(moves.parts).iloc[0]
        covered += abs(rate["rate"] - MOVING_RATE) <= 2 * rate["standard_error"]
        parts = students_by_part(moves)
        assert sum(parts.values()) == number and set(parts) == set(PARTS)
        table = moves.shares.pivot(
            index="tier_application", columns="tier_enrolled", values="students"
        )
        off = number - np.trace(table.to_numpy())
        assert parts["redrawing"] + parts["moving"] == off
        assert moves.shares["share"].sum() == pytest.approx(1, abs=1e-12)
        redrawing.append(parts["redrawing"] / number)
        off_diagonal.append(off / number)
    assert 90 <= covered <= 100
    expected = redrawn * (1 - MOVING_RATE)
    error = np.std(redrawing, ddof=1) / np.sqrt(len(redrawing))
    assert abs(np.mean(redrawing) - expected) < 3 * error
    # Most of the weight off the diagonal is no movement of students.
    assert np.mean(redrawing) > 0.85 * np.mean(off_diagonal)
