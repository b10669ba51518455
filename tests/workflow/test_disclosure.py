"""Confidential records, marked with canaries, through a whole run to its release."""

import hashlib
import re
import shutil
import zlib
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import Project

CANARIES = {
    "student_id": "canarypupil",
    "teacher_id": "canaryteacher",
    "class_id": "canaryclass",
    "school_id": "canaryschool",
}
SCORE = 4.8765432
FOLDER = "CanaryFolder/records"


@pytest.fixture(scope="module")
def confidential(tiny, tmp_path_factory) -> Project:
    """A district of confidential records, run to its release."""
    folder = tmp_path_factory.mktemp("confidential") / "copy"
    shutil.copytree(
        tiny.folder, folder, symlinks=True, ignore=shutil.ignore_patterns("results", ".snakemake")
    )
    project = Project(folder)
    raw = tiny.folder / "results/eastmond_2024/district/raw"
    (folder / FOLDER).mkdir(parents=True)
    for path in raw.glob("*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in table.columns.intersection(list(CANARIES)):
            named = CANARIES[column] + table[column]
            table[column] = named.where(table[column] != "", "")
        if "ela_score" in table:
            table.loc[pd.to_numeric(table["ela_score"]).idxmax(), "ela_score"] = str(SCORE)
        table.rename(columns={"ela_score": "CanaryScale"}).to_csv(
            folder / FOLDER / path.name, index=False
        )
    source = {"source": FOLDER, "columns": {"enrolments": {"ela_score": "CanaryScale"}}}
    project.choose({"study": "mine", "district": source})
    project.run("release", cores=2)
    return project


def published(project: Project) -> list[Path]:
    everything = [
        *(project.folder / "results").rglob("*"),
        *(project.folder / "release").rglob("*"),
    ]
    private = project.folder / "results/private"
    return [path for path in everything if path.is_file() and not path.is_relative_to(private)]


def content(path: Path) -> bytes:
    """A file's bytes, and those of every packed stream in it."""
    raw = path.read_bytes()
    unpacked = []
    for match in re.finditer(rb"stream\r?\n", raw):
        try:
            unpacked.append(zlib.decompressobj().decompress(raw[match.end() :]))
        except zlib.error:
            continue
    return b"\n".join([raw, *unpacked]).lower()


def test_no_canary_is_in_anything_published(confidential):
    files = published(confidential)
    assert len(files) > 150
    for path in files:
        held = content(path)
        assert b"canary" not in held, path
        assert str(SCORE)[:5].encode() not in held, path
        assert str(confidential.folder).encode().lower() not in held, path


def test_the_canaries_are_where_they_belong(confidential):
    students = pd.read_parquet(
        confidential.folder / "results/private/mine/district/students.parquet"
    )
    assert students["student_id"].str.startswith("canarypupil").all()


def test_what_is_private_is_in_one_closed_folder(confidential):
    results = confidential.folder / "results"
    assert (results / "private").stat().st_mode & 0o777 == 0o700
    assert {path.name for path in results.iterdir()} == {"mine", "private"}
    kinds = {path.suffix for path in (results / "mine").rglob("*") if path.is_file()}
    assert kinds == {".csv", ".pdf", ".png", ".tex"}


def test_the_release_says_how_each_file_was_made(confidential):
    release = confidential.folder / "release"
    provenance = yaml.safe_load((release / "provenance.json").read_text())
    for name, entry in provenance["files"].items():
        copy = release / Path(name).relative_to("results")
        assert hashlib.sha256(copy.read_bytes()).hexdigest() == entry["sha256"]
        for one in entry["inputs"]:
            assert (
                "restricted" in one
                or one["path"] in provenance["files"]
                or one["path"].startswith("workflow/")
            )
    assert provenance["choices"]["disclosure"]["profile"] == "n10"


def test_exhibits_say_that_the_records_are_confidential(confidential):
    parameters = (confidential.folder / "results/private/mine/records/figure_04.json").read_text()
    assert "Confidential records" in parameters
    dots = pd.read_csv(confidential.folder / "results/mine/figures/figure_02.csv")
    assert dots.loc[dots["layer"] == "estimate", "teachers"].min() >= 10


def test_a_confidential_run_is_verified_and_has_nothing_left_to_do(confidential):
    done = confidential.audit("verify")
    assert done.returncode == 0, done.stdout
    assert confidential.due() == set()


def test_a_leak_stops_disclosure_and_release(confidential, tmp_path):
    shutil.copytree(confidential.folder, tmp_path / "copy", symlinks=True)
    project = Project(tmp_path / "copy")
    leaked = project.folder / "results/mine/welfare/teachers.csv"
    leaked.write_text("teacher_id,va\ncanaryteacher1,0.2\n")
    before = (project.folder / "release/SHA256SUMS").read_text()
    done = project.snakemake("release", "--forcerun", "disclosure")
    assert done.returncode != 0
    assert "results/mine/welfare/teachers.csv: no rule publishes it" in done.stdout + done.stderr
    assert "canaryteacher" not in done.stdout + done.stderr
    assert not (project.folder / "results/private/audit/disclosure.json").exists()
    assert (project.folder / "release/SHA256SUMS").read_text() == before


def test_what_is_not_confidential_is_released_as_it_is(tiny, tmp_path):
    shutil.copytree(tiny.folder, tmp_path / "copy", symlinks=True)
    project = Project(tmp_path / "copy")
    project.run("release")
    release = project.folder / "release"
    same = (release / "eastmond_2024/figures/figure_02.csv").read_bytes()
    assert same == (tiny.folder / "results/eastmond_2024/figures/figure_02.csv").read_bytes()
    assert (release / "eastmond_2024/claims.html").is_file()
    assert not list(release.rglob("*.parquet"))
