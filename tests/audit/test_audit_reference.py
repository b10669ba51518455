"""The three endings of a run beside the published one, and comparisons with the reference."""

import json

import pandas as pd
import pytest
from rich.console import Console

from welfare_added.audit import commands
from welfare_added.audit.endings import ending
from welfare_added.audit.reference import compared, kept_tables, reference

STUDY = "study"
GAINS = pd.DataFrame({"scope": ["district", "school"], "gain": [0.1, 0.2], "note": ["a", "b"]})


def manifest(shas: dict[str, str], **config) -> dict:
    """A run of one job, on a machine of one package."""
    job = {"environment": "here"}
    where = {"python": "3.11.7", "processor": "P", "blas": "B", "distributions": {"numpy": "2.0"}}
    files = {f"results/{STUDY}/{n}": {"sha256": sha, "job": "j"} for n, sha in shas.items()}
    return {
        "config": {"study": STUDY, "welfare": {"tax_rate": 0.28, **config}},
        "environments": {"here": where},
        "jobs": {f"results/{STUDY}/records/j.json": job},
        "files": files | {"raw.csv": {"sha256": "r", "job": None}},
    }


@pytest.fixture
def published(tmp_path):
    """What was kept: two files, a table and a number."""
    run = manifest({"frontiers.csv": "1", "figures/figure_04.pdf": "2"})
    GAINS.to_csv(folder(tmp_path / "kept") / "frontiers.csv", index=False)
    return reference(run, STUDY, set(run["files"]), {"more": "99.5", "range": "1 to 2"})


def folder(path):
    path.mkdir(exist_ok=True)
    return path


def outcome_of(published, tmp_path, shas, numbers=(), table=GAINS, **config):
    table.to_csv(folder(tmp_path / "here") / "frontiers.csv", index=False)
    numbers = {"more": "99.5", "range": "1 to 2", **dict(numbers)}
    run = manifest(shas, **config)
    return compared(published, run, STUDY, numbers, (tmp_path / "kept", tmp_path / "here"))


BOTH = {"frontiers.csv": "1", "figures/figure_04.pdf": "2"}


def test_identical(published, tmp_path):
    said = ending(outcome_of(published, tmp_path, BOTH))
    assert said == "Identical to the reference: all 2 files, byte for byte."


def test_the_same_numbers_in_other_bytes(published, tmp_path):
    table = GAINS.assign(gain=[0.1, 0.2 + 1e-9])
    said = ending(outcome_of(published, tmp_path, {**BOTH, "frontiers.csv": "x"}, table=table))
    assert said.startswith("The same numbers as the reference. The bytes of 1 files of 2 differ;")
    assert "the largest difference in a table is 1e-09 (frontiers.csv, column gain: 5e-09" in said
    assert "No choice differs." in said and "a file was edited (make verify)" in said


def test_figures_alone_may_differ(published, tmp_path):
    shas = {**BOTH, "figures/figure_04.pdf": "x"}
    said = ending(outcome_of(published, tmp_path, shas, dpi=100))
    assert "no table does (figures, pages or stored arrays do)." in said
    assert "    welfare.dpi: 100 here, none in the reference" in said


def test_other_numbers_say_which_how_much_and_why(published, tmp_path):
    table = GAINS.assign(gain=[0.1, 0.21])
    outcome = outcome_of(
        published, tmp_path, {**BOTH, "frontiers.csv": "x"}, {"more": "101"}.items(), table,
        tax_rate=0.3,
    )  # fmt: skip
    said = ending(outcome)
    assert said.startswith("Other numbers than the reference: 1 files differ of 2.")
    assert "    frontiers.csv: column gain by 0.01 at most (0.05)" in said
    assert "    more: 101 here, 99.5 in the reference, relative difference 0.015" in said
    assert "    welfare.tax_rate: 0.3 here, 0.28 in the reference" in said
    assert "range" not in said


@pytest.mark.parametrize(
    "table",
    [GAINS.iloc[:1], GAINS.rename(columns={"gain": "win"}), GAINS.assign(note=["a", "c"])],
    ids=["rows", "columns", "words"],
)
def test_other_rows_columns_or_words_are_other_numbers(published, tmp_path, table):
    said = ending(outcome_of(published, tmp_path, {**BOTH, "frontiers.csv": "x"}, table=table))
    assert "    frontiers.csv: rows, columns or text differ" in said


def test_yes_and_no_are_words(published, tmp_path):
    flags = GAINS.assign(gain=[True, False])
    flags.to_csv(tmp_path / "kept/frontiers.csv", index=False)
    shas = {**BOTH, "frontiers.csv": "x"}
    assert outcome_of(published, tmp_path, shas, table=flags).same_numbers
    said = ending(outcome_of(published, tmp_path, shas, table=flags.assign(gain=True)))
    assert "    frontiers.csv: rows, columns or text differ" in said


def test_a_missing_number_and_a_missing_file_are_differences(published, tmp_path):
    outcome = outcome_of(published, tmp_path, {"frontiers.csv": "1"}, {"more": ""}.items())
    assert outcome.files == ["figures/figure_04.pdf"] and not outcome.same_numbers
    assert ending(outcome).startswith("Other numbers")


def test_another_machine_is_named_where_no_choice_differs(published, tmp_path):
    published["machine"] |= {"processor": "Q", "package numpy": "1.26"}
    said = ending(outcome_of(published, tmp_path, {**BOTH, "frontiers.csv": "x"}))
    assert "Packages or processor do:" in said
    assert "    package numpy: 2.0 here, 1.26 in the reference" in said
    assert "    processor: P here, Q in the reference" in said


def test_of_a_study_the_small_tables_are_kept(tmp_path):
    for name in ("frontiers.csv", "claims.csv", "welfare/gaps.csv", "figures/figure_04.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        GAINS.to_csv(path, index=False)
    assert list(kept_tables(tmp_path)) == ["frontiers.csv", "welfare/gaps.csv"]


def test_a_manifest_is_compared_with_a_reference(published, tmp_path, capsys):
    paths = [tmp_path / "reference.json", tmp_path / "manifest.json"]
    run = manifest({**BOTH, "frontiers.csv": "x", "more.csv": "3"}, tax_rate=0.3)
    for path, content in zip(paths, (published, run), strict=True):
        path.write_text(json.dumps(content))
    console = Console(width=200, soft_wrap=True)
    assert commands.compare(*paths, console) == 1
    said = capsys.readouterr().out
    assert "1 files differ" in said and "choice welfare.tax_rate: 0.28 and 0.3" in said
    assert commands.compare(paths[0], paths[0], console) == 0
