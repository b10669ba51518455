"""Traits and regressors against definitions worked out by hand and by pandas."""

import numpy as np
import pandas as pd
import pytest
from transfers_world import STUDY, as_raw, design, world

from welfare_added.run.errors import UserError
from welfare_added.transfers.design import build_design
from welfare_added.transfers.pairs import pair_regressors, student_teacher_pairs
from welfare_added.transfers.positions import grades_of, slots
from welfare_added.transfers.records import Study, transfer_records
from welfare_added.transfers.regressors import (
    DEMAND,
    OUTCOMES,
    SUPPLY,
    demand_regressors,
    outcome_regressors,
    supply_regressors,
)
from welfare_added.transfers.scores import mean_score
from welfare_added.transfers.traits import SCHOOL, Standards, teacher_traits

# A minority man with 6 years of education and 4 of experience, and a white woman with 5 and 22.
PEOPLE = pd.DataFrame(
    {
        "ethnicity": ["asian", "white"],
        "gender": ["male", "female"],
        "years_of_education": [6.0, 5.0],
        "experience": [4.0, 22.0],
    }
)
STANDARDS = Standards((5.0, 1.0), (13.0, 9.0))
SHARES = {name: np.full(2, 0.01 * place) for place, name in enumerate(SCHOOL, 1)}
SHARES |= {
    "share_minority": np.array([0.7, 0.7]),
    "teachers_minority": np.array([0.2, 0.2]),
    "average_score": np.array([-0.5, -0.5]),
    "average_experience": np.array([10.0, 10.0]),
    "average_standardised_experience": np.array([0.25, 0.25]),
}


def people() -> dict:
    table = teacher_traits(PEOPLE, STANDARDS)
    return {name: table[name].to_numpy() for name in table}


def test_traits_of_teachers_by_hand():
    made = people()
    assert made["minority"].tolist() == [1, 0] and made["other"].tolist() == [1, 0]
    assert made["black"].tolist() == made["hispanic"].tolist() == [0, 0]
    assert made["male"].tolist() == [1, 0]
    assert made["education"].tolist() == [1, 0] and made["experience"].tolist() == [-1, 1]


def test_regressors_of_supply_by_hand():
    rows = supply_regressors(people(), SHARES, np.array([12.5, 30.0]))
    made = pd.DataFrame(rows, columns=SUPPLY)
    assert made["driving_minutes"].tolist() == [12.5, 30.0]
    assert made["share_black"].tolist() == [0.01, 0.01]
    assert made["average_experience"].tolist() == [10, 10]
    assert made["students_match_minority"].tolist() == pytest.approx([0.7, 0.3])
    assert made["teachers_match_minority"].tolist() == pytest.approx([0.2, 0.8])
    assert made["education_x_minority"].tolist() == pytest.approx([0.7, 0.0])
    assert made["education_x_average_score"].tolist() == pytest.approx([-0.5, 0.0])
    assert made["experience_x_minority"].tolist() == pytest.approx([-0.7, 0.7])
    assert made["experience_x_average_score"].tolist() == pytest.approx([0.5, -0.5])
    assert made["experience_x_average_experience"].tolist() == pytest.approx([-0.25, 0.25])


def test_regressors_of_demand_by_hand():
    made = pd.DataFrame(demand_regressors(people(), SHARES), columns=DEMAND)
    assert made["male"].tolist() == [1, 0] and made["other"].tolist() == [1, 0]
    assert made["education"].tolist() == [1, 0] and made["experience"].tolist() == [-1, 1]
    assert made["match_minority_students"].tolist() == pytest.approx([0.7, 0.3])
    assert made["match_minority_teachers"].tolist() == pytest.approx([0.2, 0.8])
    assert made["experience_x_average_experience"].tolist() == pytest.approx([-0.25, 0.25])


def test_regressors_of_outcomes_by_hand():
    students = {
        "black": np.array([1.0, 0.0]),
        "hispanic": np.zeros(2),
        "other": np.zeros(2),
        "minority": np.array([1.0, 0.0]),
        "male": np.array([1.0, 1.0]),
        "low_income": np.array([1.0, 0.0]),
        "english_learner": np.zeros(2),
        "special_education": np.array([0.0, 1.0]),
    }
    pair = {
        "previous": np.array([-2.0, 0.5]),
        "class_size": np.array([0.02, 0.05]),
        "redesigned": np.array([0.0, 1.0]),
    }
    schools = {**SHARES, "share_low_income": np.array([0.6, 0.6])}
    made = pd.DataFrame(outcome_regressors(students, people(), schools, pair), columns=OUTCOMES)
    by_hand = {
        "prev_score": [-2.0, 0.5],
        "prev_score_sq": [4.0, 0.25],
        "prev_score_cube": [-8.0, 0.125],
        "black": [1, 0],
        "male": [1, 1],
        "special_education": [0, 1],
        "teacher_male": [1, 0],
        "teacher_other": [1, 0],
        "experience_2_3": [0, 0],
        "experience_4_6": [1, 0],
        "experience_7_up": [0, 1],
        "low_income_x_share_low_income": [0.6, 0.0],
        "class_size": [0.02, 0.05],
        "redesigned": [0, 1],
        "match_minority": [1, 1],
        "match_gender": [1, 0],
        "minority_x_education": [1, 0],
        "prev_score_x_education": [-2, 0],
        "minority_x_experience": [-1, 0],
        "prev_score_x_experience": [2, 0.5],
    }
    for name, values in by_hand.items():
        assert made[name].tolist() == pytest.approx(values), name


@pytest.mark.parametrize(("years", "indicator"), [
    (0, None), (1, None), (2, "experience_2_3"), (3, "experience_2_3"), (4, "experience_4_6"),
    (6, "experience_4_6"), (7, "experience_7_up"), (30, "experience_7_up"),
])  # fmt: skip
def test_indicators_of_experience(years, indicator):
    rows = PEOPLE.assign(experience=float(years))
    table = teacher_traits(rows, STANDARDS)
    who = {name: table[name].to_numpy() for name in table}
    zero = {name: np.zeros(2) for name in (*table, "low_income", "english_learner",
                                           "special_education")}  # fmt: skip
    pair = {name: np.zeros(2) for name in ("previous", "class_size", "redesigned")}
    made = pd.DataFrame(outcome_regressors(zero, who, SHARES, pair), columns=OUTCOMES)
    names = [name for name in OUTCOMES if name.startswith("experience_") and "_x_" not in name]
    assert [name for name in names if made[name].iloc[0]] == ([indicator] if indicator else [])


def test_traits_of_schools_are_means_of_their_students_and_teachers():
    tables, records = world().tables, design().records
    year = 2014
    rows = tables["enrolments"]
    last = rows[rows["year"] == year - 1].set_index("student_id")
    rows = rows[(rows["year"] == year) & rows["grade"].between(4, 8)].copy()
    tests = tables["tests"].set_index(["year", "grade", "subject"])
    for subject, column in (("math", "math_score"), ("reading", "ela_score")):
        before = last.reindex(rows["student_id"])
        norm = tests.loc[year - 1].xs(subject, level="subject").reindex(before["grade"])
        rows[subject] = (before[column].to_numpy() - norm["mean"].to_numpy()) / norm[
            "sd"
        ].to_numpy()
    rows["previous"] = rows[["math", "reading"]].mean(axis=1)
    by_school = rows.groupby("school_id")
    teachers = tables["positions"].merge(tables["teacher_years"], on=["teacher_id", "year"])
    teachers = teachers[teachers["year"] == year].groupby("school_id")
    made = pd.DataFrame(records.traits[year], index=records.schools)
    expected = {
        "share_black": by_school["ethnicity"].apply(lambda own: (own == "black").mean()),
        "share_other": by_school["ethnicity"].apply(
            lambda own: own.isin(["asian", "other"]).mean()
        ),
        "share_minority": by_school["ethnicity"].apply(lambda own: (own != "white").mean()),
        "share_low_income": by_school["low_income"].mean(),
        "average_score": by_school["previous"].mean(),
        "teachers_minority": teachers["ethnicity"].apply(lambda own: (own != "white").mean()),
        "average_experience": teachers["experience"].mean(),
        "average_standardised_experience": (teachers["experience"].mean() - 13.4) / 9,
    }
    for name, values in expected.items():
        np.testing.assert_allclose(made[name], values.reindex(made.index), atol=1e-12, err_msg=name)


def test_standards_of_the_sample():
    study = Study(**{**vars(STUDY), "standards": None})
    records = transfer_records(as_raw(world().tables), study)
    people = records.teacher_years
    own = people[people["position"] >= 0]
    for name in ("education", "experience"):
        assert own[name].mean() == pytest.approx(0, abs=1e-12)
        assert own[name].std(ddof=0) == pytest.approx(1)


def test_grades_and_slots_of_positions():
    rows = pd.DataFrame(
        {
            "position_id": ["a", "b"],
            "year": 2012,
            "school_id": "s",
            "grades": ["7 6", "4"],
            "subject": ["math", "both"],
            "fte": [1.0, 0.5],
        }
    )
    assert grades_of(rows).tolist() == [(6, 7), (4,)]
    made = slots(rows)
    assert made[["position", "grade", "subject", "fte"]].to_numpy().tolist() == [
        [0, 6, "math", 0.5],
        [0, 7, "math", 0.5],
        [1, 4, "math", 0.25],
        [1, 4, "reading", 0.25],
    ]
    assert grades_of(rows.assign(grades=["6-7", ""])).isna().all()


def with_a_second_teacher():
    """Tables in which teacher t99999 shares the slots of a position, and this position."""
    raw = as_raw(world().tables)
    positions, people = raw.tables["positions"], raw.tables["teacher_years"]
    one = positions[(positions["year"] == 2013) & (positions["subject"] == "math")].iloc[0]
    extra = people[(people["teacher_id"] == one["teacher_id"]) & (people["year"] == 2013)]
    raw.tables["teacher_years"] = pd.concat(
        [people, extra.assign(teacher_id="t99999")], ignore_index=True
    )
    raw.tables["positions"] = pd.concat(
        [
            positions,
            positions[positions.index == one.name].assign(
                position_id="p99999", teacher_id="t99999", fte=0.6
            ),
        ],
        ignore_index=True,
    )
    return raw, one


def test_a_score_of_two_teachers_is_one_row_of_their_mean():
    raw, one = with_a_second_teacher()
    stacked, mean = (build_design(raw, STUDY, teams=teams) for teams in ("stacked", "mean"))
    alone, both, sums = design().system.outcomes, stacked.system.outcomes, mean.system.outcomes
    shared = both.rows.sum() - alone.rows.sum()
    assert sums.rows.sum() == pytest.approx(alone.rows.sum()) and shared > 0
    assert sums.square == pytest.approx(alone.square) and both.square > alone.square
    teachers = mean.records.teachers
    first, second = (
        (sums.teacher == teachers.get_loc(name))
        & (sums.school == mean.records.schools.get_loc(one["school_id"]))
        for name in (one["teacher_id"], "t99999")
    )
    assert sums.rows[second] == pytest.approx(shared / 2)
    assert sums.rows[first] == pytest.approx(both.rows[first] - shared / 2)
    assert sums.score_sum[second] == pytest.approx(both.score_sum[second] / 2)
    assert set(sums.teammates.ravel()) == {np.flatnonzero(first)[0], np.flatnonzero(second)[0]}
    assert sums.overlap == pytest.approx([shared / 4])
    size = list(sums.names).index("class_size")
    assert sums.regressor_sum[second, size] == pytest.approx(both.regressor_sum[second, size] / 2)


def test_other_teams_are_refused():
    with pytest.raises(UserError, match=r"selection.teams: 'sum'; want stacked, mean"):
        build_design(as_raw(world().tables), STUDY, teams="sum")


def test_two_teachers_of_a_grade_and_subject_have_a_row_each_of_its_students():
    raw, one = with_a_second_teacher()
    before, records = design().pairs, transfer_records(as_raw(raw.tables), STUDY)
    after = student_teacher_pairs(records)
    added = np.flatnonzero(records.positions["position_id"] == "p99999")[0]
    rows = after.position == added
    same = after.position == np.flatnonzero(
        (records.positions["position_id"] == one["position_id"])
        & (records.positions["year"] == 2013)
    )
    assert rows.sum() == same.sum() == len(after.score) - len(before.score) > 0
    np.testing.assert_array_equal(after.score[rows], after.score[same])
    number = len(one["grades"].split())
    place = OUTCOMES.index("class_size")
    sizes = pair_regressors(records, after, np.flatnonzero(rows))[:, place]
    enrolled = (
        records.students[
            (records.students["year"] == 2013)
            & (records.students["school"] == records.schools.get_loc(one["school_id"]))
        ]
        .groupby("grade")
        .size()
    )
    grade = records.students["grade"].to_numpy()[after.student[rows]]
    np.testing.assert_allclose(sizes, 1.6 / number / enrolled.reindex(grade))


def test_a_position_below_half_time_teaches_nobody():
    raw = as_raw(world().tables)
    raw.tables["positions"].loc[0, "fte"] = 0.4
    made = transfer_records(raw, STUDY)
    assert len(made.positions) == len(world().tables["positions"]) - 1


def test_the_mean_of_scores_is_of_those_that_there_are():
    nan = np.nan
    made = mean_score(np.array([1.0, nan, 2.0, nan]), np.array([3.0, 4.0, nan, nan]))
    np.testing.assert_array_equal(made, [2.0, 4.0, 2.0, nan])


def test_students_without_last_years_score_are_in_no_pair():
    raw = as_raw(world().tables)
    rows = raw.tables["enrolments"]
    taught = rows[(rows["year"] == 2012) & (rows["grade"] == 5)]
    gone = rows["student_id"].isin(taught["student_id"]) & (rows["year"] == 2011)
    raw.tables["enrolments"] = rows[~gone].reset_index(drop=True)
    made = build_design(raw, STUDY)
    own = made.records.students.iloc[made.pairs.student]
    assert not ((own["year"] == 2012) & (own["grade"] == 5)).any()
    assert made.system.outcomes.rows.sum() == len(made.pairs.score) < len(design().pairs.score)
