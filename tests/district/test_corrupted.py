"""Tables as exports break them, one fault a line: each refused with file, column, rows and remedy.

A fault changes the bytes of a file, the text of some cells, or the table written as parquet. The
tables themselves are eight students in two years (conftest); faults that need a whole class of
scores are in test_reading.py.
"""

import gzip
import io
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw_layouts import LAYOUT

from welfare_added.district.problems import DistrictError
from welfare_added.district.sample import analysis_sample
from welfare_added.district.tables import read_district

ALL, LATER = slice(None), slice(8, None)


def lines(change):
    """Change the lines of a file, header first."""
    return lambda content: ("\n".join(change(content.decode().splitlines())) + "\n").encode()


def cells(column, rows, value):
    """Write ``value``, or what it makes of the text there, into some cells."""

    def change(content: bytes) -> bytes:
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
        at = table.index[rows] if isinstance(rows, slice) else rows
        table.loc[at, column] = [
            value(x) if callable(value) else value for x in table.loc[at, column]
        ]
        return table.to_csv(index=False).encode()

    return change


E, C, T, AFTER = "enrolments", "classes", "teachers", "outcomes"
# name: (table, change, what the message says)
FAULTS = {
    # the file
    "empty file": (E, lambda b: b"", "cannot be read"),
    "blank lines only": (E, lambda b: b"\n\n\n", "cannot be read"),
    "header only": (E, lines(lambda rows: rows[:1]), "the table has no rows"),
    "no header": (E, lines(lambda rows: rows[1:]), "column student_id, year, grade"),
    "title above the header": (E, lines(lambda rows: ["Export of 2003", *rows]), "line 2 has 13 columns, and the header 1"),
    "second header in the middle": (E, lines(lambda rows: [*rows[:5], rows[0], *rows[5:]]), "text where a number is expected (1 row)"),
    "semicolons in some rows": (E, lines(lambda rows: [*rows[:5], *(row.replace(",", ";") for row in rows[5:])]), "line 6 has 1 columns, and the header 13"),
    "a separator of its own": (T, lambda b: b.replace(b",", b"^"), "column teacher_id: missing"),
    "UTF-16": (E, lambda b: b.decode().encode("utf-16"), "not UTF-8 text"),
    "Latin-1": (C, lambda b: b.replace(b"h1", "hé".encode("latin-1")), "not UTF-8 text"),
    "gzip": (E, gzip.compress, "not UTF-8 text"),
    "zero byte": (E, lambda b: b.replace(b"h1", b"h\x00", 1), "column school_id: control characters (1 row)"),
    "quote not closed": (E, lambda b: b.replace(b"white", b'"white', 1), "cannot be read"),
    "a field too many": (E, lines(lambda rows: [*rows[:3], rows[3] + ",", *rows[4:]]), "line 4 has 14 columns, and the header 13"),
    "cut off in a row": (E, lambda b: b[:-30], "line 17 has 4 columns, and the header 13"),
    "page footer": (E, lambda b: b + b"Page 1 of 1\n", "line 18 has 1 columns, and the header 13"),
    # columns
    "column missing": (E, lambda b: b.replace(b"ela_score", b"reading", 1), "column ela_score: missing"),
    "column in capitals": (E, lambda b: b.replace(b"ela_score", b"ELA_SCORE", 1), "column ela_score: missing"),
    "column twice": (C, lambda b: b.replace(b"school_id", b"grade", 1), "column school_id: missing"),
    "column twice beside the right one": (T, lambda b: b.replace(b"first_year", b"teacher_id", 1), "column teacher_id: more than one column of this name"),
    "class without its key": (C, lambda b: b.replace(b"class_id", b"room", 1), "column class_id: missing"),
    "teacher without its key": (T, lambda b: b.replace(b"teacher_id", b"badge", 1), "column teacher_id: missing"),
    "outcomes without their key": (AFTER, lambda b: b.replace(b"student_id", b"pupil", 1), "column student_id: missing"),
    # numbers
    "decimal comma": (E, cells("ela_score", [9], "4,5"), "column ela_score: decimal commas here, and decimal points in age, share_absent (1 row)"),
    "thousands": (E, cells("math_score", [9], "1,024"), "column math_score: commas that may be decimals or thousands, as in 1,234 (1 row)"),
    "n/a": (E, cells("ela_score", [9], "n/a"), "leave them empty where a student was not tested"),
    "absent written as a word": (E, cells("ela_score", LATER, "absent"), "text where a number is expected (8 rows)"),
    "score in percent": (E, cells("math_score", [9], "95%"), "'95%'"),
    "score infinite": (E, cells("ela_score", [3], "-inf"), "values that are not finite (1 row)"),
    "score too large to be one": (E, cells("ela_score", [3], "1e999"), "values that are not finite (1 row)"),
    "formula error of a spreadsheet": (E, cells("ela_score", [3], "#DIV/0!"), "'#DIV/0!'"),
    "year of two digits": (E, cells("year", ALL, lambda v: v[2:]), "column year: values outside 1900 to 2200 (16 rows)"),
    "year as a span of two": (E, cells("year", ALL, "2002-04"), "write the school year as 2003-04, or its spring, 2004"),
    "year as a date": (C, cells("year", ALL, lambda v: f"{v}-06-01"), "classes.csv, column year: text"),
    "year mistyped": (E, cells("year", [9], "20003"), "column year: values outside 1900 to 2200 (1 row)"),
    "year empty": (E, cells("year", [9], ""), "column year: empty (1 row)"),
    "kindergarten as K": (E, cells("grade", [1], "K"), "write the grade as a whole number, kindergarten as 0"),
    "grade as an ordinal": (E, cells("grade", [9], "3rd"), "'3rd'"),
    "grade of half a year": (E, cells("grade", [9], "3.5"), "column grade: not a whole number (1 row)"),
    "grade below all": (E, cells("grade", [9], "-5"), "column grade: values outside -2 to 13 (1 row)"),
    "days absent": (E, cells("share_absent", ALL, "12"), "write the share of days absent, 0.05 for 5 percent"),
    "absences in percent": (E, cells("share_absent", ALL, "5%"), "column share_absent: text where a number is expected (16 rows)"),
    "absences below zero": (E, cells("share_absent", [3], "-0.1"), "column share_absent: values outside 0 to 1 (1 row)"),
    "year of birth as age": (E, cells("age", ALL, "1994"), "column age: values outside 2 to 25 (16 rows)"),
    "date of birth as age": (E, cells("age", [2], "1994-01-02"), "column age: text"),
    "flag as Y": (E, cells("special_education", ALL, "Y"), "write 1 for yes and 0 for no"),
    "flag as TRUE": (E, cells("english_learner", ALL, "TRUE"), "column english_learner: text"),
    "flag of 2": (E, cells("english_learner", [0], "2"), "column english_learner: values other than 0 and 1 (1 row)"),
    "outcome of 2": (AFTER, cells("two_year_college", [0], "2"), "outcomes.csv, column two_year_college: values other than 0 and 1 (1 row)"),
    "outcome in words": (AFTER, cells("graduated_high_school", ALL, "yes"), "column graduated_high_school: text"),
    "first year in words": (T, cells("first_year", [0], "before 1999"), "column first_year: text"),
    # categories
    "ethnicity in capitals": (E, cells("ethnicity", ALL, str.upper), "use one of white, asian, black, hispanic, other"),
    "ethnicity as a code": (E, cells("ethnicity", ALL, "5"), "column ethnicity: values that are not allowed (16 rows)"),
    "gender as a letter": (E, cells("gender", ALL, lambda v: v[0]), "use one of female, male"),
    # identifiers
    "ids made numbers by a spreadsheet": (E, cells("student_id", ALL, "1.23E+08"), "14 rows repeat the key of another (16 rows)"),
    "student without an id": (E, cells("student_id", [2], ""), "column student_id: empty (1 row)"),
    "school without an id": (E, cells("school_id", [2, 3], "NA"), "column school_id: empty (2 rows)"),
    "teacher without an id": (T, cells("teacher_id", [0], ""), "column teacher_id: empty (1 row)"),
    "ids with more zeros": (C, cells("teacher_id", ALL, lambda v: "000" + v), "write identifiers alike in all tables"),
    "ids with a fraction": (E, cells("class_id", LATER, lambda v: v and v + ".0"), "has 'k1' where this one has 'k1.0'"),
    "ids in capitals": (E, cells("class_id", LATER, str.upper), "has 'k1' where this one has 'K1'"),
    "unknown class": (E, cells("class_id", [8], "k7"), "column class_id: classes that the classes table lacks in the year (1 row)"),
    "unknown teacher": (C, cells("teacher_id", [0], "x"), "column teacher_id: teachers that the teachers table lacks (1 row)"),
    "row twice": (E, lines(lambda rows: [*rows, rows[-1]]), "a row repeats the key of another (2 rows)"),
    "student in two classes": (E, lines(lambda rows: [*rows, rows[9].replace("k1", "k2")]), "column student_id and year: a row repeats the key"),
    "class twice": (C, lines(lambda rows: [*rows, rows[-1]]), "column class_id and year: a row repeats the key"),
    "teacher twice": (T, lines(lambda rows: [*rows, rows[-1]]), "keep one row a teacher"),
    "outcome twice": (AFTER, lines(lambda rows: [*rows, rows[-1]]), "keep one row a student"),
    # tables that contradict each other, or leave nothing
    "class of another school": (C, cells("school_id", [0], "h2"), "students and their class disagree about the school (3 rows)"),
    "class of another grade": (C, cells("grade", [0], "4"), "students and their class disagree about the grade (3 rows)"),
    "class of another year": (C, cells("year", ALL, "2004"), "classes that the classes table lacks in the year (7 rows)"),
    "nobody in a class": (E, cells("class_id", ALL, ""), "no student in 2003 meets all conditions of the sample"),
    "no teacher known": (C, cells("teacher_id", ALL, ""), "0 student-years: linked to a class with a known teacher"),
    "no score last year": (E, cells("ela_score", slice(0, 8), ""), "0 student-years: scored in both subjects last year"),
    "no score this year": (E, cells("ela_score", LATER, ""), "0 student-years: scored in both subjects this year"),
    "scores all equal": (E, cells("ela_score", LATER, "5"), "0 student-years: scored in both subjects this year"),
    "no year before": (E, lines(lambda rows: [rows[0], *rows[9:]]), "no row in 2002, from which the lagged scores of 2003 come"),
    "an empty year": (E, lines(lambda rows: rows[:9]), "column class_id: classes that the classes table lacks|no row of grades 3 in 2003"),
}  # fmt: skip

PARQUET = {
    "dates as years": (lambda t: t.assign(year=[datetime(int(y), 6, 1) for y in t["year"]]), "column year: text"),
    "lists as scores": (lambda t: t.assign(ela_score=[[x] for x in t["ela_score"]]), "column ela_score: text"),
    "fractions as ids": (lambda t: t.assign(student_id=[i + 0.5 for i in range(len(t))]), "a fraction where an identifier is expected"),
    "column missing": (lambda t: t.drop(columns="year"), "column year: missing"),
}  # fmt: skip


def refusal(folder) -> str:
    with pytest.raises(DistrictError) as caught:
        analysis_sample(read_district(folder, LAYOUT), (2003, 2003), (3,))
    return str(caught.value)


@pytest.mark.parametrize("name", FAULTS)
def test_a_corrupted_file_is_refused(name, raw, export):
    table, change, said = FAULTS[name]
    folder = export(raw)
    path = folder / f"{table}.csv"
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before
    there = set(folder.iterdir())
    message = refusal(folder)
    assert any(part in message for part in said.split("|")), message
    assert str(folder) in message and "Remedy: " in message
    assert set(folder.iterdir()) == there


@pytest.mark.parametrize("name", PARQUET)
def test_a_corrupted_parquet_table_is_refused(name, raw, export):
    change, said = PARQUET[name]
    folder = export(raw)
    (folder / "enrolments.csv").unlink()
    change(raw["enrolments"]).to_parquet(folder / "enrolments.parquet")
    message = refusal(folder)
    assert said in message and "enrolments.parquet" in message and "Remedy: " in message


def test_files_of_another_kind_are_refused(raw, export):
    folder = export(raw)
    whole = (folder / "teachers.csv").read_bytes()
    raw["teachers"].to_parquet(folder / "made.parquet")
    parquet = (folder / "made.parquet").read_bytes()
    (folder / "teachers.csv").write_bytes(parquet)
    assert "teachers.csv" in refusal(folder)
    (folder / "teachers.csv").unlink()
    for content in (whole, parquet[:-30], parquet[30:], b""):
        (folder / "teachers.parquet").write_bytes(content)
        assert "teachers.parquet: cannot be read" in refusal(folder)
    (folder / "teachers.parquet").rename(folder / "teachers.xlsx")
    assert "teachers.xlsx: cannot be read: it is not an Excel workbook" in refusal(folder)
    (folder / "teachers.xlsx").unlink()
    (folder / "teachers.csv").mkdir()
    assert "no teachers.csv, .tsv, .xlsx, .parquet, and no parts" in refusal(folder)


def test_the_faults_are_many_and_of_their_own_kind():
    assert len(FAULTS) + len(PARQUET) >= 80


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), kind=st.sampled_from(["csv", "parquet"]))
def test_no_damage_to_the_bytes_ends_in_another_error(data, kind, raw, export):
    folder = export(raw)
    for table in ("enrolments", "classes"):
        (folder / f"{table}.parquet").unlink(missing_ok=True)
    table = data.draw(st.sampled_from(["enrolments", "classes"]))
    path = folder / f"{table}.{kind}"
    if kind == "parquet":
        (folder / f"{table}.csv").unlink()
        raw[table].to_parquet(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "drop", "insert", "cut"])):
            case "flip":
                content[at] = data.draw(st.integers(0, 255))
            case "drop":
                del content[at : at + data.draw(st.integers(1, 20))]
            case "insert":
                content[at:at] = data.draw(st.binary(min_size=1, max_size=8))
            case "cut":
                content = content[: at + 1]
        if not content:
            break
    path.write_bytes(content)
    try:
        analysis_sample(read_district(folder, LAYOUT), (2003, 2003), (3,))
    except DistrictError as error:
        assert "Remedy: " in str(error)
