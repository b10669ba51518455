"""Confidential records, marked with canaries, through a whole run to its release."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Project, copy_project
from published_files import content, published
from validators import crate_problems

from welfare_added.run.choices import read_config
from welfare_added.welfare.populations import populations

CANARIES = {
    "student_id": "canarypupil",
    "teacher_id": "canaryteacher",
    "class_id": "canaryclass",
    "school_id": "canaryschool",
}
FOLDER = "CanaryFolder/records"


@pytest.fixture(scope="session")
def confidential(tiny, once) -> Project:
    """A district of confidential records, run to its release; run and change copies of it only."""

    def make(folder: Path) -> None:
        project = copy_project(folder)
        _write_records(tiny.folder / "results/eastmond_2024/district/raw", folder / FOLDER)
        source = {"source": FOLDER, "columns": {"enrolments": {"ela_score": "CanaryScale"}}}
        project.choose({"study": "mine", "district": source})
        project.run("release", cores=2)

    return once("confidential", make)


def _write_records(raw: Path, folder: Path) -> None:
    """The tiny district's tables with canaries for ids and for a column; class ids recur."""
    folder.mkdir(parents=True)
    rooms = pd.read_csv(raw / "classes.csv", dtype=str).sort_values(["year", "class_id"])
    room = (rooms.groupby("year").cumcount() + 1).astype(str).str.zfill(5)
    room_of = dict(zip(zip(rooms["class_id"], rooms["year"], strict=True), room, strict=True))
    for path in raw.glob("*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "class_id" in table:
            classes = zip(table["class_id"], table["year"], strict=True)
            table["class_id"] = [room_of.get(one, "") for one in classes]
        for column in table.columns.intersection(list(CANARIES)):
            named = CANARIES[column] + table[column]
            table[column] = named.where(table[column] != "", "")
        table = table.rename(columns={"ela_score": "CanaryScale"})
        if path.stem == "teachers":
            table.to_parquet(folder / "teachers.parquet")
        else:
            table.to_csv(folder / path.name, index=False)


def private(project: Project, name: str) -> pd.DataFrame:
    return pd.read_parquet(project.folder / "results/private/mine" / name)


def test_no_canary_is_in_anything_published(confidential):
    files = published(confidential)
    assert len(files) > 150
    for path in files:
        held = content(path)
        assert b"canary" not in held, path
        assert str(confidential.folder).encode().lower() not in held, path


def test_no_ones_number_is_in_a_published_table(confidential):
    """Neither the extremes of pupils' scores nor any teacher's value added."""
    scores = private(confidential, "district/students.parquet")[["ela", "math"]]
    extremes = {f"{value:.4g}" for value in [*scores.max(), *scores.min()]}
    teachers = private(confidential, "value_added.parquet")[["va_lower", "va_higher"]]
    own = {f"{value:.8g}" for value in teachers.to_numpy().ravel()}
    for path in published(confidential):
        if path.suffix == ".csv":
            numbers = re.findall(r"-?\d+\.\d+", path.read_text())
            assert not extremes & set(numbers), path
            assert not own & {f"{float(number):.8g}" for number in numbers}, path


def test_names_and_columns_of_ones_own_change_no_result(confidential, tiny):
    mine = confidential.folder / "results/private/mine"
    theirs = tiny.folder / "results/eastmond_2024"
    assert (mine / "frontiers.csv").read_bytes() == (theirs / "frontiers.csv").read_bytes()
    shown = pd.read_csv(confidential.folder / "results/mine/frontiers.csv")
    exact = pd.read_csv(mine / "frontiers.csv")
    np.testing.assert_allclose(shown["gain_mean"], exact["gain_mean"], rtol=5e-4)


def test_class_ids_that_recur_each_year_count_nobody_twice(confidential, tiny):
    """The same counts as with ids that never recur, from the raw tables to the gate."""
    raw = pd.read_csv(confidential.folder / FOLDER / "classes.csv", dtype=str)
    assert (raw["class_id"].value_counts() == raw["year"].nunique()).any()
    folder = tiny.folder / "results/eastmond_2024"
    tables = [
        pd.read_parquet(folder / name)
        for name in ("district/students.parquet", "allocation/slots.parquet")
    ]
    outcomes = pd.read_parquet(folder / "district/outcomes.parquet")
    share = read_config(tiny.folder)["welfare"]["deselected_share"]
    expected = populations(*tables, outcomes, share)
    found = pd.read_csv(confidential.folder / "results/private/mine/populations.csv")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)


def test_the_canaries_are_where_they_belong(confidential):
    students = private(confidential, "district/students.parquet")
    assert students["student_id"].str.startswith("canarypupil").all()


def test_what_is_private_is_in_one_closed_folder(confidential):
    results = confidential.folder / "results"
    assert (results / "private").stat().st_mode & 0o777 == 0o700
    there = {path.name for path in results.iterdir()}
    assert there == {"README.md", "mine", "private"}
    report = results / "mine/report/index.html"
    kinds = {p.suffix for p in (results / "mine").rglob("*") if p.is_file() and p != report}
    assert report.is_file() and kinds == {".csv", ".pdf", ".png", ".tex"}


def test_the_release_says_how_each_file_was_made(confidential):
    release = confidential.folder / "release/mine"
    told = json.loads((release / "history.json").read_text())
    for name, entry in told["files"].items():
        if (release / name).is_file():
            copy = (release / name).read_bytes()
            assert hashlib.sha256(copy).hexdigest() == entry["sha256"]
            assert entry["job"] in told["jobs"]
        else:
            assert name.startswith(("confidential/", "workflow/"))
    assert "confidential/source/enrolments" in told["jobs"]["mine/district"]["inputs"]
    assert told["choices"]["disclosure"]["profile"] == "n10"
    enrolments = told["sources"]["enrolments"]
    assert "ela_score" in enrolments["columns"] and "CanaryScale" not in enrolments["columns"]
    rows = len(pd.read_csv(confidential.folder / FOLDER / "enrolments.csv"))
    assert abs(enrolments["rows"] - rows) < 5 and enrolments["rows"] % 5 == 0


def test_the_release_is_a_provenance_run_crate(confidential):
    assert crate_problems(confidential.folder / "release/mine") == []


def test_the_validator_sees_what_a_crate_lacks(confidential, tmp_path):
    shutil.copytree(confidential.folder / "release/mine", tmp_path / "release")
    path = tmp_path / "release/ro-crate-metadata.json"
    crate = json.loads(path.read_text())
    crate["@graph"] = [one for one in crate["@graph"] if one["@id"] != "#run"]
    path.write_text(json.dumps(crate))
    assert any("instrument" in one for one in crate_problems(tmp_path / "release"))


def test_exhibits_say_that_the_records_are_confidential(confidential):
    parameters = (confidential.folder / "results/private/mine/records/figure_04.json").read_text()
    assert "Confidential records" in parameters
    dots = pd.read_csv(confidential.folder / "results/mine/figures/figure_02.csv")
    assert dots.loc[dots["layer"] == "estimate", "teachers"].min() >= 10


def test_a_confidential_run_is_verified_and_has_nothing_left_to_do(confidential, tmp_path):
    project = confidential.copied(tmp_path / "copy")
    done = project.audit("verify")
    assert done.returncode == 0, done.stdout
    assert project.due() == set()


def test_a_leak_stops_disclosure_and_release(confidential, tmp_path):
    project = confidential.copied(tmp_path / "copy")
    leaked = project.folder / "results/mine/welfare/teachers.csv"
    leaked.write_text("teacher_id,va\ncanaryteacher1,0.2\n")
    before = (project.folder / "release/mine/SHA256SUMS").read_text()
    done = project.snakemake("release")
    assert done.returncode != 0
    assert "results/mine/welfare/teachers.csv: no rule publishes it" in done.stdout + done.stderr
    assert "canaryteacher" not in done.stdout + done.stderr
    assert not (project.folder / "results/private/mine/audit/disclosure.json").exists()
    assert (project.folder / "release/mine/SHA256SUMS").read_text() == before


def test_what_is_not_confidential_is_released_as_it_is(tiny, changed):
    changed.run("release")
    release = changed.folder / "release/eastmond_2024"
    same = (release / "eastmond_2024/figures/figure_02.csv").read_bytes()
    assert same == (tiny.folder / "results/eastmond_2024/figures/figure_02.csv").read_bytes()
    assert (release / "eastmond_2024/claims.html").is_file()
    assert not list(release.rglob("*.parquet"))


def test_own_records_are_cut_into_bins_of_the_users_own(confidential, tiny, tmp_path):
    """What the paper published of its district decides nothing of another's."""

    def inputs(project, private: str) -> set[str]:
        path = project.folder / private / "records/moments.json"
        return {Path(one["path"]).name for one in json.loads(path.read_text())["inputs"]}

    assert "inputs.yaml" in inputs(tiny, "results/eastmond_2024")
    assert inputs(confidential, "results/private/mine") == {
        "students.parquet",
        "classes.parquet",
        "outcomes.parquet",
        "value_added.parquet",
    }
    project = confidential.copied(tmp_path / "copy")
    published = project.folder / "workflow/papers/eastmond_2024/calibration/inputs.yaml"
    published.write_text(published.read_text().replace("classes", "classes ", 1) + "\n# edited\n")
    assert project.due() == set()
    table = "results/private/mine/value_added/sorting_bins.csv"
    for number in (20, 7):
        if number != 20:
            project.choose({"exhibits": {"sorting_bins": number}})
            assert project.due() >= {"moments", "figure_03", "figure_a2"}
            project.run(table)
        bins = pd.read_csv(project.folder / table).groupby(["subject", "advantage", "against"])
        assert (bins["bin"].max() == number).all()
        assert (bins["bin"].nunique() == number).all()
        moments = pd.read_csv(project.folder / "results/private/mine/moments.csv")
        sizes = moments["quantity"].str.fullmatch(r"class_size\.bins\.\d\d")
        assert sizes.sum() == number
