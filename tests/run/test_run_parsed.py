"""Answers about a file's content, kept on disk from one process to the next."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from welfare_added.run import parsed

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/welfare_added"
# Asks for a module's statements and imports and says how often it had to parse it.
ASK = """
import ast, json, sys
from pathlib import Path
from welfare_added.run import parsed
from welfare_added.run.fingerprint import statements
from welfare_added.run.imports import _imported_names
count = []
plain = ast.parse
ast.parse = lambda *given, **more: (count.append(1), plain(*given, **more))[1]
module = Path(sys.argv[1])
said = {
    "statements": statements(module),
    "imports": parsed.cached("imports", lambda: _imported_names(module), module),
    "again": statements(module),
}
print(json.dumps({**said, "parsed": len(count)}))
"""
ONE = "import welfare_added.a\nx = 1\n"
OTHER = "import welfare_added.b\nx = 2\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / ".snakemake").mkdir()
    (tmp_path / "module.py").write_text(ONE)
    return tmp_path


def ask(folder: Path, source: Path = ROOT / "src") -> dict:
    done = subprocess.run(
        [sys.executable, "-c", ASK, "module.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return json.loads(done.stdout)


def test_a_file_is_parsed_once_for_all_processes(folder):
    first, second = ask(folder), ask(folder)
    assert first["parsed"] == 2 and second["parsed"] == 0  # statements and imports, then neither
    assert first["statements"] == first["again"] == second["statements"]
    assert first["imports"] == second["imports"] == ["welfare_added.a"]


def test_an_edit_that_keeps_size_and_time_is_seen_by_a_new_process(folder):
    module = folder / "module.py"
    first = ask(folder)
    times = (module.stat().st_atime_ns, module.stat().st_mtime_ns)
    module.write_text(OTHER)
    os.utime(module, ns=times)
    assert len(ONE) == len(OTHER) and module.stat().st_mtime_ns == times[1]
    second = ask(folder)
    assert second["parsed"] == 2
    assert second["statements"] != first["statements"]
    assert second["imports"] == ["welfare_added.b"]
    module.write_text(ONE)  # both contents are cached
    assert ask(folder) == {**first, "parsed": 0}


def test_an_edit_of_the_code_that_parses_is_seen(folder):
    package = folder / "src/welfare_added"
    (package / "run").mkdir(parents=True)
    for file in ["__init__.py", *(f"run/{one.name}" for one in (PACKAGE / "run").glob("*.py"))]:
        shutil.copy(PACKAGE / file, package / file)
    first = ask(folder, folder / "src")
    assert ask(folder, folder / "src") == {**first, "parsed": 0}
    with (package / "run/fingerprint.py").open("a") as module:
        module.write("\n_statements = lambda path: ast.parse('') and 'other'\n")
    second = ask(folder, folder / "src")
    assert second["statements"] == "other" and second["parsed"] == first["parsed"]


def test_an_edit_is_seen_within_a_process(tmp_path):
    module = tmp_path / "module.py"
    module.write_text(ONE)
    seen = []

    def answer():
        seen.append(module.read_text())
        return len(seen)

    def asked():
        return parsed.cached(str(tmp_path), answer, module)  # a question that nobody else asks

    assert [asked(), asked()] == [1, 1]
    times = (module.stat().st_atime_ns, module.stat().st_mtime_ns)
    module.write_text(OTHER)
    os.utime(module, ns=times)
    assert asked() == 2
    assert seen == [ONE, OTHER]


def test_questions_and_files_do_not_mix(tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text(ONE)
    other.write_text(OTHER)
    asked = [
        parsed.cached(f"{tmp_path} {question}", lambda n=n: n, *files)
        for n, (question, files) in enumerate(
            [("a", [one]), ("b", [one]), ("a", [other]), ("a", [one, other]), ("a", [other, one])]
        )
    ]
    assert asked == [0, 1, 2, 3, 4]


CORRUPTED = {
    "cut off": lambda text: text[: len(text) // 2],
    "nothing": lambda text: "",
    "no JSON": lambda text: "parsed!",
    "a list": lambda text: "[1, 2]",
    "a number": lambda text: "7",
    "null": lambda text: "null",
    "no text": lambda text: "\udcff\udcfe",
}


@pytest.mark.parametrize("how", CORRUPTED)
def test_a_corrupted_memory_does_no_harm_and_is_made_anew(folder, how):
    first, kept = ask(folder), folder / parsed.KEPT
    kept.write_text(CORRUPTED[how](kept.read_text()), errors="surrogateescape")
    assert ask(folder) == first
    assert ask(folder) == {**first, "parsed": 0}


@pytest.mark.parametrize("place", ["a folder", "nowhere"])
def test_a_memory_that_cannot_be_written_does_no_harm(folder, place):
    kept = folder / parsed.KEPT
    if place == "a folder":
        kept.mkdir()
    else:
        kept.parent.rmdir()
    first = ask(folder)
    assert ask(folder) == first and first["parsed"] == 2
    assert kept.is_dir() if place == "a folder" else not kept.parent.exists()
    assert [path.name for path in folder.rglob("parsed.*")] == (
        ["parsed.json"] if place == "a folder" else []
    )


def test_a_full_disk_leaves_no_part(folder, monkeypatch):
    monkeypatch.chdir(folder)

    def full(self, text, **more):
        with self.open("w") as stream:
            stream.write(text[:5])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    parsed._keep({"a": 1}, 0)
    assert list((folder / ".snakemake").iterdir()) == []


def test_only_the_newest_answers_are_kept(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(parsed, "MOST", 2)
    parsed._keep({"a": 1, "b": 2, "c": 3}, 0)
    assert json.loads(parsed.KEPT.read_text()) == {"b": 2, "c": 3}
