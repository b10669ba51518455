"""Exports as offices make them: separators, decimal commas, Excel, a file a year, codes, school years."""

import pandas as pd
import pyarrow
import pytest
from raw_layouts import LAYOUT

from welfare_added.district.columns import as_text
from welfare_added.district.combination_classes import as_chosen
from welfare_added.district.export import Export
from welfare_added.district.files import find_tables
from welfare_added.district.overview import SampleCounts, overview
from welfare_added.district.problems import DistrictError
from welfare_added.district.reading import read_tables
from welfare_added.district.table_files import TableFiles
from welfare_added.district.tables import read_district
from welfare_added.district.text_tables import header
from welfare_added.district.written_numbers import springs


def same(found, expected):
    for name in ("enrolments", "classes", "teachers", "outcomes"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))


def written_as(folder, table, change, suffix=".csv"):
    """Replace a table's file by another text of it."""
    path = folder / f"{table}.csv"
    text = change(path.read_text(encoding="utf-8"))
    path.unlink()
    path.with_suffix(suffix).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def plain(raw, export):
    return read_district(export(raw), LAYOUT)


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_separators_are_found_out_and_said(mark, name, raw, export, plain, caplog):
    folder = export(raw)
    for table in raw:
        written_as(folder, table, lambda text: text.replace(",", mark))
    caplog.set_level("INFO")
    same(read_district(folder, LAYOUT), plain)
    assert f"enrolments.csv: columns separated by {name}" in caplog.text


def test_a_separator_within_quotes_is_text(raw, export):
    folder = export(raw)
    (folder / "teachers.csv").write_text('"teacher_id";"first_year";"a,b,c,d"\n"0;1";1999;x\n')
    assert header(folder / "teachers.csv") == ["teacher_id", "first_year", "a,b,c,d"]


def test_tabs_in_a_tsv_file_and_a_byte_order_mark_are_read(raw, export, plain):
    folder = export(raw)
    written_as(folder, "enrolments", lambda t: "\ufeff" + t.replace(",", "\t"), ".tsv")
    same(read_district(folder, LAYOUT), plain)


def test_decimal_commas_are_found_out_and_said(raw, export, plain, caplog):
    folder = export(raw)
    written_as(folder, "enrolments", lambda text: text.replace(",", ";").replace(".", ","))
    caplog.set_level("INFO")
    same(read_district(folder, LAYOUT), plain)
    assert "enrolments.csv: decimal commas in " in caplog.text


def of_thousands(raw):
    raw["enrolments"]["math_score"] = 1000 + raw["enrolments"]["math_score"].round()
    texts = raw["enrolments"]["math_score"].map("{:,.0f}".format)
    whole = raw["enrolments"].assign(age=9, share_absent=0)
    return whole, whole.assign(math_score=texts.where(texts != "nan", ""))


def test_a_comma_that_may_be_either_is_asked_about(raw, export):
    whole, texts = of_thousands(raw)
    folder = export({**raw, "enrolments": texts})
    with pytest.raises(DistrictError, match=r"set district\.decimal in config\.yaml to comma"):
        read_district(folder, LAYOUT)
    thousands = read_district(folder, LAYOUT, Export(decimal="point"))
    decimals = read_district(folder, LAYOUT, Export(decimal="comma"))
    expected = read_district(export({**raw, "enrolments": whole}), LAYOUT)
    same(thousands, expected)
    score = expected.enrolments["math_score"] / 1000
    pd.testing.assert_series_equal(decimals.enrolments["math_score"], score)


def excel(folder, table, content, **sheets):
    with pd.ExcelWriter(folder / f"{table}.xlsx") as book:
        content.to_excel(book, sheet_name="Sheet1", index=False)
        for name, more in sheets.items():
            more.to_excel(book, sheet_name=name, index=False)
    (folder / f"{table}.csv").unlink(missing_ok=True)


def test_excel_files_are_read_as_text_and_rows_are_counted_as_shown(raw, export, plain):
    folder = export(raw)
    excel(folder, "enrolments", raw["enrolments"])
    excel(folder, "teachers", raw["teachers"], Notes=pd.DataFrame())
    same(read_district(folder, LAYOUT), plain)
    numbers = raw["enrolments"].assign(year=raw["enrolments"]["year"].astype(float), age=50)
    excel(folder, "enrolments", numbers)
    with pytest.raises(DistrictError, match=r"enrolments.xlsx, column age: (.|\n)*row 2: '50.0'"):
        read_district(folder, LAYOUT)


def test_a_workbook_of_several_sheets_needs_one_with_the_tables_name(raw, export, plain):
    folder = export(raw)
    other = pd.DataFrame({"a": [1]})
    excel(folder, "classes", other, classes=raw["classes"])
    same(read_district(folder, LAYOUT), plain)
    excel(folder, "classes", other, more=raw["classes"])
    with pytest.raises(
        DistrictError, match=r"2 sheets hold something\n.*name the one that is meant class"
    ):
        read_district(folder, LAYOUT)


def by_year(folder, raw, change=lambda part, year: part):
    (folder / "enrolments.csv").unlink()
    for year, part in raw["enrolments"].groupby("year"):
        change(part, year).to_csv(folder / f"enrolments_{year}.csv", index=False)


def test_a_file_a_year_is_read_as_one_table(raw, export, plain):
    folder = export(raw)
    by_year(folder, raw)
    found = read_district(folder, LAYOUT)
    key = ["year", "student_id"]
    pd.testing.assert_frame_equal(
        found.enrolments.sort_values(key, ignore_index=True),
        plain.enrolments.sort_values(key, ignore_index=True),
    )
    assert "enrolments_2002.csv to enrolments_2003.csv (2 files)" in str(found.files["enrolments"])


def test_rows_of_parts_are_named_by_their_own_file_and_line(raw, export):
    folder = export(raw)
    late = raw["enrolments"]["year"] == 2003
    raw["enrolments"].loc[late, "age"] = 90
    by_year(folder, raw)
    with pytest.raises(DistrictError, match=r"enrolments_2003\.csv, line 2: '90.0'"):
        read_district(folder, LAYOUT)
    (folder / "enrolments.csv").write_text("student_id\n")
    with pytest.raises(
        DistrictError, match=r"enrolments_2002\.csv and enrolments_2003\.csv are th"
    ):
        read_district(folder, LAYOUT)


def test_a_column_that_some_parts_lack_is_left_out_and_said(raw, export, caplog):
    folder = export(raw)
    by_year(folder, raw, lambda part, year: part if year == 2002 else part.drop(columns="age"))
    caplog.set_level("INFO")
    found = read_district(folder, LAYOUT)
    assert found.absent["enrolments"] == ["age"]
    assert "not used, as another file of the table lacks it: age" in caplog.text


def test_places_count_within_each_file(tmp_path):
    files = TableFiles((tmp_path / "a_1.csv", tmp_path / "a_2.parquet"), (3, 2))
    assert [files.place(row) for row in (0, 2, 3, 4)] == [
        *("a_1.csv, line 2", "a_1.csv, line 4"),
        *("a_2.parquet, row 1", "a_2.parquet, row 2"),
    ]
    assert TableFiles.of(tmp_path / "a.xlsx").place(0) == "row 2"


CODES = Export(
    recode={
        "enrolments": {
            "gender": {"F": "female", "M": "male"},
            "special_education": {"Y": 1, "N": 0},
            "ela_score": {"999": None},
        }
    },
    missing=["#N/A", "unknown"],
)


def coded(raw):
    rows = raw["enrolments"]
    gender = rows["gender"].map({"female": "F", "male": "M"})
    special = rows["special_education"].astype(float).map({1.0: "Y", 0.0: "N"})
    score = rows["ela_score"].astype(float)
    return rows.assign(
        gender=gender.fillna("#N/A"), special_education=special, ela_score=score.fillna(999)
    )


def varied(raw):
    """Every code occurs."""
    rows = raw["enrolments"]
    rows["gender"] = ["female", "male"] * (len(rows) // 2)
    rows["special_education"] = ["1", "0"] * (len(rows) // 2)
    rows["ela_score"] = rows["ela_score"].astype(float)
    rows.loc[1, "ela_score"] = None
    return rows


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_codes_are_read_as_the_config_says(kind, raw, export, caplog):
    varied(raw)
    plain = read_district(export(raw), LAYOUT)
    folder = export({**raw, "enrolments": coded(raw)})
    if kind == "parquet":
        coded(raw).to_parquet(folder / "enrolments.parquet")
        (folder / "enrolments.csv").unlink()
    caplog.set_level("INFO")
    same(read_district(folder, LAYOUT, CODES), plain)
    assert "gender: 'F' read as 'female' (8 rows)" in caplog.text
    assert "ela_score: '999' read as missing (1 rows)" in caplog.text


def test_a_code_that_no_row_has_is_refused_by_name(raw, export):
    varied(raw)
    folder = export({**raw, "enrolments": coded(raw).replace({"gender": {"F": "f"}})})
    with pytest.raises(DistrictError, match=r"column gender: no row has 'F'\n.*district\.recode"):
        read_district(folder, LAYOUT, CODES)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_empty_cell_can_stand_for_a_value(kind, raw, export, caplog):
    varied(raw)
    plain = read_district(export(raw), LAYOUT)
    special = raw["enrolments"]["special_education"]
    raw["enrolments"]["special_education"] = special.where(special == "1", None)
    folder = export(raw)
    if kind == "parquet":
        raw["enrolments"].to_parquet(folder / "enrolments.parquet")
        (folder / "enrolments.csv").unlink()
    caplog.set_level("INFO")
    codes = Export(recode={"enrolments": {"special_education": {"": 0}}})
    same(read_district(folder, LAYOUT, codes), plain)
    assert "special_education: '' read as '0' (8 rows)" in caplog.text


def test_school_years_are_read_as_their_spring(raw, export, plain):
    for name in ("enrolments", "classes"):
        spring = raw[name]["year"].astype(int)
        raw[name]["year"] = [f"{year - 1}-{year % 100:02d}" for year in spring]
    same(read_district(export(raw), LAYOUT), plain)


@pytest.mark.parametrize(
    ("text", "spring", "autumn"),
    [
        *[("2015-16", "2016", "2015"), ("2015/16", "2016", "2015"), ("1999-00", "2000", "1999")],
        *[("2015 - 2016", "2016", "2015"), ("2015\u201316", "2016", "2015")],
        *[("2015-17", "2015-17", "2015-17"), ("2016", "2016", "2016"), ("15-16", "15-16", "15-16")],
    ],
)
def test_only_a_year_and_the_next_are_a_school_year(text, spring, autumn):
    column = pyarrow.chunked_array([[text, None]])
    assert springs(column, "spring").to_pylist() == [spring, None]
    assert springs(column, "autumn").to_pylist() == [autumn, None]


def test_numbers_and_truth_values_become_text_without_a_point():
    column = pyarrow.chunked_array([[1.0, None, 12.0]])
    assert as_text(column).to_pylist() == ["1", None, "12"]
    assert as_text(pyarrow.chunked_array([[True, None]])).to_pylist() == ["1", None]
    assert as_text(pyarrow.chunked_array([[" a ", None]]).dictionary_encode()).to_pylist() == [
        "a",
        None,
    ]


def shared(raw, shares, teachers=("007", "7")):
    """Class k1 has two teachers."""
    second = raw["classes"].iloc[:1].assign(teacher_id=teachers[1])
    first = raw["classes"].assign(teacher_id=[teachers[0], "7"])
    raw["classes"] = pd.concat([first.iloc[:1], second, first.iloc[1:]], ignore_index=True)
    raw["classes"]["share"] = [*shares, None]


def teacher_of(district, class_id):
    return district.classes.set_index("class_id")["teacher_id"].fillna("none")[class_id]


@pytest.mark.parametrize(
    ("shares", "rule", "teacher"),
    [
        *[((0.7, 0.3), "main", "007"), ((0.3, 0.7), "main", "7"), ((0.5, 0.5), "main", "none")],
        *[((None, 0.4), "main", "7"), ((None, None), "main", "none")],
        ((0.7, 0.3), "leave_out", "none"),
    ],
)
def test_a_class_of_two_teachers_is_that_of_the_config(shares, rule, teacher, raw, export, caplog):
    shared(raw, shares)
    caplog.set_level("INFO")
    found = read_district(export(raw), LAYOUT, Export(co_teachers=rule))
    assert found.classes["class_id"].tolist() == ["k1", "k2"]
    assert teacher_of(found, "k1") == teacher and teacher_of(found, "k2") == "7"
    unnamed = int(teacher == "none")
    assert f"1 of 2 have several teacher_id; {unnamed} of these count as having none" in caplog.text


def test_without_a_choice_two_teachers_of_a_class_are_refused(raw, export):
    shared(raw, (0.7, 0.3))
    with pytest.raises(DistrictError, match=r"a row repeats the key(.|\n)*district\.co_teachers"):
        read_district(export(raw), LAYOUT)


def test_a_row_twice_is_no_class_of_two_teachers(raw, export):
    shared(raw, (0.7, 0.3), ("7", "7"))
    with pytest.raises(DistrictError, match="a row repeats the key of another"):
        read_district(export(raw), LAYOUT, Export(co_teachers="main"))


def test_lines_are_those_of_the_file_after_rows_were_left_out(raw, export):
    shared(raw, (0.7, 0.3))
    raw["classes"].loc[2, "grade"] = 50
    with pytest.raises(DistrictError, match=r"column grade: (.|\n)* line 4: '50'"):
        read_district(export(raw), LAYOUT, Export(co_teachers="main"))


def test_a_class_of_two_grades_counts_as_one_a_grade(raw, export):
    rows = raw["enrolments"]
    late = rows.index[rows["class_id"].notna()]
    rows.loc[late[0], "grade"] = 2
    with pytest.raises(DistrictError, match=r"disagree about the grade(.|\n)*combination_classes"):
        read_district(export(raw), LAYOUT)
    found = read_district(export(raw), LAYOUT, Export(combination_classes="by_grade"))
    classes = found.classes.set_index("class_id")
    assert classes.index.tolist() == ["k2", "k1 (grade 2)", "k1 (grade 3)"]
    assert classes["grade"].tolist() == [3, 2, 3]
    assert classes.loc["k1 (grade 2)", "teacher_id"] == classes.loc["k1 (grade 3)", "teacher_id"]
    assert found.enrolments.loc[late[:3], "class_id"].tolist() == [
        *("k1 (grade 2)", "k1 (grade 3)", "k1 (grade 3)")
    ]
    same = found.enrolments.merge(found.classes, on=["class_id", "year"])
    assert (same["grade_x"] == same["grade_y"]).all()


def test_classes_of_one_grade_stay_as_they_are(raw, export, plain):
    same(read_district(export(raw), LAYOUT, Export(combination_classes="by_grade")), plain)


def test_the_page_of_the_check_says_that_classes_were_split(raw, export):
    rows = raw["enrolments"]
    rows.loc[rows.index[rows["class_id"].notna()][0], "grade"] = 2
    chosen = Export(combination_classes="by_grade")
    found = as_chosen(read_tables(find_tables(export(raw), LAYOUT), LAYOUT, chosen), chosen)
    shown = overview(found, SampleCounts(pd.DataFrame(), {}, []), {}, [])
    assert "1 classes of several grades count as 2, one a grade" in shown["remarks"]
