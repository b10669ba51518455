"""Students, teachers and schools of the state, by hand and against a slow second way."""

import numpy as np
import pandas as pd
import pytest
from small_world import Named, as_raw, records, state

from welfare_added.district.problems import DistrictError
from welfare_added.market.records import study_records
from welfare_added.market.teacher_records import experience_in, teacher_traits, teacher_years
from welfare_added.run.errors import UserError

CHOICES = {"years": (2015, 2016), "grades": (4,), "split": "economically_disadvantaged"}


def enrolment(student, year, grade, school, score, poor, race="white", class_id=None):
    return (student, year, grade, school, class_id, score, poor, race, "female")


def raw():
    """Two schools; school x has classes of teachers t and u, school y one of teacher v."""
    rows = [
        enrolment("a", 2014, 3, "x", 1.0, 0),
        enrolment("b", 2014, 3, "x", 3.0, 1, "black"),
        enrolment("c", 2014, 3, "y", 5.0, 1, "hispanic"),
        enrolment("d", 2014, 3, "y", np.nan, 0),
        enrolment("a", 2015, 4, "x", 10.0, 0, "white", "1"),
        enrolment("b", 2015, 4, "x", 20.0, 1, "black", "1"),
        enrolment("c", 2015, 4, "y", 60.0, 1, "hispanic", "3"),
        enrolment("d", 2015, 4, "y", 30.0, 0, "white", "3"),
        enrolment("e", 2015, 4, "x", np.nan, np.nan, None, "2"),
        enrolment("f", 2015, 4, "x", 30.0, 1, "black", "2"),
        enrolment("g", 2015, 3, "x", 1.0, 1, "black"),
        enrolment("h", 2015, 3, "x", 2.0, np.nan, "black"),
        enrolment("g", 2016, 4, "x", 7.0, 1, "black", "1"),
        enrolment("h", 2016, 4, "x", 9.0, np.nan, "black", "1"),
    ]
    names = [
        *("student_id", "year", "grade", "school_id", "class_id", "math_score"),
        *("economically_disadvantaged", "ethnicity", "gender"),
    ]
    classes = pd.DataFrame(
        {
            "class_id": ["1", "2", "3", "1"],
            "year": [2015, 2015, 2015, 2016],
            "grade": 4,
            "school_id": ["x", "x", "y", "x"],
            "teacher_id": ["t", "u", "v", "t"],
        }
    )
    teachers = pd.DataFrame(
        {
            "teacher_id": ["v", "u", "t"],
            "first_year": [2010.0, np.nan, 2015.0],
            "experience": [2.0, np.nan, np.nan],
            "gender": ["male", None, "female"],
            "ethnicity": ["black", None, "white"],
            "masters": [1.0, np.nan, 0.0],
        }
    )
    schools = pd.DataFrame(
        {
            "school_id": ["x", "x", "y"],
            "year": [2015, 2016, 2015],
            "district_id": ["m", "m", "n"],
            "title1": [1.0, 1.0, np.nan],
            "latitude": [35.0, 35.0, np.nan],
            "longitude": [-80.0, -80.0, np.nan],
        }
    )
    return as_raw(
        {
            "enrolments": pd.DataFrame(rows, columns=names),
            "classes": classes,
            "teachers": teachers,
            "schools": schools,
        }
    )


def made(**changed):
    return study_records(raw(), market="m", **{**CHOICES, **changed})


def test_the_sample_by_hand():
    students = made().students
    assert students[["student_id", "year"]].to_numpy().tolist() == [
        *(["a", 2015], ["b", 2015], ["c", 2015]),
        ["g", 2016],
    ]
    # 2014: 1, 3, 5 have mean 3 and SD sqrt(8/3); 2015: 10, 20, 30, 30, 60 have mean 30, SD sqrt(280).
    np.testing.assert_allclose(students["lagged_score"][:3], np.array([-2, 0, 2]) / np.sqrt(8 / 3))
    np.testing.assert_allclose(students["score"][:3], np.array([-20, -10, 30]) / np.sqrt(280))
    assert students["type"].tolist() == [0, 1, 1, 1]
    assert students["above_median"].tolist() == [0, 0, 1, 0]  # of 2016: g is at -1, h at 1
    assert students["teacher_id"].tolist() == ["t", "t", "v", "t"]
    assert students["district_id"].tolist() == ["m", "m", "n", "m"]


def test_steps_count_who_is_left():
    steps = made().steps
    assert steps["student_years"].tolist() == [8, 8, 7, 5, 4, 4]
    assert steps["teachers"].tolist() == [3, 3, 3, 2, 2, 2]
    assert steps["step"].tolist()[1] == "linked to a class with a known teacher"


def test_types_by_race_and_by_last_years_score():
    by_race = made(split="race").students.set_index(["student_id", "year"])["type"]
    assert by_race.to_dict() == {
        **{("a", 2015): 0, ("b", 2015): 1, ("c", 2015): 1},
        **{("g", 2016): 1, ("h", 2016): 1},
    }
    by_score = made(split="lagged_median").students.set_index(["student_id", "year"])["type"]
    assert by_score.to_dict() == {
        **{("a", 2015): 1, ("b", 2015): 1, ("c", 2015): 0},
        **{("g", 2016): 1, ("h", 2016): 0},
    }


def test_schools_by_hand():
    schools = made().schools.set_index(["school_id", "year"])
    one = schools.loc[("x", 2015)]
    assert one["class_size"] == 1.5  # class 1 has two tested students, class 2 one
    assert one["share_disadvantaged"] == pytest.approx(2 / 3)  # of the three whose type is known
    assert one["share_black"] == pytest.approx(2 / 3) and one["students"] == 4
    assert one["share_above_median"] == 0.0 and one["title1"] == 1 and bool(one["in_market"])
    other = schools.loc[("y", 2015)]
    assert other["share_hispanic"] == 0.5 and other["share_above_median"] == 1.0
    assert not other["in_market"] and np.isnan(other["title1"]) and np.isnan(other["latitude"])


def test_without_districts_all_schools_are_the_markets():
    schools = study_records(raw(), market=None, **CHOICES).schools
    assert schools["in_market"].all()


def test_teachers_by_hand():
    found = made().teachers.set_index(["teacher_id", "year"])
    assert found.index.tolist() == [("t", 2015), ("t", 2016), ("u", 2015), ("v", 2015)]
    assert found["experience"].tolist()[:2] == [0, 1]
    assert np.isnan(found.loc[("u", 2015), "experience"])
    assert found.loc[("v", 2015), "experience"] == 7
    assert found["female"].tolist()[:2] == [1, 1] and np.isnan(found.loc[("u", 2015), "female"])
    assert found.loc[("v", 2015), "black"] == 1 and found.loc[("t", 2015), "masters"] == 0
    assert found["in_market"].tolist() == [True, True, True, False]


def test_a_teacher_of_two_schools_is_where_most_students_are():
    traits = teacher_traits(raw().tables["teachers"])
    rows = pd.DataFrame(
        {
            "teacher_id": ["t"] * 3 + ["u"] * 2,
            "year": 2015,
            "school_id": ["x", "y", "y", "z", "q"],
            "student_id": list("abcde"),
            "district_id": "m",
            "in_market": True,
        }
    )
    assert teacher_years(rows, traits)["school_id"].tolist() == ["y", "q"]


def test_nobody_has_less_than_no_experience():
    traits = pd.DataFrame({"first_year": [2015.0, 2010.0], "earlier": [0.0, 3.0]})
    assert experience_in(traits, np.array([2013, 2013])).tolist() == [0, 6]


def test_wrong_choices_are_named():
    with pytest.raises(UserError, match=r"district\.split is 'gender'; choose economically_dis"):
        made(split="gender")
    with pytest.raises(UserError, match=r"district\.market is 'q', and no school has that dist"):
        study_records(raw(), market="q", **CHOICES)


def test_a_year_without_lagged_scores_is_refused():
    with pytest.raises(DistrictError, match=r"enrolments\.csv, column year: no row in 2013, from"):
        made(years=(2014, 2016))


def test_the_order_of_rows_does_not_count():
    tables = {
        name: rows.sample(frac=1, random_state=3).reset_index(drop=True)
        for name, rows in state().tables.items()
    }
    other = study_records(
        as_raw(tables),
        **{**CHOICES, "years": (2007, 2019), "grades": (4, 5)},
        market="d001",
    )
    for name in ("students", "teachers", "traits", "schools", "steps"):
        pd.testing.assert_frame_equal(getattr(other, name), getattr(records(), name))


def test_a_slow_second_way_gives_the_same_schools():
    enrolments = state().tables["enrolments"]
    for school, year in (("h0003", 2010), ("h0041", 2019), ("h0017", 2007)):
        rows = enrolments[(enrolments["school_id"] == school) & (enrolments["year"] == year)]
        rows = rows[rows["grade"].isin([4, 5])]
        one = records().schools.set_index(["school_id", "year"]).loc[(school, year)]
        assert one["share_disadvantaged"] == pytest.approx(
            rows["economically_disadvantaged"].mean()
        )
        assert one["share_black"] == pytest.approx((rows["ethnicity"] == "black").mean())
        tested = rows[rows["math_score"].notna()]
        sizes = [len(of) for _, of in tested.groupby("class_id")]
        assert one["class_size"] == pytest.approx(np.mean(sizes)) and one["students"] == len(rows)


def test_scores_are_standardised_within_year_and_grade():
    linked = records().students
    assert linked.groupby(["year", "grade"])["score"].mean().abs().max() < 0.06
    assert linked.groupby(["year", "grade"])["score"].std().between(0.95, 1.05).all()
    assert Named("x.csv").place(0) == "row 1"
