"""A user's own applicants to exam schools, confidential, through a whole run to their release."""

import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import Project, copy_project
from own_applicants import CANARY, CHOICES, COLUMNS, SCHOOLS, own_tables, write_tables
from published_files import content, published

from welfare_added.run.choices import overridden

PAPER = "ellison_2020"
FOLDER = "CanaryFolder/records"
TUNED_AT = CHOICES["plans"]["tuned_at"]
FEW = {"bootstrap": {"draws": 2}, "planner": {"weights": 3}}


@pytest.fixture(scope="session")
def own(once) -> Project:
    """A city's own applicants, run to their release; run and change copies of it only."""

    def make(folder: Path) -> None:
        project = copy_project(folder)
        write_tables(own_tables(), folder / FOLDER)
        choose(project, {"study": "mine", "district": {"source": FOLDER}, **FEW})
        project.run("release", cores=2)

    return once("own_applicants", make)


@pytest.fixture
def copy(own, tmp_path) -> Project:
    return own.copied(tmp_path / "copy")


def choose(project: Project, changes: dict) -> None:
    project.choose({"paper": PAPER, **overridden(CHOICES, changes)}, paper=PAPER)


def table(project: Project, name: str, folder: str = "mine") -> pd.DataFrame:
    path = project.folder / f"results/{folder}/{name}.csv"
    return pd.read_csv(path, dtype={"school": str, "tuned_at": str})


def test_no_applicant_tract_column_or_folder_is_in_anything_published(own):
    files = published(own)
    assert len(files) > 80
    own_columns = {name for columns in COLUMNS.values() for name in columns.values()}
    distinctive = [name for name in own_columns if len(name) > 8]
    assert {"HomeTract", "TierOfRecord"} <= set(distinctive)
    names = [CANARY, "canaryfolder", str(own.folder), *distinctive]
    for path in files:
        held = content(path)
        assert [name for name in names if name.lower().encode() in held] == [], path


def test_what_would_be_of_a_single_applicant_is_withheld(own):
    for name in ("classes", "benchmarks", "levers", "best_rules"):
        assert table(own, name)["lowest"].isna().all()
        assert table(own, name, "private/mine")["lowest"].notna().any()
    plans = table(own, "plans")
    assert plans["weight"].notna().any()
    assert plans[["lowest_weight", "highest_weight", "unreachable"]].isna().all(axis=None)
    rules = table(own, "best_rules")
    assert rules["bonus"].notna().any() and rules[["one_more", "one_fewer"]].isna().all(axis=None)
    there = {path.name for path in (own.folder / "results/mine").rglob("*.csv")}
    assert not there & {"frontiers.csv", "histograms.csv", "displaced.csv", "bootstrap.csv"}
    assert not [name for name in there if "tract" in name]


def test_published_numbers_are_those_of_the_study_rounded(own):
    shown, exact = table(own, "classes"), table(own, "classes", "private/mine")
    assert set(shown["school"]) == set(SCHOOLS)  # 007 too, and names with accents
    assert (shown["mean"] - exact["mean"]).abs().max() <= 0.05 + 1e-9
    minority = shown["minority"].notna()
    assert 0.5 < minority.mean() < 1
    assert (shown["minority"] - exact["minority"])[minority].abs().max() <= 0.005 + 1e-9
    part = exact["minority"] * exact["students"]
    few = (part < 9.99) | (exact["students"] - part < 9.99)
    assert few.any() and (few == ~minority).all()


def test_neighbours_on_a_published_frontier_are_ten_minority_students_apart(own):
    exact = table(own, "frontiers", "private/mine").groupby(["school", "plan"]).size()
    shown = table(own, "figures/figure_frontiers")
    numbers = (shown["minority"] * shown["students"]).groupby([shown["school"], shown["plan"]])
    assert exact.max() > 20 and numbers.size().max() >= 4
    apart = numbers.apply(lambda one: one.sort_values().diff().min()).dropna()
    assert (apart > 9).all()


def test_no_published_count_is_of_few(own):
    for name in ("schools/histograms_coarse", "schools/displaced_coarse"):
        counts = table(own, name)["students"]
        assert counts.notna().any() and counts.min() >= 10 and (counts.dropna() % 5 == 0).all()


def test_exhibits_that_need_other_tables_are_skipped_with_the_reason(own):
    skipped = table(own, "skipped").set_index("exhibit")["reason"]
    assert {
        "table_a3",
        "table_a4",
        "figure_displaced_map",
        "figure_calibration",
        "table_monte_carlo",
        "table_bootstrap",
    } == set(skipped.index)
    assert "no table enrolments" in skipped["table_a3"]
    made = {path.stem for path in (own.folder / "results/mine/figures").iterdir()}
    made |= {path.stem for path in (own.folder / "results/mine/tables").iterdir()}
    assert made >= {"table_a1", "table_a2", "table_a5", "table_a6", "figure_a1", "figure_a2"}
    assert not set(skipped.index) & made
    assert not list((own.folder / "results/mine").glob("claims*"))
    policies = table(own, "tables/table_a6")
    assert list(policies["tuned_at"].unique()) == TUNED_AT


def test_the_release_speaks_of_students_alone_and_names_no_column(own):
    release = own.folder / "release/mine"
    assert "rests on at least 10 students;" in (release / "README.md").read_text()
    told = json.loads((release / "history.json").read_text())
    assert told["choices"]["plans"]["tuned_at"] == TUNED_AT
    assert set(told["choices"]["district"]) == {"unusable"}
    assert told["sources"]["applicants"]["columns"][:2] == ["application_year", "applicant_id"]


def test_nothing_is_left_to_do_and_every_result_is_as_its_job_wrote_it(copy):
    assert copy.audit("verify").returncode == 0
    assert copy.due("release") == {"disclosure", "release"}  # it always looks again


def test_a_table_that_no_rule_publishes_stops_the_release(copy):
    name = "schools/displaced_by_tract.csv"
    source = copy.folder / "results/private/mine" / name
    (copy.folder / "results/mine" / name).write_bytes(source.read_bytes())
    done = copy.snakemake("release")
    said = done.stdout + done.stderr
    assert done.returncode != 0 and f"results/mine/{name}: no rule publishes it" in said


def test_the_check_reads_the_tables_alone_and_describes_them(copy):
    assert copy.due("check_district") == {"district_page", "check_district"}
    copy.run("check_district")
    page = (copy.folder / "results/private/mine/district/check.html").read_text()
    assert "not there: ties are broken by the other points, and by lot" in page
    assert "no gap in the list of schools" in page and "Lycée Éluard" in page
    assert "has no table enrolments" in page


def test_choices_that_the_records_do_not_have_are_refused_together(copy):
    wrong = {"plans": {"tuned_at": ["Payton"]}, "levers": {"vintage": ["tier_2011"]}}
    choose(copy, {**wrong, "years": {"predicted": [2010, 2012]}})
    done = copy.snakemake("check_district")
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode != 0 and "Traceback" not in said
    for text in (
        "no applicant of 2010 to 2012 (years.predicted in config.yaml) can be used",
        "plans.tuned_at in config.yaml names Payton, which is not there",
        "name schools of 2021: 007, Côte d'Or",
        "levers.vintage in config.yaml names tier_2011",
    ):
        assert text in said, said
    assert CANARY not in said


def test_synthetic_applicants_have_every_exhibit_and_are_released_as_they_are(
    tiny_ellison, tmp_path
):
    folder = tiny_ellison.folder / "results/ellison_2020"
    assert pd.read_csv(folder / "skipped.csv").empty
    assert (folder / "claims.csv").is_file() and (folder / "moves.csv").is_file()
    project = tiny_ellison.copied(tmp_path / "copy")
    choices = ("--config", "paper=ellison_2020", "district={size: tiny}", "--")
    project.run(*choices, "release")
    release = project.folder / "release/ellison_2020/ellison_2020"
    for name in ("classes.csv", "figures/figure_a1.csv"):
        assert (release / name).read_bytes() == (folder / name).read_bytes()
