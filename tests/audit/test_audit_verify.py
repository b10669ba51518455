"""Records, manifest and verdicts on a project small enough to see through."""

import io
import json
import random
from pathlib import Path

import pytest
from rich.console import Console

from welfare_added.audit import compare, trace
from welfare_added.audit.manifest import read_records
from welfare_added.audit.verify import Verification, worst
from welfare_added.run.digests import sha256
from welfare_added.run.environment import locked, version_differences
from welfare_added.run.errors import AuditError

A, B, C = (f"results/study/{name}.csv" for name in "abc")
FIGURES = ["results/study/figures/figure_04.pdf", "results/study/figures/figure_05.pdf"]
MADE = [A, B, C, *FIGURES]


def found(mini, due=None):
    verification = Verification(mini.manifest(), mini.folder, due)
    return {finding.path: finding for finding in verification.findings()}


def verdicts(mini, due=None):
    return {path: finding.verdict for path, finding in found(mini, due).items()}


def test_a_job_records_what_it_read_did_and_wrote(mini):
    record = json.loads(Path("results/study/records/b.json").read_text())
    assert record["rule"] == "b" and record["params"] == {"code": "mark"}
    assert record["inputs"] == [{"path": A, "bytes": Path(A).stat().st_size, "sha256": sha256(A)}]
    assert [one["path"] for one in record["outputs"]] == [B]
    assert set(record["code"]) == {"scripts/work.py", "src/welfare_added/core.py"}
    assert record["notes"] == {"solver": "none"}
    assert record["started"] <= record["ended"] and record["seconds"] >= 0
    assert record["peak_mb"] > 1 and record["cpu_seconds"] > 0 and record["host"]
    assert record["environment"]["distributions"]["numpy"]
    assert record["environment"]["blas"] and record["environment"]["processors"] >= 1


def test_a_job_that_fails_leaves_no_record(mini):
    with pytest.raises(RuntimeError):
        mini.work("b", [A], [B], fail=True)
    assert not Path("results/study/records/b.json").exists()
    assert verdicts(mini)[B] == "unrecorded"


def test_a_rule_by_another_name_takes_over_what_it_makes(mini):
    mini.work("renamed", ["source.txt"], [A], scale=3)
    assert not Path("results/study/records/a.json").exists()
    mini.work("b", [A], [B])
    assert found(mini)[A].verdict == found(mini)[B].verdict == "verified"
    assert Path("results/study/records/b.json").exists()


def test_a_job_builds_nothing_on_an_edited_result(mini):
    Path(A).write_text("edited")
    before = Path(B).read_bytes()
    with pytest.raises(
        AuditError, match=r"a.csv: edited or damaged, it is not as a left it. Make it"
    ):
        mini.work("b", [A], [B])
    assert Path(B).read_bytes() == before
    mini.work("a", ["source.txt"], [A], scale=2)
    mini.work("b", [A], [B])
    assert set(verdicts(mini).values()) >= {"verified"}


def test_the_origin_of_a_figure_follows_from_what_made_it(mini):
    def origin(rule):
        return json.loads(Path(f"results/study/records/{rule}.json").read_text())["origin"]

    first = origin("b")
    mini.work("b", [A], [B])
    assert origin("b") == first
    mini.work("b", [A], [B], scale=3)
    second = origin("b")
    assert second != first
    mini.work("a", ["source.txt"], [A], scale=7)
    mini.work("b", [A], [B], scale=3)
    assert origin("b") not in (first, second)


def test_all_is_verified_after_a_run(mini):
    result = verdicts(mini)
    assert set(result) == {*MADE, "source.txt"}
    assert set(result.values()) == {"verified"}


@pytest.mark.parametrize("path", MADE)
def test_one_flipped_bit_anywhere_is_found_and_named(mini, path):
    content = bytearray(Path(path).read_bytes())
    at = random.Random(path).randrange(len(content))
    content[at] ^= 1
    Path(path).write_bytes(content)
    finding = found(mini)[path]
    rule = json.loads(Path(mini.manifest()["files"][path]["job"]).read_text())["rule"]
    assert finding.verdict == "edited"
    assert finding.reason == f"not as {rule} left it"
    assert finding.remedy == f"snakemake --cores 2 --forcerun {rule} -- {path}"
    Path("config.yaml").write_text("paper: another\n")
    finding = found(mini)[path]
    named = "--config paper=first"
    assert finding.remedy == f"snakemake --cores 2 {named} --forcerun {rule} -- {path}"


def test_what_rests_on_an_edited_file_is_stale_and_names_it(mini):
    Path(A).write_text("edited")
    result = found(mini)
    assert result[A].verdict == "edited"
    for path in (B, FIGURES[0]):
        assert result[path].verdict == "stale"
        assert result[path].reason == f"rests on {A}: not as a left it"
    assert result[C].verdict == result[FIGURES[1]].verdict == "verified"


def test_a_file_made_anew_makes_stale_what_read_the_old_one(mini):
    mini.work("a", ["source.txt"], [A], scale=5)
    result = found(mini)
    assert result[A].verdict == "verified"
    assert (result[B].verdict, result[B].reason) == ("stale", f"{A} has changed since b read it")
    assert result[FIGURES[0]].reason == f"rests on {B}: {A} has changed since b read it"
    mini.work("b", [A], [B])
    mini.work("figure_04", [B], FIGURES[:1])
    assert set(verdicts(mini).values()) == {"verified"}


def test_a_missing_file_is_named(mini):
    Path(B).unlink()
    result = found(mini)
    assert result[B].verdict == "missing"
    assert result[FIGURES[0]].reason == f"rests on {B}: made by b, and gone"
    assert result[FIGURES[1]].verdict == "verified"


def test_a_changed_source_makes_all_stale_but_a_missing_one_is_only_out_of_reach(mini):
    Path("source.txt").write_text("other")
    result = found(mini)
    assert result["source.txt"].reason == "a source that has changed since it was used"
    assert {result[path].verdict for path in MADE} == {"stale"}
    assert result[A].reason == "source.txt has changed since a read it"
    Path("source.txt").unlink()
    assert set(verdicts(mini).values()) == {"needs restricted data"}


def test_changed_code_is_named_and_a_comment_is_not_code(mini):
    module = Path("src/welfare_added/core.py")
    module.write_text(module.read_text().replace("first line", "another comment"))
    assert set(verdicts(mini).values()) == {"verified"}
    module.write_text("def work():\n    return 2\n")
    result = found(mini)
    assert result[A].reason == "the code of a has changed: src/welfare_added/core.py"
    assert {result[path].verdict for path in MADE} == {"stale"}


def test_what_snakemake_would_make_anew_is_stale(mini):
    result = found(mini, {B: "params changed"})
    assert result[B].reason == "Snakemake: params changed"
    assert result[FIGURES[0]].reason == f"rests on {B}: Snakemake: params changed"
    assert result[A].verdict == "verified"


def test_files_that_no_job_made_are_named(mini):
    Path("results/study/welfare").mkdir()
    for name in (
        "results/study/welfare/extra.csv",
        "results/stray.txt",
        "results/study/logs/x.log",
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x")
    Path("results/study/logs/b.log").write_text("of a recorded job")
    unexplained = {path for path, verdict in verdicts(mini).items() if verdict == "unrecorded"}
    assert unexplained == {
        "results/study/welfare/extra.csv",
        "results/stray.txt",
        "results/study/logs/x.log",
    }


def test_the_worst_verdict_decides(mini):
    Path("results/stray.txt").write_text("x")
    Path(C).unlink()
    assert worst(list(found(mini).values())) == "missing"


def test_a_record_half_written_by_a_killed_job_is_no_record(mini):
    Path("results/study/records/.b.part.json").write_text("{")
    assert "results/study/records/.b.part.json" not in read_records(Path("results"))
    mini.work("b", [A], [B])


def test_a_damaged_record_is_refused_by_name(mini):
    Path("results/study/records/b.json").write_text("{")
    with pytest.raises(
        AuditError, match=r"records/b.json: not a job's record .* Delete it and remake"
    ):
        read_records(Path("results"))


def printed(tree) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(tree)
    return console.export_text()


def test_a_trace_goes_down_to_the_source_with_the_lines_of_the_code(mini):
    made = mini.manifest()
    verification = Verification(made, mini.folder)
    text = printed(trace.file_tree(FIGURES[0], made, verification, mini.folder))
    order = [FIGURES[0], "rule figure_04", "scripts/work.py:4", "src/welfare_added/core.py:2 work"]
    order += [B, "rule b", A, "rule a", "parameters: scale=2", "source.txt (source)"]
    at = -1
    for wanted in order:
        at = text.find(wanted, at + 1)
        assert at >= 0, (wanted, text)
    assert text.count("verified") == 4


def test_a_comparison_finds_where_a_difference_begins(mini, again, monkeypatch):
    first = mini.manifest()
    other = again()
    monkeypatch.chdir(other.folder)
    other.work("a", ["source.txt"], [A], scale=3)
    other.work("b", [A], [B])
    other.work("figure_04", [B], FIGURES[:1])
    different = compare.differences(first, other.manifest())
    assert [d.path for d in different] == [A, B, FIGURES[0]]
    assert [d.root for d in different] == [True, False, False]
    assert different[0].causes == ("parameter scale: 2 and 3",)
    assert different[1].causes == (f"rests on {A}",)
    assert compare.affected_exhibits(different) == ["figure_04"]
    assert compare.differences(first, first) == []


def test_a_comparison_tells_code_sources_packages_and_edits_apart(mini, again, monkeypatch):
    first = mini.manifest()
    other = again()
    monkeypatch.chdir(other.folder)
    Path("src/welfare_added/core.py").write_text("def work():\n    return 3\n")
    Path("source.txt").write_text("newer")
    other.work("c", ["source.txt"], [C])
    second = other.manifest()
    causes = {d.path: d.causes for d in compare.differences(first, second)}
    assert causes == {C: ("code: src/welfare_added/core.py", "source: source.txt")}
    edited = json.loads(json.dumps(first))
    edited["files"][B]["sha256"] = "0"
    assert compare.differences(first, edited)[0].causes == (compare.UNEXPLAINED,)
    (mark,) = edited["environments"]
    edited["environments"][mark]["distributions"]["numpy"] = "0.1"
    cause = compare.differences(first, edited)[0].causes
    assert len(cause) == 1 and cause[0].startswith("package numpy: ") and cause[0].endswith("0.1")
    del edited["files"][B]
    assert compare.differences(first, edited)[0].causes == ("only in the first run",)


def test_the_lock_is_read_for_this_interpreter(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "Num_py==2.0 ; python_full_version < '3' \\\n    --hash=sha256:0\n"
        "num-py==3.0 ; python_full_version >= '3' \\\n    --hash=sha256:1\n    # via x\nrich==1.0\n"
    )
    pinned = locked(lock)
    assert pinned == {"num-py": "3.0", "rich": "1.0"}
    assert version_differences({"num-py": "3.1", "other": "9"}, pinned) == {
        "num-py": "3.1 installed, 3.0 locked"
    }


def test_an_edited_record_is_refused(mini):
    path = Path("results/study/records/b.json")
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "seconds": -1}))
    with pytest.raises(AuditError, match=r"records/b.json: edited or damaged.*--forcerun b"):
        read_records(Path("results"))
    path.write_text(json.dumps(record))
    assert "digest" not in read_records(Path("results"))["results/study/records/b.json"]
