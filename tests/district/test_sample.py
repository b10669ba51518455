import logging
import re
import statistics
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_layouts import LAYOUT

from welfare_added.district.problems import DistrictError
from welfare_added.district.sample import STUDENT_COLUMNS, analysis_sample, standardise
from welfare_added.district.tables import District, read_district
from welfare_added.district.vocabulary import OUTCOMES
from welfare_added.district.years import lag_years, studied_years

YEARS, GRADES = (2003, 2003), (3,)


@pytest.fixture
def sample(raw, export):
    return analysis_sample(read_district(export(raw), LAYOUT), YEARS, GRADES)


def test_scores_are_standardised_over_all_tested_students(sample):
    students = sample.students.set_index("student_id")
    # mean 5 and SD 2 over eight students, of whom 08 is in no class
    assert students["ela"].to_dict() == {
        "01": -0.5, "02": -1.5, "03": -0.5, "04": 0, "05": -0.5, "06": 1, "07": 0,
    }  # fmt: skip
    assert students["math"].tolist() == [0, 2, 1, -0.5, 0, -0.5, -1.5]
    assert students["lag_ela"].tolist() == [-1.5, -0.5, -0.5, -0.5, 0, 0, 1]
    assert students["lag_math"].tolist() == [2, 1, 0, 0, -0.5, -0.5, -0.5]


def test_students_at_the_median_are_lower_scoring_or_not_as_chosen(raw, export):
    district = read_district(export(raw), LAYOUT)
    at, below = (
        analysis_sample(district, YEARS, GRADES, lower=lower) for lower in ("at_or_below", "below")
    )
    # lags -1.5, three of -0.5 (the median), 0, 0, 1 in ELA; 2, 1, 0, 0, and three of -0.5 in math
    assert below.students["lower_ela"].tolist() == [True] + [False] * 6
    assert below.students["lower_math"].tolist() == [False] * 4 + [True] * 3
    assert at.students["lower_ela"].tolist() == [True] * 4 + [False] * 3
    assert at.students["lower_math"].tolist() == [False] * 2 + [True] * 5
    assert at.classes[["lower_ela", "lower_math"]].to_numpy().tolist() == [[3, 1], [1, 4]]


def test_lagged_controls_come_from_the_year_before(sample):
    students = sample.students
    np.testing.assert_allclose(students["lag_share_absent"], np.arange(7) / 100)
    assert students["lag_special_education"].tolist() == [1, 0, 1, 0, 1, 0, 1]
    assert students["lag_english_learner"].tolist() == [0, 0, 1, 0, 0, 0, 1]


def test_classes_count_their_sample_students(sample):
    assert sample.classes.to_dict("records") == [
        {
            "class_id": "k1", "year": 2003, "grade": 3, "school_id": "h1", "teacher_id": "007",
            "class_size": 3, "students": 3, "lower_ela": 3, "lower_math": 1,
            "black_hispanic": 1, "white_asian": 2,
        },
        {
            "class_id": "k2", "year": 2003, "grade": 3, "school_id": "h1", "teacher_id": "7",
            "class_size": 4, "students": 4, "lower_ela": 1, "lower_math": 4,
            "black_hispanic": 2, "white_asian": 1,
        },
    ]  # fmt: skip


def test_steps_tell_how_the_sample_narrows(raw, export):
    enrolments = raw["enrolments"]
    enrolments["ela_score"] = enrolments["ela_score"].astype(float)
    enrolments.loc[8, "ela_score"] = None  # student 01 this year
    enrolments.loc[1, "ela_score"] = None  # student 02 last year
    enrolments.loc[10, "gender"] = None  # student 03
    raw["classes"].loc[1, "teacher_id"] = None  # class k2
    enrolments.loc[11, "class_id"] = "k1"  # student 04
    del raw["outcomes"]
    steps = analysis_sample(read_district(export(raw), LAYOUT), YEARS, GRADES).steps
    assert steps.iloc[0].to_dict() == {
        "step": "enrolled in the years and grades studied",
        "student_years": 8, "students": 8, "classes": 2, "teachers": 1, "schools": 1,
    }  # fmt: skip
    assert steps["student_years"].tolist() == [8, 4, 3, 2, 1]


def test_a_repeater_has_a_lag_from_the_grade_repeated(raw, export):
    enrolments = raw["enrolments"]
    enrolments.loc[[0, 1, 2], "grade"] = 3
    students = analysis_sample(read_district(export(raw), LAYOUT), YEARS, GRADES).students
    repeated = (np.array([2, 4, 4]) - 10 / 3) / np.std([2, 4, 4])
    np.testing.assert_allclose(students["lag_ela"].iloc[:3], repeated)
    promoted = (np.array([4, 5, 5, 7]) - 6) / np.std([4, 5, 5, 7, 9])
    np.testing.assert_allclose(students["lag_ela"].iloc[3:], promoted)


def test_class_size_counts_tested_students_or_those_of_the_sample(raw, export):
    raw["enrolments"] = raw["enrolments"].drop(index=[3]).astype({"math_score": float})
    raw["enrolments"].loc[14, "math_score"] = None
    district = read_district(export(raw), LAYOUT)  # class k2: 04 has no lag, 07 no score in math
    tested = analysis_sample(district, YEARS, GRADES, class_size="tested")
    own = analysis_sample(district, YEARS, GRADES, class_size="sample")
    assert tested.classes["class_size"].tolist() == [3, 3]
    assert own.classes["class_size"].tolist() == [3, 2]
    assert tested.students["class_size"].tolist() == [3] * 3 + [3] * 2


def test_outcomes_are_those_of_sample_students_in_order(sample):
    assert sample.outcomes["student_id"].tolist() == ["01", "02"]
    assert sample.outcomes["graduated_high_school"].tolist() == [1, 0]


@pytest.mark.parametrize("how", ["other students", "no values"])
def test_outcomes_of_nobody_in_the_sample_are_refused_with_the_remedy(how, raw, export):
    if how == "other students":
        raw["outcomes"]["student_id"] = [f"x{n}" for n in range(len(raw["outcomes"]))]
    else:
        raw["outcomes"][list(OUTCOMES)] = None
    with pytest.raises(DistrictError) as caught:
        analysis_sample(read_district(export(raw), LAYOUT), YEARS, GRADES)
    assert "outcomes.csv, column student_id: no outcome of the 7 students" in str(caught.value)
    assert "or move the file away" in str(caught.value)


def test_what_is_legitimate_but_limits_the_estimates_is_noted(raw, export, caplog):
    caplog.set_level(logging.INFO)
    raw["enrolments"] = raw["enrolments"][raw["enrolments"]["class_id"] != "k2"]
    raw["classes"] = raw["classes"].iloc[:1]
    sample = analysis_sample(read_district(export(raw), LAYOUT), YEARS, GRADES)
    assert len(sample.classes) == 1
    assert "1 of 1 teachers have one year: no leave-year-out estimate" in caplog.text
    assert "1 of 1 school-grade-years have one class: nothing to reallocate" in caplog.text


def test_scores_that_do_not_differ_are_not_standardised(caplog):
    rows = pd.DataFrame({"year": 2003, "grade": [3, 3, 3, 4, 4], "s": [0.1, 0.1, 0.1, 1, 3]})
    np.testing.assert_array_equal(standardise(rows, "s"), [np.nan] * 3 + [-1, 1])
    assert "s of grade 3 in 2003 do not differ: not standardised" in caplog.text


@pytest.mark.parametrize(
    ("years", "grades", "texts"),
    [
        (
            (2003, 2005),
            (3,),
            ["column year: no row of grades 3 in 2004, 2005", "the table has 2002 to 2003"],
        ),
        ((2002, 2003), (3,), ["no row in 2001, from which the lagged scores of 2002 come"]),
        (
            (2003, 2003),
            (2, 3),
            [
                "column grade: no row of grade 1, from which the lagged scores of grade 2 come",
                "drop grade 2 from district.grades in config.yaml",
            ],
        ),
    ],
)
def test_years_and_grades_that_the_table_lacks_are_named(raw, export, years, grades, texts):
    folder = export(raw)
    with pytest.raises(DistrictError) as caught:
        analysis_sample(read_district(folder, LAYOUT), years, grades)
    for text in [f"{folder}/enrolments.csv", *texts]:
        assert text in str(caught.value)


def test_a_year_that_no_student_survives_is_named(raw, export):
    raw["enrolments"].loc[:7, "ela_score"] = None
    with pytest.raises(DistrictError) as caught:
        analysis_sample(read_district(export(raw), LAYOUT), YEARS, GRADES)
    text = str(caught.value)
    assert "no student in 2003 meets all conditions of the sample" in text
    assert "    7 student-years: scored in both subjects this year\n" in text
    assert "    0 student-years: scored in both subjects last year\n" in text


@pytest.mark.parametrize("choice", ["split", "class_size", "lag", "lower"])
def test_unknown_choices_are_refused(raw, export, choice):
    district = read_district(export(raw), LAYOUT)
    with pytest.raises(ValueError, match=rf"config.yaml: district.{choice} is 'x'; choose one of"):
        analysis_sample(district, YEARS, GRADES, **{choice: "x"})


@st.composite
def districts(draw) -> District:
    """Districts of three years and three grades, with gaps, repeaters and unlinked students."""
    rows = []
    value = st.sampled_from([5, 3, 8, 1, 6, 2, 7, 4, 9, None])
    present = st.sampled_from([True] * 7 + [False])
    for student in range(draw(st.integers(6, 14))):
        grade = draw(st.integers(2, 3))
        for year in (2002, 2003, 2004):
            if not rows or draw(present):
                room = draw(st.sampled_from(["a", "b", None]))
                scores = (draw(value), draw(value))
                rows.append((f"s{student}", year, grade, room, *scores))
            grade = min(4, grade + draw(st.sampled_from([1, 1, 1, 0])))
    names = ["student_id", "year", "grade", "room", "ela_score", "math_score"]
    table = pd.DataFrame(rows, columns=names)
    scores = ["ela_score", "math_score"]
    table[scores] = table[scores].astype("float64")
    # a classroom of its own for every year and grade
    table["class_id"] = table["room"] + table["grade"].astype(str)
    table["school_id"] = "h"
    controls = {"ethnicity": "white", "gender": "male", "age": 9.0, "share_absent": 0.0}
    table = table.assign(**controls, special_education=0.0, english_learner=0.0)
    keys = ["class_id", "year", "grade", "school_id"]
    classes = table[keys].dropna().drop_duplicates().assign(teacher_id="t")
    teachers = pd.DataFrame({"teacher_id": ["t"], "first_year": [np.nan]})
    path = Path("enrolments.csv")
    return District(
        table.drop(columns="room"), classes.reset_index(drop=True), teachers, None,
        {"enrolments": path},
    )  # fmt: skip


def _standardised(table) -> dict:
    """Slow and plain: student and year to standardised scores."""
    groups: dict = {}
    for row in table.itertuples():
        for subject in ("ela", "math"):
            score = getattr(row, f"{subject}_score")
            if not np.isnan(score):
                groups.setdefault((row.year, row.grade, subject), {})[row.student_id] = score
    out = {}
    for (year, _, subject), scores in groups.items():
        spread = statistics.pstdev(scores.values())
        if spread > 0:
            for student, score in scores.items():
                out[student, year, subject] = (score - statistics.mean(scores.values())) / spread
    return out


def _sample_or_none(district, **choices):
    try:
        return analysis_sample(district, (2003, 2004), (3, 4), **choices)
    except DistrictError:
        return None


@settings(max_examples=60, deadline=None)
@given(
    districts(),
    st.sampled_from(["year_grade", "pooled"]),
    st.sampled_from(["at_or_below", "below"]),
)
def test_sample_agrees_with_plain_loops(district, split, lower):
    sample = _sample_or_none(district, split=split, lower=lower)
    scores = _standardised(district.enrolments)
    expected = {}
    for row in district.enrolments.itertuples():
        needed = [
            (row.student_id, year, subject)
            for year in (row.year, row.year - 1)
            for subject in ("ela", "math")
        ]
        studied = row.year >= 2003 and row.grade >= 3 and isinstance(row.class_id, str)
        if studied and all(key in scores for key in needed):
            expected[row.student_id, row.year] = (row.grade, *(scores[key] for key in needed))
    if sample is None:
        assert len({year for _, year in expected}) < 2 or not (
            district.enrolments["grade"].eq(2).any()
        )
        return
    students = sample.students.set_index(["student_id", "year"])
    assert set(students.index) == set(expected)
    for key, (grade, *values) in expected.items():
        row = students.loc[key]
        np.testing.assert_allclose(
            row[["ela", "math", "lag_ela", "lag_math"]].astype(float), values, atol=1e-9
        )
        for subject in ("ela", "math"):
            peers = students.reset_index()
            if split == "year_grade":
                peers = peers[(peers["year"] == key[1]) & (peers["grade"] == grade)]
            lags = peers[f"lag_{subject}"]
            lag, median = row[f"lag_{subject}"], statistics.median(lags)
            expected_lower = lag < median or (lag == median and lower == "at_or_below")
            assert row[f"lower_{subject}"] == expected_lower


@settings(max_examples=30, deadline=None)
@given(districts(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(district, random):
    def shuffled(table):
        order = list(range(len(table)))
        random.shuffle(order)
        return table.iloc[order].reset_index(drop=True)

    sample = _sample_or_none(district)
    other = District(
        shuffled(district.enrolments), shuffled(district.classes), district.teachers, None,
        district.files,
    )  # fmt: skip
    again = _sample_or_none(other)
    if sample is None:
        assert again is None
        return
    for name in ("students", "classes", "steps"):
        pd.testing.assert_frame_equal(getattr(sample, name), getattr(again, name), check_exact=True)


@settings(max_examples=30, deadline=None)
@given(districts())
def test_sample_is_sorted_complete_and_counted(district):
    sample = _sample_or_none(district)
    if sample is None:
        return
    students, classes = sample.students, sample.classes
    keys = ["year", "grade", "school_id", "class_id", "student_id"]
    assert students.columns.tolist() == STUDENT_COLUMNS
    assert not students.isna().any().any()
    pd.testing.assert_frame_equal(students, students.sort_values(keys, ignore_index=True))
    assert classes["students"].sum() == len(students)
    assert (classes["class_size"] >= classes["students"]).all()
    assert classes["lower_ela"].sum() == students["lower_ela"].sum()
    assert sample.steps["student_years"].is_monotonic_decreasing
    assert sample.steps["student_years"].iloc[-1] == len(students)


def test_no_word_of_a_message_names_a_place_on_this_machine(raw, export):
    folder = export(raw)
    (folder / "teachers.csv").unlink()
    with pytest.raises(DistrictError) as caught:
        read_district(folder, LAYOUT)
    assert re.sub(str(folder), "", str(caught.value)).count("/") == 0


def test_two_years_are_the_ends_and_more_are_the_years_themselves():
    assert studied_years([2003, 2006]) == (2003, 2004, 2005, 2006)
    assert studied_years([2018, 2019, 2021]) == (2018, 2019, 2021)
    assert lag_years([2018, 2019, 2021], "last_year") == {2018: 2017, 2019: 2018, 2021: 2020}
    assert lag_years([2018, 2019, 2021], "last_tested") == {2018: 2017, 2019: 2018, 2021: 2019}


def untested_2004(raw):
    """The pupils of 2003 again two years later, in grade 5, and nobody in 2004."""
    late = raw["enrolments"][raw["enrolments"]["year"] == 2003].assign(year=2005, grade=5)
    early = raw["enrolments"][raw["enrolments"]["year"] == 2002].assign(year=2001, grade=1)
    raw["enrolments"] = pd.concat([early, raw["enrolments"], late], ignore_index=True)
    raw["classes"] = pd.concat([raw["classes"], raw["classes"].assign(year=2005, grade=5)])


def test_lags_skip_a_year_without_tests_only_where_the_config_says_so(raw, export):
    untested_2004(raw)
    district = read_district(export(raw), LAYOUT)
    years, grades = (2002, 2003, 2005), (2, 3, 5)
    with pytest.raises(DistrictError) as caught:
        analysis_sample(district, years, grades)
    assert "no row in 2004, from which the lagged scores of 2005 come" in str(caught.value)
    assert "set district.lag to last_tested" in str(caught.value)
    raw["classes"] = pd.concat([raw["classes"], raw["classes"].assign(year=2002, grade=2)])
    raw["classes"] = raw["classes"].drop_duplicates(["class_id", "year"])
    raw["enrolments"].loc[raw["enrolments"]["year"] == 2002, "class_id"] = "k1"
    district = read_district(export(raw), LAYOUT)
    sample = analysis_sample(district, years, grades, lag="last_tested")
    students = sample.students.set_index(["student_id", "year"])
    for student in students.loc[(slice(None), 2005), :].index.get_level_values(0):
        assert students.loc[(student, 2005), "lag_ela"] == students.loc[(student, 2003), "ela"]
        assert students.loc[(student, 2003), "lag_ela"] == students.loc[(student, 2002), "ela"]
    assert "scored in both subjects in the last tested year" in sample.steps["step"].tolist()
