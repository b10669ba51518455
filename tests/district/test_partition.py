"""Tables of several districts, cut into a folder for each."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.district import partition as module
from welfare_added.district.partition import partition
from welfare_added.district.problems import DistrictError

CODES = ["North 1", "South", "Ost-3"]


def state(seed=1, students=400):
    """Tables of three districts; some students and teachers are in two of them."""
    rng = np.random.default_rng(seed)
    where = rng.choice(CODES, students)
    enrolments = pd.DataFrame(
        {
            "Pupil": [f"{number:05d}" for number in rng.integers(0, 300, students)],
            "year": rng.integers(2003, 2006, students).astype(str),
            "District": where,
            "class_id": [f"c{number:02d}" for number in rng.integers(0, 40, students)],
            "ela_score": rng.choice(["", "NA", "12.50", "7", 'a, "b"'], students),
        }
    )
    classes = pd.DataFrame(
        {
            "class_id": [f"c{number:02d}" for number in range(60)],
            "teacher_id": [f"{number:03d}" for number in rng.integers(0, 30, 60)],
            "District": rng.choice(CODES, 60),
        }
    )
    teachers = pd.DataFrame({"teacher_id": [f"{number:03d}" for number in range(40)]})
    outcomes = pd.DataFrame({"student_id": [f"{number:05d}" for number in range(310)]})
    outcomes["graduated_high_school"] = rng.choice(["0", "1", ""], 310)
    return {
        "enrolments": enrolments,
        "classes": classes,
        "teachers": teachers.assign(first_year="1999"),
        "outcomes": outcomes,
    }


def written(tables, folder, kind):
    folder.mkdir()
    files = {name: folder / f"{name}.{kind}" for name in tables}
    for name, table in tables.items():
        if kind == "csv":
            table.to_csv(files[name], index=False)
        else:
            table.to_parquet(files[name])
    return files


def read(path):
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    return pd.read_parquet(path)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("block", [200, 1 << 24])
def test_every_row_is_in_its_district_as_it_was(tmp_path, monkeypatch, kind, block):
    monkeypatch.setattr(module, "BLOCK", block)
    tables = state()
    files = written(tables, tmp_path / "state", kind)
    out = tmp_path / "cut"
    found = partition(files, "District", {"enrolments": {"student_id": "Pupil"}}, out)
    for code, folder in zip(CODES, ["north_1", "south", "ost_3"], strict=True):
        own = {
            name: tables[name][tables[name]["District"] == code].drop(columns="District")
            for name in ("enrolments", "classes")
        }
        known = {"teachers": ("teacher_id", own["classes"]["teacher_id"])}
        known["outcomes"] = ("student_id", own["enrolments"]["Pupil"])
        for name, (key, persons) in known.items():
            own[name] = tables[name][tables[name][key].isin(persons)]
        for name, wanted in own.items():
            got = read(out / folder / f"{name}.{kind}")
            assert list(got) == list(wanted)
            assert got.to_numpy().tolist() == wanted.to_numpy().tolist()
            told = found[(found["folder"] == folder) & (found["table"] == name)]
            assert told["rows"].tolist() == [len(wanted)]
            assert told["district"].tolist() == [code]
    assert sorted(path.name for path in out.iterdir()) == ["north_1", "ost_3", "south"]


def test_a_second_cut_replaces_the_first(tmp_path):
    files = written(state(), tmp_path / "state", "csv")
    for _ in range(2):
        partition(files, "District", {"enrolments": {"student_id": "Pupil"}}, tmp_path / "cut")
    parts = sorted(path.name for path in (tmp_path / "cut/south").iterdir())
    assert parts == ["classes.csv", "enrolments.csv", "outcomes.csv", "teachers.csv"]


def test_a_table_without_the_column_is_told(tmp_path):
    tables = state()
    tables["classes"] = tables["classes"].drop(columns="District")
    files = written(tables, tmp_path / "state", "csv")
    said = r"classes\.csv, column District: missing; it must name each row's district"
    with pytest.raises(DistrictError, match=said):
        partition(files, "District", {}, tmp_path / "cut")
    assert not (tmp_path / "cut").exists()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_rows_of_no_district_are_counted_and_the_first_shown(tmp_path, kind):
    tables = state()
    tables["enrolments"].loc[[7, 30], "District"] = "" if kind == "csv" else None
    files = written(tables, tmp_path / "state", kind)
    with pytest.raises(
        DistrictError, match=r"column District: no district named \(2 rows\)"
    ) as error:
        partition(files, "District", {"enrolments": {"student_id": "Pupil"}}, tmp_path / "cut")
    assert "line 9" in str(error.value)


def test_names_that_would_share_a_folder_are_refused(tmp_path):
    tables = state()
    tables["enrolments"]["District"] = tables["enrolments"]["District"].replace("South", "north-1")
    files = written(tables, tmp_path / "state", "csv")
    said = "North 1, north-1 would share the folder north_1"
    with pytest.raises(DistrictError, match=said):
        partition(files, "District", {}, tmp_path / "cut")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("table", ["classes", "outcomes"])
def test_rows_of_a_district_without_enrolments_are_told(tmp_path, kind, table):
    tables = state()
    tables["outcomes"]["District"] = "South"
    tables[table].loc[[3, 4], "District"] = "Suoth"
    files = written(tables, tmp_path / "state", kind)
    said = (
        rf"{table}\.{kind}, column District: districts without enrolments \(2 rows\)\n    Suoth: 2"
    )
    with pytest.raises(DistrictError, match=said):
        partition(files, "District", {"enrolments": {"student_id": "Pupil"}}, tmp_path / "cut")
    assert not (tmp_path / "cut").exists()


def test_a_district_without_classes_is_told(tmp_path):
    tables = state()
    tables["classes"] = tables["classes"].query("District != 'South'")
    files = written(tables, tmp_path / "state", "csv")
    said = (
        r"classes\.csv, column District: no class of districts with enrolments: South\n    Remedy"
    )
    with pytest.raises(DistrictError, match=said):
        partition(files, "District", {"enrolments": {"student_id": "Pupil"}}, tmp_path / "cut")
    assert not (tmp_path / "cut").exists()
