"""The command welfare-added: a project of one's own, from the repository and from a wheel."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from welfare_added.cli import __main__ as command
from welfare_added.cli.parts import PARTS, copy_part
from welfare_added.cli.project import new_project, template_folder
from welfare_added.run.errors import UserError
from welfare_added.run.fingerprint import fingerprint
from welfare_added.run.source import module_name, source_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def started(monkeypatch):
    """Commands that would have been started, in place of starting them."""
    commands = []

    def run(arguments, env, check):
        commands.append(arguments[2:])
        assert env["OPENBLAS_NUM_THREADS"] == "1" and arguments[0] == sys.executable
        return SimpleNamespace(returncode=len(commands))

    monkeypatch.setattr(subprocess, "run", run)
    return commands


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        (["run"], ["snakemake", "--cores", "2"]),
        (["run", "--cores", "8", "-n"], ["snakemake", "--cores", "8", "-n"]),
        (["run", "--cores=8"], ["snakemake", "--cores=8"]),
        (["run", "-c8", "all"], ["snakemake", "-c8", "all"]),
        (["check"], ["snakemake", "--cores", "2", "--", "check_district"]),
        (["figure", "figure_04", "-n"], ["snakemake", "--cores", "2", "-n", "--", "figure_04"]),
        (
            ["run", "--paper", "second"],
            ["snakemake", "--config", "paper=second", "--cores", "2"],
        ),
        (["trace", "figure_04"], ["welfare_added.audit", "trace", "figure_04"]),
        (["verify", "--paper", "second"], ["welfare_added.audit", "--paper", "second", "verify"]),
    ],
)
def test_each_command_is_one_of_snakemake_or_of_the_audit(asked, done, started, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert command.main(asked) == 1
    assert started == [done]


def test_a_folder_that_is_no_project_is_said_with_the_remedy(
    tmp_path, monkeypatch, started, capsys
):
    monkeypatch.chdir(tmp_path)
    assert command.main(["run"]) == 10
    assert "make one: welfare-added new FOLDER" in capsys.readouterr().err and not started


@pytest.mark.parametrize(
    "asked", [["verify", "-n"], ["trace", "x", "--cores", "2"], ["new", "x", "y"]]
)
def test_options_that_nothing_would_take_are_refused(asked, monkeypatch, started, capsys, tmp_path):
    (tmp_path / "config.yaml").touch()
    (tmp_path / "Snakefile").touch()
    monkeypatch.chdir(tmp_path)
    assert command.main(asked) == 10
    assert "is not known here" in capsys.readouterr().err and not started


def test_a_new_project_has_the_paper_that_was_asked_for(tmp_path):
    folder = tmp_path / "my project"
    new_project(folder, "ellison_2020")
    assert {path.name for path in folder.iterdir()} == {*PARTS, "README.md", ".gitignore"}
    config = (folder / "config.yaml").read_text()
    assert yaml.safe_load(config)["paper"] == "ellison_2020"
    original = (ROOT / "config.yaml").read_text().splitlines()
    changed = [line for line in config.splitlines() if line not in original]
    assert changed == ["paper: ellison_2020             # a folder of workflow/papers"]
    assert "welfare-added check" in (folder / "README.md").read_text()
    assert not list(folder.rglob("__pycache__"))


def test_what_is_there_is_never_overwritten(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine")
    with pytest.raises(UserError, match="mine: holds something already; name a new folder"):
        new_project(tmp_path / "mine", "eastmond_2024")
    with pytest.raises(UserError, match="'nothing_2000' is not one of"):
        new_project(tmp_path / "other", "nothing_2000")
    assert not (tmp_path / "other").exists()


def test_modules_have_the_same_names_wherever_the_package_is(tmp_path):
    """So that a run of the installed package has the parameters of the repository's."""
    here = ROOT / "src/welfare_added/run/errors.py"
    assert source_folder(tmp_path) == ROOT / "src" == source_folder(ROOT)
    assert (
        module_name(here, tmp_path) == module_name(here, ROOT) == "src/welfare_added/run/errors.py"
    )
    assert fingerprint([here], tmp_path) == fingerprint([here], ROOT)
    assert template_folder() == ROOT


@pytest.mark.slow
def test_a_wheel_makes_a_project_that_runs(tmp_path):
    """Built from a copy, and installed where nothing of the repository is on the path."""
    (tmp_path / "copy").mkdir()
    for part in (*PARTS, "src", "pyproject.toml", "setup.py", "README.md"):
        copy_part(ROOT / part, tmp_path / "copy" / part)
    pip = [sys.executable, "-m", "pip", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path / "dist")]
    subprocess.run([*pip, *build, str(tmp_path / "copy")], check=True)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    site = tmp_path / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def asked(*arguments, cwd=tmp_path):
        return subprocess.run(
            [sys.executable, "-m", "welfare_added.cli", *arguments],
            cwd=cwd, env=environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    asked("new", "mine")
    mine = tmp_path / "mine"
    choices = mine / "workflow/papers/eastmond_2024/config.yaml"
    choices.write_text(choices.read_text().replace("size: full ", "size: tiny "))
    asked("check", cwd=mine)
    asked("figure", "figure_04", cwd=mine)
    assert (mine / "results/eastmond_2024/figures/figure_04.pdf").is_file()
    assert "src/welfare_added/exhibits/eastmond_2024/frontiers.py:" in asked(
        "trace", "figure_04", cwd=mine
    )
