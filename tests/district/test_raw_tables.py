"""Raw tables of any layout: every type of column, required or not, is read or refused."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.district.export import Export
from welfare_added.district.layout import Column, Layout, Table
from welfare_added.district.problems import DistrictError
from welfare_added.district.reading import read_tables
from welfare_added.district.table_files import TableFiles
from welfare_added.district.values import schema_of

COLUMNS = {
    "pupil": Column("text", "x", "name the pupil"),
    "tract": Column("text", "x", "name the tract", empty=True),
    "year": Column("whole", "x", "write a year", low=2000, high=2020),
    "rank": Column("whole", "x", "write a rank", low=1, empty=True),
    "score": Column("number", "x", "write a score", low=0, high=100),
    "income": Column("number", "x", "write dollars", empty=True),
    "change": Column("number", "x", "write a loss", high=0, empty=True),
    "sex": Column("category", "x", "write f or m", values=("f", "m")),
    "tier": Column("category", "x", "write a tier", values=("1", "2"), empty=True),
    "admitted": Column("flag", "x", "write 0 or 1"),
    "subsidised": Column("flag", "x", "write 0 or 1, or nothing", empty=True),
    "entered": Column("date", "x", "write the day"),
    "left": Column("date", "x", "write the day, or nothing", empty=True),
}
LAYOUT = Layout({"pupils": Table("one row a pupil", ("pupil", "year"), "keep one", COLUMNS)})
GOOD = {
    "pupil": ["007", "8", "8"],
    "tract": ["0101", "", "0102"],
    "year": ["2010", "2010", "2011"],
    "rank": ["1", "", "3"],
    "score": ["0", "99.5", "100"],
    "income": ["", "-5e3", "1e9"],
    "change": ["0", "-0.5", ""],
    "sex": ["f", "m", "m"],
    "tier": ["1", "", "2"],
    "admitted": ["1", "0", "1"],
    "subsidised": ["1", "", "0"],
    "entered": ["2010-04-01", "2012-02-29", " 2010-08-31"],
    "left": ["", "2015-12-31", ""],
}


def written(folder: Path, **changed) -> dict[str, Path]:
    """The good table with other values of some columns; None leaves the column out."""
    content = {name: cells for name, cells in {**GOOD, **changed}.items() if cells is not None}
    pd.DataFrame(content).to_csv(folder / "pupils.csv", index=False)
    return {"pupils": folder / "pupils.csv"}


def test_every_type_is_read_as_it_is_declared(tmp_path):
    raw = read_tables(written(tmp_path), LAYOUT)
    table = raw.tables["pupils"]
    assert raw.layout == LAYOUT and raw.absent == {}
    assert raw.files == {"pupils": TableFiles((tmp_path / "pupils.csv",), (3,))}
    assert list(table) == list(COLUMNS)
    assert table["pupil"].tolist() == ["007", "8", "8"]
    assert table["tract"].isna().tolist() == [False, True, False]
    assert table["year"].dtype == "int64" and table["year"].tolist() == [2010, 2010, 2011]
    numbers = ("rank", "score", "income", "change", "admitted", "subsidised")
    assert {str(table[name].dtype) for name in numbers} == {"float64"}
    np.testing.assert_array_equal(table["rank"], [1, np.nan, 3])
    np.testing.assert_array_equal(table["income"], [np.nan, -5000, 1e9])
    np.testing.assert_array_equal(table["subsidised"], [1, np.nan, 0])
    assert table["sex"].tolist() == ["f", "m", "m"]
    assert table["tier"].isna().tolist() == [False, True, False]
    assert {str(table[name].dtype) for name in ("entered", "left")} == {"datetime64[s]"}
    days = [pd.Timestamp(2010, 4, 1), pd.Timestamp(2012, 2, 29), pd.Timestamp(2010, 8, 31)]
    assert table["entered"].tolist() == days
    assert table["left"].isna().tolist() == [True, False, True]


def test_parquet_and_csv_are_read_alike(tmp_path):
    from_csv = read_tables(written(tmp_path), LAYOUT).tables["pupils"]
    from_csv.to_parquet(tmp_path / "pupils.parquet")
    again = read_tables({"pupils": tmp_path / "pupils.parquet"}, LAYOUT).tables["pupils"]
    pd.testing.assert_frame_equal(again, from_csv)


EMPTY = ["1", "", "1"]
NO_DAY = "not a day of the calendar written as 2015-04-30"
REFUSED = {
    "pupil": (["1", "", "2"], "empty"),
    "year": (["2010", "", "2011"], "empty"),
    "score": (["1", "", "2"], "empty"),
    "sex": (["f", "", "m"], "empty"),
    "admitted": (EMPTY, "empty"),
    "a year of two digits": (["2010", "10", "2011"], "values outside 2000 to 2020"),
    "a year with a fraction": (["2010", "2010.5", "2011"], "not a whole number"),
    "a year without end": (["2010", "inf", "2011"], "numbers too large to be whole and exact"),
    "a year in words": (["2010", "MMX", "2011"], "text where a number is expected"),
    "a rank of zero": (["1", "0", "3"], "values below 1"),
    "a rank with a fraction": (["", "1.5", "3"], "not a whole number"),
    "a rank without end": (["", "1e300", "3"], "numbers too large to be whole and exact"),
    "a score above all": (["0", "100.1", "3"], "values outside 0 to 100"),
    "an income without end": (["0", "-inf", "3"], "values that are not finite"),
    "a change upwards": (["0", "0.1", ""], "values above 0"),
    "a change without end": (["0", "-inf", ""], "values that are not finite"),
    "a sex in words": (["f", "male", "m"], "values that are not allowed"),
    "a tier of none": (["1", "3", ""], "values that are not allowed"),
    "admitted in part": (["1", "0.5", "1"], "values other than 0 and 1"),
    "subsidised in words": (["1", "yes", "1"], "text where a number is expected"),
    "entered": (["2010-04-01", "", "2010-04-01"], "empty"),
    "entered on a day of no calendar": (["2010-04-01", "2010-02-30", "2010-04-01"], NO_DAY),
    "entered the German way": (["2010-04-01", "01.04.2010", "2010-04-01"], NO_DAY),
    "entered without zeros": (["2010-04-01", "2010-4-1", "2010-04-01"], NO_DAY),
    "left at an hour": (["2010-04-01", "2010-04-01T09:30:00", ""], NO_DAY),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_value_is_refused_with_its_row_and_the_declared_remedy(case, tmp_path):
    cells, what = REFUSED[case]
    column = next(name for name in COLUMNS if name in case.split())
    files = written(tmp_path, **{column: cells})
    with pytest.raises(DistrictError) as raised:
        read_tables(files, LAYOUT)
    (problem,) = raised.value.problems
    assert (problem.column, problem.what, problem.rows) == (column, what, 1)
    assert problem.file == str(files["pupils"]) and problem.remedy == COLUMNS[column].remedy
    assert problem.examples[0].startswith("line 3:")


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_days_of_a_parquet_file_or_a_workbook_are_read_and_hours_refused(unit, tmp_path):
    table = read_tables(written(tmp_path), LAYOUT).tables["pupils"]
    stamps = table.assign(left=table["left"].astype(f"datetime64[{unit}]"))
    stamps.to_parquet(tmp_path / "pupils.parquet")
    again = read_tables({"pupils": tmp_path / "pupils.parquet"}, LAYOUT).tables["pupils"]
    pd.testing.assert_frame_equal(again, table)
    table.to_excel(tmp_path / "pupils.xlsx", index=False)
    book = read_tables({"pupils": tmp_path / "pupils.xlsx"}, LAYOUT).tables["pupils"]
    assert book["left"].equals(table["left"]) and book["entered"].equals(table["entered"])
    table.to_csv(tmp_path / "pupils.csv", index=False, date_format="%Y-%m-%d %H:%M:%S")
    written_out = read_tables({"pupils": tmp_path / "pupils.csv"}, LAYOUT).tables["pupils"]
    assert written_out["left"].equals(table["left"])
    late = stamps.assign(left=stamps["left"] + pd.Timedelta(hours=1))
    late.to_parquet(tmp_path / "pupils.parquet")
    with pytest.raises(DistrictError, match=rf"column left: {NO_DAY} \(1 row\)"):
        read_tables({"pupils": tmp_path / "pupils.parquet"}, LAYOUT)


def test_numbers_are_no_days(tmp_path):
    table = read_tables(written(tmp_path), LAYOUT).tables["pupils"]
    table.assign(left=[1.0, np.nan, 2.0]).to_parquet(tmp_path / "pupils.parquet")
    with pytest.raises(DistrictError, match=rf"column left: {NO_DAY} \(2 rows\)"):
        read_tables({"pupils": tmp_path / "pupils.parquet"}, LAYOUT)


def test_a_key_that_recurs_is_refused(tmp_path):
    with pytest.raises(DistrictError) as raised:
        read_tables(written(tmp_path, year=["2010"] * 3), LAYOUT)
    assert str(raised.value) == (
        f"{tmp_path}/pupils.csv, column pupil and year: a row repeats the key of another (2 rows)\n"
        "    line 3\n    line 4\n    Remedy: keep one"
    )


def layout_with(column: str, **changed) -> Layout:
    """The layout with one column declared otherwise."""
    other = Column(**{**vars(COLUMNS[column]), **changed})
    return Layout({"pupils": Table("x", ("pupil", "year"), "x", {**COLUMNS, column: other})})


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("pupil", "year")])
def test_a_column_of_any_type_may_be_absent_if_that_is_declared(column, tmp_path, caplog):
    files = written(tmp_path, **{column: None})
    with pytest.raises(DistrictError, match=rf"pupils.csv, column {column}: missing\n"):
        read_tables(files, LAYOUT)
    caplog.set_level(logging.WARNING)
    optional = layout_with(column, absent=True)
    raw = read_tables(files, optional)
    assert raw.absent == {"pupils": [column]}
    assert raw.tables["pupils"][column].isna().all()
    assert f"columns missing, what needs them is left out: {column}" in caplog.text
    assert read_tables(written(tmp_path), optional).absent == {}


@pytest.mark.parametrize("column", ["sex", "score", "admitted"])
def test_a_column_that_may_be_absent_must_be_whole_if_it_is_there(column, tmp_path):
    files = written(tmp_path, **{column: [GOOD[column][0], "", GOOD[column][2]]})
    with pytest.raises(DistrictError, match=rf"column {column}: empty \(1 row\)"):
        read_tables(files, layout_with(column, absent=True))


def test_an_absent_whole_number_is_missing_in_every_row(tmp_path):
    rank = layout_with("rank", empty=False, absent=True)
    assert read_tables(written(tmp_path, rank=["1", "2", "3"]), rank).tables["pupils"][
        "rank"
    ].tolist() == [1, 2, 3]
    raw = read_tables(written(tmp_path, rank=None), rank)
    assert raw.tables["pupils"]["rank"].isna().all()


def test_the_users_own_names_are_mapped(tmp_path):
    files = written(tmp_path, pupil=None, PupilID=GOOD["pupil"])
    raw = read_tables(files, LAYOUT, Export({"pupils": {"pupil": "PupilID"}}))
    assert raw.tables["pupils"]["pupil"].tolist() == GOOD["pupil"]
    with pytest.raises(DistrictError, match=r"correct district\.columns\.pupils in config\.yaml"):
        read_tables(files, LAYOUT, Export({"pupils": {"pupil": "Pupil"}}))


def test_a_problem_shows_the_places_and_the_column_concerned(tmp_path):
    raw = read_tables(written(tmp_path), LAYOUT)
    one = raw.problem("pupils", np.array([0, 2]), "odd", "mend it", "income")
    assert str(one) == (
        f"{tmp_path}/pupils.csv, column income: odd (2 rows)\n"
        "    line 2: empty\n"
        "    line 4: '1000000000.0'\n"
        "    Remedy: mend it"
    )
    of_key = raw.problem("pupils", np.array([1]), "odd", "mend it")
    assert of_key.column == "pupil and year"
    assert of_key.examples == ("line 3",)


def test_the_schema_holds_the_columns_that_are_there():
    schema = schema_of(LAYOUT.tables["pupils"], ["tract", "income"])
    assert list(schema.columns) == [name for name in COLUMNS if name not in ("tract", "income")]
    assert schema.unique == ["pupil", "year"]
    assert {name for name, one in schema.columns.items() if one.nullable} == {
        name for name, one in COLUMNS.items() if one.empty and name in schema.columns
    }
