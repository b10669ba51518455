import logging

import numpy as np
import pandas as pd
import pytest
from raw_layouts import LAYOUT

from welfare_added.district.export import Export
from welfare_added.district.files import (
    absent_columns,
    find_tables,
    raw_tables,
)
from welfare_added.district.problems import DistrictError
from welfare_added.district.sample import analysis_sample
from welfare_added.district.tables import read_district
from welfare_added.district.vocabulary import OUTCOMES


def put(table, column, rows, value):
    """Change some cells, as an export with that fault would have them."""

    def change(tables):
        changed = tables[table].astype({column: object})
        changed.loc[rows, column] = value
        tables[table] = changed

    return change


def drop(table, column):
    return lambda tables: tables.__setitem__(table, tables[table].drop(columns=column))


def repeat(table, rows):
    def change(tables):
        original = tables[table]
        tables[table] = pd.concat([original, original.loc[rows]], ignore_index=True)

    return change


BAD = {
    "missing column": (
        drop("enrolments", "ela_score"),
        "enrolments.csv, column ela_score: missing",
        "Remedy: add it, or name the column that it is in district.columns in config.yaml; the columns there are: student_id, year,",
    ),
    "score as text": (
        put("enrolments", "ela_score", [8, 9, 10, 11], "abs"),
        "enrolments.csv, column ela_score: text where a number is expected (4 rows)",
        "    line 10: 'abs'\n"
        "    line 11: 'abs'\n"
        "    line 12: 'abs'\n"
        "    Remedy: write scores as plain numbers; leave them empty where a student was not tested",
    ),
    "score not finite": (
        put("enrolments", "math_score", [3], "inf"),
        "enrolments.csv, column math_score: values that are not finite (1 row)",
        "line 5: 'inf'",
    ),
    "year as a span of two": (
        put("enrolments", "year", [2], "2001-03"),
        "enrolments.csv, column year: text where a number is expected (1 row)",
        "line 4: '2001-03'",
        "Remedy: write the school year as 2003-04, or its spring, 2004",
    ),
    "year not whole": (
        put("enrolments", "year", [2], 2001.5),
        "enrolments.csv, column year: not a whole number (1 row)",
        "line 4: '2001.5'",
    ),
    "year of two digits": (
        put("enrolments", "year", [2], 3),
        "enrolments.csv, column year: values outside 1900 to 2200 (1 row)",
    ),
    "year empty": (
        put("classes", "year", [0], None),
        "classes.csv, column year: empty (1 row)",
    ),
    "kindergarten as text": (
        put("enrolments", "grade", [0], "K"),
        "enrolments.csv, column grade: text where a number is expected (1 row)",
        "Remedy: write the grade as a whole number, kindergarten as 0",
    ),
    "student without an id": (
        put("enrolments", "student_id", [4], None),
        "enrolments.csv, column student_id: empty (1 row)",
        "Remedy: give every row its student_id, as in the other tables",
    ),
    "duplicate student-year": (
        repeat("enrolments", [8]),
        "enrolments.csv, column student_id and year: a row repeats the key of another (2 rows)",
        "    line 10\n    line 18\n",
        "Remedy: keep one row a student and year",
    ),
    "duplicate class": (
        repeat("classes", [0, 1]),
        "classes.csv, column class_id and year: 2 rows repeat the key of another (4 rows)",
        "    line 2\n    line 4\n",
    ),
    "duplicate teacher": (
        repeat("teachers", [1]),
        "teachers.csv, column teacher_id: a row repeats the key of another (2 rows)",
        "line 4",
    ),
    "duplicate outcome": (
        repeat("outcomes", [1]),
        "outcomes.csv, column student_id: a row repeats the key of another (2 rows)",
    ),
    "unknown class": (
        put("enrolments", "class_id", [8, 9], "k9"),
        "enrolments.csv, column class_id: classes that the classes table lacks in the year (2 rows)",
        "line 10: 'k9'",
        "classes.csv, or leave class_id empty where there is none",
    ),
    "class of another year": (
        put("enrolments", "class_id", [0], "k1"),
        "column class_id: classes that the classes table lacks in the year (1 row)",
        "line 2: 'k1'",
    ),
    "unknown teacher": (
        put("classes", "teacher_id", [1], "8"),
        "classes.csv, column teacher_id: teachers that the teachers table lacks (1 row)",
        "line 3: '8'",
        "teachers.csv, or leave teacher_id empty",
    ),
    "teacher with other zeros": (
        put("classes", "teacher_id", [1], "0007"),
        "classes.csv, column teacher_id: teachers that the teachers table lacks (1 row)",
        "Remedy: write identifiers alike in all tables: ",
        "teachers.csv has '7' where this one has '0007'",
    ),
    "class with a fraction": (
        put("enrolments", "class_id", [9, 10], "K1.0"),
        "column class_id: classes that the classes table lacks in the year (2 rows)",
        "classes.csv has 'k1' where this one has 'K1.0'",
    ),
    "control character": (
        put("enrolments", "school_id", [0], "h\x001"),
        "column school_id: control characters (1 row)",
        "Remedy: export it again as plain text",
    ),
    "class of another grade": (
        put("classes", "grade", [0], 4),
        "enrolments.csv, column grade: students and their class disagree about the grade (3 rows)",
        "line 10: '3', the class has '4'",
        "a class of two grades or schools needs one class_id for each",
    ),
    "class of another school": (
        put("enrolments", "school_id", [9], "h2"),
        "column school_id: students and their class disagree about the school (1 row)",
        "line 11: 'h2', the class has 'h1'",
    ),
    "share in percent": (
        put("enrolments", "share_absent", [1], 5.0),
        "enrolments.csv, column share_absent: values outside 0 to 1 (1 row)",
        "line 3: '5.0'",
        "Remedy: write the share of days absent, 0.05 for 5 percent",
    ),
    "negative share": (
        put("enrolments", "share_absent", [1], -0.01),
        "column share_absent: values outside 0 to 1 (1 row)",
    ),
    "flag of 2": (
        put("enrolments", "special_education", [1], 2),
        "enrolments.csv, column special_education: values other than 0 and 1 (1 row)",
        "Remedy: write 1 for yes and 0 for no",
    ),
    "flag as text": (
        put("enrolments", "english_learner", [1], "Y"),
        "column english_learner: text where a number is expected (1 row)",
    ),
    "outcome of 2": (
        put("outcomes", "four_year_college", [0], 2),
        "outcomes.csv, column four_year_college: values other than 0 and 1 (1 row)",
    ),
    "unknown ethnicity": (
        put("enrolments", "ethnicity", [0, 5], "White"),
        "enrolments.csv, column ethnicity: values that are not allowed (2 rows)",
        "line 2: 'White'",
        "Remedy: use one of white, asian, black, hispanic, other;",
    ),
    "unknown gender": (
        put("enrolments", "gender", [0], "F"),
        "column gender: values that are not allowed (1 row)",
        "use one of female, male",
    ),
    "year of birth as age": (
        put("enrolments", "age", [0], 1994),
        "column age: values outside 2 to 25 (1 row)",
    ),
    "empty table": (
        lambda tables: tables.__setitem__("teachers", tables["teachers"].iloc[:0]),
        "teachers.csv: the table has no rows",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_is_refused_with_file_column_rows_and_remedy(name, raw, export):
    change, *texts = BAD[name]
    change(raw)
    folder = export(raw)
    with pytest.raises(DistrictError) as caught:
        read_district(folder, LAYOUT)
    message = str(caught.value)
    assert message.startswith(str(folder))
    for text in [*texts, "Remedy: "]:
        assert text in message
    assert len(caught.value.problems) == 1


def test_all_problems_of_one_kind_are_told_at_once(raw, export):
    put("enrolments", "gender", [0], "F")(raw)
    put("enrolments", "age", [0], 90)(raw)
    put("outcomes", "two_year_college", [0], 7)(raw)
    with pytest.raises(DistrictError) as caught:
        read_district(export(raw), LAYOUT)
    assert [problem.column for problem in caught.value.problems] == [
        "gender",
        "age",
        "two_year_college",
    ]


def test_a_missing_file_is_named(raw, export):
    folder = export(raw)
    (folder / "classes.csv").unlink()
    (folder / "teachers.csv").unlink()
    with pytest.raises(DistrictError) as caught:
        read_district(folder, LAYOUT)
    assert str(caught.value) == (
        f"{folder}: no classes.csv, .tsv, .xlsx, .parquet, and no parts such as classes_2003.csv\n"
        "    Remedy: export the table of classes to it\n"
        f"{folder}: no teachers.csv, .tsv, .xlsx, .parquet, and no parts such as teachers_2003.csv\n"
        "    Remedy: export the table of teachers to it"
    )


def test_a_missing_folder_is_named():
    with pytest.raises(DistrictError, match=r"no/such: no such folder\n.*set district.source"):
        read_district("no/such", LAYOUT)


def test_two_files_of_one_table_are_refused(raw, export):
    export(raw)
    with pytest.raises(
        DistrictError, match=r"classes\.csv and classes\.parquet are there together"
    ):
        read_district(export({"classes": raw["classes"]}, "parquet"), LAYOUT)


def test_other_text_encodings_are_refused(raw, export):
    folder = export(raw)
    path = folder / "teachers.csv"
    path.write_bytes("teacher_id,first_year,naïve\n7,1999,x\n".encode("latin-1"))
    with pytest.raises(DistrictError, match=r"teachers.csv: not UTF-8 text"):
        read_district(folder, LAYOUT)


@pytest.mark.parametrize("code", [-99, 9999])
def test_a_score_that_is_a_code_is_refused(code, raw, export):
    many = [
        raw["enrolments"].assign(student_id=raw["enrolments"]["student_id"] + f"-{k}")
        for k in range(3)
    ]
    raw["enrolments"] = pd.concat(many, ignore_index=True)
    read_district(export(raw), LAYOUT)
    put("enrolments", "math_score", [9, 20], code)(raw)
    with pytest.raises(DistrictError) as caught:
        read_district(export(raw), LAYOUT)
    assert "column math_score: scores far from all others of the year and grade (2 rows)" in str(
        caught.value
    )
    assert f"line 11: '{code:.1f}'" in str(caught.value)
    assert "Remedy: leave a score empty where a student was not tested" in str(caught.value)


def test_a_ragged_file_is_refused(raw, export):
    folder = export(raw)
    (folder / "teachers.csv").write_text("teacher_id,first_year\n7,1999,8\n")
    with pytest.raises(
        DistrictError, match=r"teachers.csv: cannot be read: line 2 has 3 columns, and the header 2"
    ):
        read_district(folder, LAYOUT)


def test_an_empty_file_is_refused(raw, export):
    folder = export(raw)
    (folder / "teachers.csv").write_text("")
    with pytest.raises(DistrictError, match=r"teachers.csv: cannot be read"):
        read_district(folder, LAYOUT)


def test_a_column_twice_is_refused(raw, export):
    folder = export(raw)
    (folder / "teachers.csv").write_text("teacher_id,first_year,first_year\n7,1999,1999\n")
    with pytest.raises(DistrictError, match="column first_year: more than one column of this name"):
        read_district(folder, LAYOUT)


def test_leading_zeros_of_identifiers_count(raw, export):
    district = read_district(export(raw), LAYOUT)
    assert district.teachers["teacher_id"].tolist() == ["007", "7"]
    assert district.enrolments["student_id"].iloc[0] == "01"


def test_missing_marks_spaces_and_further_columns_are_accepted(raw, export, caplog):
    folder = export(raw)
    (folder / "teachers.csv").write_text(
        "\ufeffteacher_id,name, first_year \n 007 ,A,NA\n7,B, 1999\n", encoding="utf-8"
    )
    caplog.set_level(logging.INFO)
    teachers = read_district(folder, LAYOUT).teachers
    assert teachers["teacher_id"].tolist() == ["007", "7"]
    np.testing.assert_array_equal(teachers["first_year"], [np.nan, 1999])
    assert "columns not used: name" in caplog.text


def test_columns_of_other_names_are_mapped(raw, export):
    theirs = {"student_id": "Pupil", "grade": "Form", "ela_score": "Reading Scale"}
    plain = read_district(export(raw), LAYOUT)
    own = dict(raw, enrolments=raw["enrolments"].rename(columns=theirs).assign(grade="other"))
    mapped = read_district(export(own), LAYOUT, Export({"enrolments": theirs}))
    pd.testing.assert_frame_equal(mapped.enrolments, plain.enrolments)
    with pytest.raises(DistrictError) as caught:
        read_district(export(own), LAYOUT, Export({"enrolments": theirs | {"age": "Alter"}}))
    assert "enrolments.csv, column Alter (age): missing" in str(caught.value)
    assert (
        "Remedy: correct district.columns.enrolments in config.yaml; the columns there are:"
        in str(caught.value)
    )


MAPS = {
    "one column for two": (
        {"enrolments": {"ela_score": "Score", "math_score": "Score"}},
        "enrolments.csv, column Score: one column for 2 in district.columns.enrolments: ela_score, math_score",
    ),
    "one column for two that may be absent": (
        {"enrolments": {"special_education": "Flag", "english_learner": "Flag"}},
        "column Flag: one column for 2 in district.columns.enrolments: special_education, english_learner",
    ),
    "a column that is not there": (
        {"enrolments": {"age": "Alter"}},
        "enrolments.csv, column Alter (age): missing",
    ),
    "a table that is not there": (
        {"outcomes": {"student_id": "Pupil"}},
        "outcomes.csv: no file of the table, of which district.columns.outcomes",
    ),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_wrong_map_of_columns_is_refused(name, raw, export):
    names, said = MAPS[name]
    del raw["outcomes"]
    raw["enrolments"] = raw["enrolments"].assign(Score=1.0, Flag=0)
    with pytest.raises(DistrictError) as caught:
        read_district(export(raw), LAYOUT, Export(names))
    assert said in str(caught.value) and "Remedy: " in str(caught.value)


def test_optional_columns_may_be_missing_and_that_is_said(raw, export, caplog):
    optional = {name: table.optional_columns for name, table in LAYOUT.tables.items()}
    for table, columns in optional.items():
        raw[table] = raw[table].drop(columns=columns, errors="ignore")
    folder = export(raw)
    district = read_district(folder, LAYOUT)
    expected = {table: columns for table, columns in optional.items() if columns}
    assert list(expected) == ["enrolments", "classes", "teachers", "outcomes"]
    assert district.absent == expected
    assert "enrolments.csv: columns missing, what needs them is left out: ethnicity" in caplog.text
    assert district.enrolments["ethnicity"].isna().all() and district.enrolments["age"].isna().all()
    assert absent_columns(str(folder), LAYOUT, {}) == expected
    assert absent_columns("synthetic", LAYOUT, {}) == {}
    (folder / "enrolments.csv").write_text("Alter, gender\n")
    assert (
        "age"
        not in absent_columns(str(folder), LAYOUT, {"enrolments": {"age": "Alter"}})["enrolments"]
    )
    sample = analysis_sample(district, (2003, 2003), (3,))
    assert len(sample.students) == 7 and sample.classes["black_hispanic"].eq(0).all()


def test_parquet_and_csv_give_the_same_tables(raw, export):
    from_csv = read_district(export(raw), LAYOUT)
    folder = export(raw, "parquet")
    for file in folder.glob("*.csv"):
        file.unlink()
    from_parquet = read_district(folder, LAYOUT)
    for table in ("enrolments", "classes", "teachers", "outcomes"):
        pd.testing.assert_frame_equal(getattr(from_csv, table), getattr(from_parquet, table))


def test_parquet_identifiers_may_be_numbers_or_categories(raw, export):
    raw["enrolments"]["class_id"] = raw["enrolments"]["class_id"].map({"k1": 1.0, "k2": 2.0})
    raw["classes"]["class_id"] = [1, 2]
    raw["enrolments"]["gender"] = raw["enrolments"]["gender"].astype("category")
    raw["enrolments"]["special_education"] = raw["enrolments"]["special_education"].astype(bool)
    district = read_district(export(raw, "parquet"), LAYOUT)
    linked = district.enrolments["class_id"].dropna()
    assert linked.tolist() == ["1"] * 3 + ["2"] * 4
    assert district.enrolments["special_education"].tolist() == [1, 0] * 8


def test_parquet_identifiers_are_no_fractions(raw, export):
    raw["enrolments"]["class_id"] = 1.5
    with pytest.raises(DistrictError, match=r"row 1: '1.5'"):
        read_district(export(raw, "parquet"), LAYOUT)


def test_a_district_without_outcomes_has_none(raw, export):
    del raw["outcomes"]
    district = read_district(export(raw), LAYOUT)
    assert district.outcomes is None
    outcomes = analysis_sample(district, (2003, 2003), (3,)).outcomes
    assert outcomes.columns.tolist() == ["student_id", *OUTCOMES]
    assert outcomes.empty


def test_raw_tables_of_the_workflow_need_not_exist_yet():
    assert raw_tables("synthetic", LAYOUT, "r/raw")["outcomes"] == ["r/raw/outcomes.csv"]
    made = raw_tables("results/nowhere/raw", LAYOUT, "r/raw")
    assert made == {
        name: [f"results/nowhere/raw/{name}.csv"] for name in ("enrolments", "classes", "teachers")
    }


def test_the_files_of_a_folder_are_found(raw, export):
    export({"classes": raw.pop("classes")}, "parquet")
    folder = export(raw)
    assert find_tables(folder, LAYOUT)["classes"] == [folder / "classes.parquet"]
    assert list(find_tables(folder, LAYOUT)) == ["enrolments", "classes", "teachers", "outcomes"]
