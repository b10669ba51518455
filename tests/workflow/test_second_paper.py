"""A paper is added by its folder, its package and its scripts: nothing else has to change."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from conftest import Project, copy_project
from second_paper import FILES, add_second_paper

RESULTS = "results/second_2030"


@pytest.fixture(scope="module")
def both(tiny, tmp_path_factory) -> Project:
    """The first paper's finished run, and the second paper run beside it."""
    project = tiny.copied(tmp_path_factory.mktemp("both") / "copy")
    add_second_paper(project)
    project.run("--config", "paper=second_2030", "--", cores=2)
    return project


def test_a_second_paper_makes_nothing_of_the_first_due(both):
    assert both.due() == set()
    assert both.due("--config", "paper=second_2030", "--") == set()


def test_each_paper_has_a_figure_04_of_its_own(both, tiny):
    ours = both.folder / RESULTS / "figures/figure_04.csv"
    first = "results/eastmond_2024/figures/figure_04.csv"
    assert list(pd.read_csv(ours)) == ["treated", "outcome"]
    assert (both.folder / first).read_bytes() == (tiny.folder / first).read_bytes()
    forced = ("--config", "paper=second_2030", "--forcerun", "figure_04", "--", "figure_04")
    assert both.due(*forced) == {"figure_04"}


def test_its_numbers_are_compared_and_its_truth_recovered(both):
    claims = pd.read_csv(both.folder / RESULTS / "claims.csv").set_index("id")
    assert claims["verdict"].to_dict() == {"effect": "recovered", "people": "assumed"}


def test_its_report_has_exhibits_and_claims_and_no_planner(both):
    page = (both.folder / RESULTS / "report/index.html").read_text()
    assert "400 people, all made." in page and "Outcomes of 400 people." in page
    assert "Figure 4" in page and "Table 2" in page and "planner" not in page
    assert "<h1>A second paper</h1>" in page and "Ada Second" in page
    estimate = pd.read_csv(both.folder / RESULTS / "estimates.csv")["estimate"].item()
    assert f"The effect of treatment is <b>{estimate:.2g}</b> SD." in page


def test_its_results_are_verified_traced_and_kept_as_reference(both, tmp_path):
    project = both.copied(tmp_path / "copy")
    done = project.audit("--paper", "second_2030", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = json.loads((project.folder / RESULTS / "audit/verification.json").read_text())
    assert verdicts["numbers"]["effect"]["verdict"] == "verified"
    assert "outcomes.py:" in project.audit("--paper", "second_2030", "trace", "figure_04").stdout
    assert "no published run" in project.audit("--paper", "second_2030", "reference").stdout
    assert project.audit("--paper", "second_2030", "reference", "--keep").returncode == 0
    assert (project.folder / "workflow/papers/second_2030/reference.json").is_file()
    said = project.audit("--paper", "second_2030", "reference").stdout
    assert "byte for byte" in said


def test_its_choices_are_closed_too(both):
    done = both.snakemake("-n", "--config", "paper=second_2030", "world={peopel: 3}", "--")
    said = done.stdout + done.stderr
    assert "world: unknown key peopel; known keys are people, seed, effect" in said


def test_an_edit_of_either_paper_leaves_the_other_alone(both, tmp_path):
    project = both.copied(tmp_path / "copy")
    for name in FILES:
        path = project.folder / name
        if path.suffix in (".py", ".smk"):
            path.write_text(path.read_text() + "\nEDITED = True\n")
        if path.name == "claims.yaml":
            path.write_text(path.read_text().replace("400 people", "400 persons"))
    assert project.due() == set()
    expected = {"world", "estimate", "figure_04", "table_2", "claims", "report", "manifest", "all"}
    assert project.due("--config", "paper=second_2030", "--") == expected


def test_make_papers_asks_for_each(tmp_path):
    project = copy_project(tmp_path)
    add_second_paper(project)
    (project.folder / ".venv").mkdir()
    (project.folder / ".venv/.ready").touch()
    done = subprocess.run(
        ["make", "-n", "papers", f"PYTHON={sys.executable}"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    for paper in ("eastmond_2024", "second_2030"):
        assert f"snakemake --cores 2 --config paper={paper} --" in done.stdout
