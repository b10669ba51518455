"""The whole workflow on a tiny district: complete and fresh."""

import json
import os
import re
import shutil
import signal
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml

from welfare_added.audit.readme import BEGIN, END, exhibits_table
from welfare_added.exhibits.declarations import read_exhibits

ESTIMATION = {"district", "value_added", "validation", "value_added_choices", "slots", "moments"}
ALLOCATION = {"allocation", "allocation_subjects", "allocation_ces", "frontiers"}


def results(project):
    return project.folder / "results" / "eastmond_2024"


NAMES = """01 02 03 04 05 06a 06b 07 08a 08b 09a 09b 10 a1 a2 a3 a4a a4b a5 d6 d7 bias delivered"""
EXHIBITS = [f"figure_{name}" for name in NAMES.split()]


@pytest.mark.parametrize("name", EXHIBITS)
def test_every_exhibit_is_there_with_its_data(tiny, name):
    figures = results(tiny) / "figures"
    assert (figures / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    assert (figures / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(figures / f"{name}.csv"))


def test_tables_with_fixed_names_have_their_columns(tiny):
    frontiers = pd.read_csv(results(tiny) / "frontiers.csv")
    columns = "subject scope information weight gain_lower gain_higher gain_mean certificate"
    assert list(frontiers.columns) == columns.split()
    assert len(frontiers) == 12 * 11
    assert frontiers["certificate"].max() <= 1e-9
    estimates = pd.read_parquet(results(tiny) / "value_added.parquet")
    names = "subject teacher_id year grade school_id va_standard va_lower va_higher"
    assert list(estimates.columns) == names.split()
    claims = pd.read_csv(results(tiny) / "claims.csv")
    names = "id location quantity unit kind published reproduced tolerance verdict"
    assert list(claims.columns)[:9] == names.split()
    assert len(claims) > 100


def test_a_finished_run_has_nothing_to_do(changed):
    assert changed.due() == set()


def test_forcing_one_figure_reruns_only_that(changed):
    assert changed.due("figure_04", "--forcerun", "figure_04") == {"figure_04"}


def test_the_truth_is_read_by_no_estimation_or_allocation(changed):
    readers = {}
    for node in changed.run("--filegraph", "--forceall").split(" [ shape=none")[1:]:
        rule = re.search(r'point-size="18">(\w+)<', node).group(1)
        inputs = node.split("output", 1)[0]
        readers[rule] = "truth/value_added.parquet" in inputs
    asked_for = {"all", "manifest"}  # that it be there; they read nothing of it
    of_the_truth = {"bias", "conditions", "delivered"}
    assert {rule for rule, reads in readers.items() if reads} - asked_for == of_the_truth
    assert readers.keys() >= ESTIMATION | ALLOCATION


EDITS = [
    (
        "src/welfare_added/welfare/ranking.py",
        {"ranking", "deselection", "claims", "report", "manifest", "all"},
    ),
    (
        "src/welfare_added/exhibits/eastmond_2024/theory.py",
        {"figure_01", "report", "manifest", "all"},
    ),
]


@pytest.mark.parametrize(("module", "expected"), EDITS, ids=["ranking", "theory"])
def test_an_edited_module_reruns_what_imports_it(changed, module, expected):
    path = changed.folder / module
    path.write_text(path.read_text() + "\nEDITED = True\n")
    assert changed.due() == expected


def test_an_edit_of_the_solver_reruns_allocations_but_no_estimation(changed):
    path = changed.folder / "src/welfare_added/assignment/sweep.py"
    path.write_text(path.read_text() + "\nEDITED = True\n")
    due = changed.due()
    assert due >= ALLOCATION | {"gaps", "figure_04", "claims"}
    assert not due & (ESTIMATION | {"synthetic_district", "figure_02"})


CHOICES = [
    ({"welfare": {"tax_rate": 0.3}}, {"public_funds", "figure_10"}, {"allocation", "gaps"}),
    ({"district": {"seed": 1}}, {"synthetic_district", "district"}, set()),
    ({"value_added": {"drift_limit": 5}}, {"value_added", "slots"}, {"district"}),
    ({"exhibits": {"dpi": 100}}, {"figure_04"}, {"frontiers", "claims"}),
]


@pytest.mark.parametrize(("change", "due", "not_due"), CHOICES, ids=["tax", "seed", "drift", "dpi"])
def test_a_changed_choice_reruns_what_depends_on_it(changed, change, due, not_due):
    changed.choose(change)
    found = changed.due()
    assert found >= due
    assert not found & not_due


def test_an_unknown_key_stops_the_run_before_it_starts(fresh):
    fresh.choose({"district": {"siez": "tiny"}})
    done = fresh.snakemake("--dry-run")
    assert done.returncode != 0
    assert "district: unknown key siez; known keys are source" in done.stdout + done.stderr
    assert not (fresh.folder / "results/eastmond_2024").exists()


def test_a_broken_table_stops_the_run_with_nothing_half_written(changed):
    raw = changed.folder / "results/eastmond_2024/district/raw"
    own = changed.folder / "own"
    own.mkdir()
    for name in ("enrolments", "classes", "teachers"):
        (own / f"{name}.csv").write_bytes((raw / f"{name}.csv").read_bytes())
    enrolments = (own / "enrolments.csv").read_text().splitlines()
    (own / "enrolments.csv").write_text("\n".join([*enrolments, enrolments[1]]) + "\n")
    changed.choose({"district": {"source": "own"}, "study": "mine"})
    private = changed.folder / "results/private/mine"
    done = changed.snakemake("results/private/mine/district/students.parquet")
    assert done.returncode != 0
    log = (private / "logs/district.log").read_text()
    message = done.stdout + done.stderr + log
    assert "enrolments.csv" in message
    assert "student" in message
    assert not list(private.rglob("*.parquet"))


def test_tables_are_checked_alone_and_what_they_lack_is_left_out(changed):
    raw = changed.folder / "results/eastmond_2024/district/raw"
    own = changed.folder / "own"
    own.mkdir()
    for name in ("enrolments", "classes", "teachers"):
        table = pd.read_csv(raw / f"{name}.csv", dtype=str)
        table.drop(columns=["ethnicity", "age"], errors="ignore").to_csv(
            own / f"{name}.csv", index=False
        )
    changed.choose({"district": {"source": "own"}, "study": "mine"})
    assert changed.due("check_district") == {"district_page", "check_district"}
    changed.run("check_district")
    page = (changed.folder / "results/private/mine/district/check.html").read_text()
    assert "not there: racial gaps (figure 8b) are not computed, and it is no control" in page
    assert "have no column ethnicity, so racial gaps are unknown" in page
    due = changed.due("--forceall")
    assert "figure_08a" in due and not due & {"figure_08b", "figure_d7"}
    changed.run("results/mine/welfare/gaps.csv", "results/mine/figures/figure_08a.pdf", cores=2)
    assert (
        pd.read_csv(changed.folder / "results/mine/welfare/gaps.csv")["change_racial"].isna().all()
    )
    (own / "classes.csv").write_text((own / "classes.csv").read_text().replace(",3,", ",K,"))
    done = changed.snakemake("check_district")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "FAILED     Checking the district's tables" in said
    assert "classes.csv, column grade: text where a number is expected" in said
    assert "Remedy" in said and "Traceback" not in said


def test_constrained_plans_are_made_on_request(changed):
    changed.run("constrained")
    table = pd.read_csv(results(changed) / "constrained.csv")
    assert set(table["subject"]) == {"ela", "math"}
    few = table[table["plan"] == "few_moves"]
    assert (few["moved"] <= 0.25).all() and (few["cost"] > 0).any()
    assert table["optimality_gap"].max() <= 1e-4
    assert (table.loc[table["plan"] == "unconstrained", "cost"] == 0).all()
    drawn = pd.read_csv(results(changed) / "figures/figure_constrained.csv")
    pd.testing.assert_frame_equal(drawn, table[list(drawn)])
    exact = pd.read_parquet(results(changed) / "exact_frontiers.parquet")
    assert exact["certificate"].max() <= 1e-9


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_allocation_leaves_no_file_and_is_made_up(changed, how):
    target = "results/eastmond_2024/allocation/plans/ela_district_heterogeneous.parquet"
    plan = changed.folder / target
    log = results(changed) / "logs/allocation_ela_district_heterogeneous.log"
    whole = plan.read_bytes()
    plan.unlink()
    log.unlink()
    running = changed.start(target)
    deadline = time.monotonic() + 90
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(running.pid, how)
    running.wait(60)
    assert not list(plan.parent.glob(f"*{plan.stem}*"))
    changed.run("--unlock", target)
    changed.run("--rerun-incomplete", target)
    assert plan.read_bytes() == whole


@pytest.mark.parametrize(
    "module",
    ["src/welfare_added/assignment/sweep.py", "scripts/exhibit.py"],
    ids=["module", "script"],
)
def test_an_edited_comment_or_docstring_reruns_nothing(changed, module):
    path = changed.folder / module
    first, *rest = path.read_text().split("\n")
    first = first.replace('"""The', '"""Now the')
    path.write_text("\n".join([first, "# a comment", *rest]))
    assert changed.due() == set()


def python_files(project, *folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((project.folder / folder).rglob("*.py"))]


def test_a_comment_in_every_file_reruns_nothing(changed):
    files = python_files(changed, "src", "scripts")
    assert len(files) > 150
    for path in files:
        text = path.read_text()
        path.write_text(f"# a comment\n{text}\n\n# another\n")
    assert changed.due() == set()


def test_an_edit_of_how_jobs_are_recorded_reruns_nothing(changed):
    """Of what every script uses only the module that decides bytes counts."""
    files = python_files(changed, "src/welfare_added/run")
    assert {"environment.py", "job.py", "logs.py", "parsed.py", "writing.py"} <= {
        path.name for path in files
    }
    for path in files:
        if path.name != "writing.py":
            path.write_text(path.read_text() + "\nEDITED = True\n")
    assert changed.due() == set()


def test_an_edit_of_what_decides_bytes_reruns_everything(changed):
    everything = changed.due("--forceall")
    path = changed.folder / "src/welfare_added/run/writing.py"
    path.write_text(path.read_text() + "\nEDITED = True\n")
    assert changed.due() == everything > ESTIMATION | ALLOCATION | {"figure_01", "skipped"}


def test_an_edit_of_another_papers_files_reruns_nothing(changed):
    copied = (
        "workflow/papers",
        "scripts",
        "src/welfare_added/exhibits",
        "src/welfare_added/report",
    )
    for folder in copied:
        place = changed.folder / folder
        shutil.copytree(place / "eastmond_2024", place / "rockoff_2004")
    package = changed.folder / "src/welfare_added/salaries"
    shutil.copytree(changed.folder / "src/welfare_added/welfare", package)
    assert changed.due() == set()
    for path in python_files(changed, *(f"{folder}/rockoff_2004" for folder in copied[1:])):
        path.write_text(path.read_text() + "\nEDITED = True\n")
    for path in (changed.folder / "workflow/papers/rockoff_2004").rglob("*"):
        if path.suffix in (".yaml", ".smk"):
            path.write_text(path.read_text() + "\n# edited\n")
    for path in package.rglob("*.py"):
        path.write_text(path.read_text() + "\nEDITED = True\n")
    assert changed.due() == set()
    # It is a paper all the same, with results of its own and everything to do.
    due = changed.due("--config", "paper=rockoff_2004")
    assert due >= ESTIMATION | ALLOCATION | {"figure_04", "report", "manifest", "all"}
    listed = changed.run("--summary", "--quiet=host", "--config", "paper=rockoff_2004")
    assert "results/rockoff_2004/figures/figure_04.pdf" in listed
    assert "results/eastmond_2024" not in listed


def test_an_unknown_paper_stops_the_run_naming_those_there_are(fresh):
    done = fresh.snakemake("--dry-run", "--config", "paper=rockoff_2004")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "paper: 'rockoff_2004' is not one of bates_2022, biasi_2017, eastmond_2024" in said
    assert "Traceback" not in said
    asked = fresh.audit("--paper", "rockoff_2004", "verify")
    assert asked.returncode == 10
    assert (
        "paper: 'rockoff_2004' is not one of bates_2022, biasi_2017, eastmond_2024" in asked.stderr
    )


def test_a_key_of_the_paper_set_in_the_shared_file_wins(fresh):
    shared = fresh.folder / "config.yaml"
    own = fresh.folder / "workflow/papers/eastmond_2024/config.yaml"
    assert yaml.safe_load(own.read_text())["district"]["size"] == "tiny"
    content = yaml.safe_load(shared.read_text())
    content["district"]["size"] = "small"
    shared.write_text(yaml.safe_dump(content))
    said = fresh.run("--dry-run", "--", "synthetic_district")
    assert "Making a synthetic district of size small" in said


def test_an_exhibits_declaration_that_is_wrong_stops_the_run(fresh):
    path = fresh.folder / "workflow/papers/eastmond_2024/exhibits.yaml"
    path.write_text(path.read_text().replace("    program: theory\n", "    programme: theory\n"))
    done = fresh.snakemake("--dry-run")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "exhibits.figure_01: missing key program" in said
    assert "Traceback" not in said


def test_raw_tables_that_are_declared_wrongly_stop_the_run(fresh):
    path = fresh.folder / "workflow/papers/eastmond_2024/raw_tables.yaml"
    path.write_text(path.read_text().replace("values: [female, male]", "value: [female, male]"))
    done = fresh.snakemake("--dry-run")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "enrolments.columns.gender: unknown key value; known keys are type, about" in said
    assert "enrolments.columns.gender: missing key values" in said
    assert "Traceback" not in said


def test_an_edit_of_the_raw_tables_declared_reads_them_again(changed):
    path = changed.folder / "workflow/papers/eastmond_2024/raw_tables.yaml"
    path.write_text(path.read_text().replace("to: 25\n", "to: 26\n"))
    due = changed.due()
    assert due >= ESTIMATION and "synthetic_district" not in due
    changed.run("results/eastmond_2024/district/students.parquet")
    path.write_text(path.read_text().replace("from: 2\n", "from: 20\n"))
    done = changed.snakemake("results/eastmond_2024/district/students.parquet")
    assert done.returncode != 0
    assert "enrolments.csv, column age: values outside 20 to 26" in done.stdout + done.stderr


def test_a_program_that_is_not_there_is_named(fresh):
    path = fresh.folder / "workflow/papers/eastmond_2024/exhibits.yaml"
    path.write_text(path.read_text().replace("    program: theory\n", "    program: theories\n"))
    done = fresh.snakemake("figure_01")
    assert done.returncode != 0
    assert "theories" in done.stdout + done.stderr
    assert not (results(fresh) / "figures/figure_01.csv").exists()


def test_a_finished_run_is_verified_and_what_is_done_to_it_is_named(changed):
    done = changed.audit("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stated numbers: 305 verified" in done.stdout
    mvpf = results(changed) / "welfare/mvpf.csv"
    times = mvpf.stat().st_atime_ns, mvpf.stat().st_mtime_ns
    mvpf.write_text(mvpf.read_text() + "\n")
    os.utime(mvpf, ns=times)
    assert changed.due() == set()  # Snakemake keeps no checksums of what it made
    done = changed.audit("verify")
    assert done.returncode == 1
    path = "results/eastmond_2024/welfare/mvpf.csv"
    assert f"edited: {path}\n    not as public_funds left it\n" in done.stdout
    assert f"    Remedy: snakemake --cores 2 --forcerun public_funds -- {path}\n" in done.stdout
    verdicts = json.loads(
        (changed.folder / "results/eastmond_2024/audit/verification.json").read_text()
    )
    assert verdicts["exhibits"]["eastmond_2024/figure_10"]["verdict"] == "stale"
    assert verdicts["exhibits"]["eastmond_2024/figure_04"]["verdict"] == "verified"
    bonus = verdicts["numbers"]["bonus_district"]
    assert (bonus["verdict"], bonus["file"]) == ("edited", path)
    assert verdicts["numbers"]["more_ela_district"]["verdict"] == "stale"


def test_a_choice_changed_since_the_run_makes_its_results_stale(changed):
    changed.choose({"exhibits": {"mvpf_cap": 7}})
    done = changed.audit("verify")
    assert done.returncode == 3
    assert (
        "stale: results/eastmond_2024/figures/figure_10.pdf\n    Snakemake: params changed"
        in done.stdout
    )
    assert "figure_04" not in done.stdout


def test_verify_is_a_target_too(changed):
    assert changed.snakemake("verify").returncode == 0
    (changed.folder / "results/stray.csv").write_text("x")
    done = changed.snakemake("verify")
    assert done.returncode != 0
    assert "unrecorded: results/stray.csv" in done.stdout


def test_a_figure_and_a_number_can_be_traced(changed):
    figure = changed.audit("trace", "figure_10").stdout
    for part in (
        "src/welfare_added/exhibits/eastmond_2024/earnings.py:",
        " figure_10",
        " mvpf_data",
        " draw_mvpf",
        "rule synthetic_district",
        "parameters.yaml (source)",
    ):
        assert part in figure
    number = changed.audit("trace", "total_district").stdout
    assert "published 27900000 dollars a year" in number
    assert "welfare/earnings.csv" in number and "moments.csv" in number
    refused = changed.audit("trace", "figure_99")
    assert refused.returncode == 10
    assert "figure_99: no exhibit, result or claim of that name" in refused.stderr


def test_two_runs_are_compared_by_their_manifests(changed):
    manifest = changed.folder / "results/eastmond_2024/audit/manifest.json"
    first = changed.folder / "first.json"
    first.write_bytes(manifest.read_bytes())
    changed.choose({"welfare": {"tax_rate": 0.3}})
    changed.run()
    done = changed.audit("compare", str(first), str(manifest))
    assert done.returncode == 1
    assert "welfare/mvpf.csv\n    parameter tax_rate: 0.28 and 0.3" in done.stdout
    assert "Exhibits reached: figure_10" in done.stdout
    assert changed.audit("compare", str(first), str(first)).returncode == 0


def test_a_run_is_set_beside_the_published_one(changed):
    assert "There is no published run" not in changed.audit("reference").stdout
    assert changed.audit("reference", "--keep").returncode == 0
    assert "Identical to the reference: all" in changed.audit("reference").stdout
    changed.choose({"welfare": {"tax_rate": 0.3}})
    changed.run()
    said = changed.audit("reference").stdout
    assert "    welfare.tax_rate: 0.3 here, 0.28 in the reference" in said
    assert "bonus_district" in said


def test_figures_carry_their_origin(tiny):
    record = json.loads((results(tiny) / "records/figure_04.json").read_text())
    assert re.fullmatch(r"figure_04, made from [0-9a-f]{16}", record["origin"])
    figures = results(tiny) / "figures"
    assert record["origin"].encode() in (figures / "figure_04.png").read_bytes()
    assert record["origin"].encode() in (figures / "figure_04.pdf").read_bytes()


def test_the_readme_says_what_each_exhibit_is_made_from(tiny):
    root = Path(__file__).parents[2]
    manifest = json.loads((tiny.folder / "results/eastmond_2024/audit/manifest.json").read_text())
    folder = root / "workflow/papers/eastmond_2024"
    schema = root / "workflow/schemas/exhibits.schema.json"
    exhibits = read_exhibits(folder / "exhibits.yaml", schema)
    table = exhibits_table(manifest, "eastmond_2024", exhibits, root)
    made = {row.rsplit("|", 2)[0] for row in table.splitlines()}
    shown = (folder / "README.md").read_text().split(BEGIN)[1].split(END)[0].strip()
    rows = {row.rsplit("|", 2)[0] for row in shown.splitlines()}
    assert made <= rows, f"renew README.md by `make reference`: {sorted(made - rows)}"
    absent = {row.split("|")[2].strip(" `") for row in rows - made}
    kept = {"figure_choices", "table_choices", "figure_true_correlation"}
    kept |= {"figure_bands", "table_standard_errors"}  # of the default district alone
    assert absent == {"figure_calibration", *kept}


def test_standard_errors_are_made_resumed_and_kept(changed):
    few = {"replications": 3, "batch": 2, "weights": [0.0, 0.5, 1.0]}
    paper = changed.folder / "workflow/papers/eastmond_2024"
    drawn = ("results/eastmond_2024/figures/figure_bands.csv", "table_standard_errors")
    assert "figure_bands" not in changed.due("--forceall")
    changed.choose({"bootstrap": few | {"standard_errors": "made"}})
    assert {"figure_bands", "table_standard_errors", "bootstrap_table"} <= changed.due()
    changed.run(*drawn, cores=2)
    table = pd.read_csv(results(changed) / "bootstrap.csv")
    assert (table["replications"] == 3).all() and (table["standard_error"] > 0).any()
    by_group = table["information"] == "heterogeneous"
    half = table[by_group & (table["quantity"] == "gain_mean") & (table["weight"] == 0.5)]
    keys = ["subject", "scope", "information"]
    own = half.merge(pd.read_csv(results(changed) / "frontiers.csv"), on=[*keys, "weight"])
    assert own["estimate"].tolist() == pytest.approx(own["gain_mean"].tolist(), rel=1e-7)
    made = (results(changed) / "bootstrap/standard_errors.csv").read_bytes()
    # An interrupted run makes what is missing, and nothing else.
    (results(changed) / "bootstrap/replications_2_2.csv").unlink()
    (results(changed) / "bootstrap/standard_errors.csv").unlink()
    done = changed.run("bootstrap")
    assert "replications 2 to 2" in done and "replications 0 to 1" not in done
    assert (results(changed) / "bootstrap/standard_errors.csv").read_bytes() == made
    (paper / "bootstrap").mkdir(exist_ok=True)
    for name in ("standard_errors.csv", "provenance.json"):
        shutil.copy(results(changed) / "bootstrap" / name, paper / "bootstrap" / name)
    changed.choose({"bootstrap": {"standard_errors": "kept"}})
    due = changed.due(*drawn)
    assert "bootstrap_table" in due and "bootstrap_replications" not in due
    changed.run(*drawn)
    assert (results(changed) / "bootstrap.csv").read_bytes() == made
    changed.choose({"welfare": {"tax_rate": 0.3}})
    assert "figure_bands" not in changed.due("--forceall")
    changed.choose({"welfare": {"tax_rate": 0.28}})
    edited = paper / "bootstrap/standard_errors.csv"
    edited.write_text(
        edited.read_text().replace(
            "ela,district,heterogeneous,0.5,0.", "ela,district,heterogeneous,0.5,0.9"
        )
    )
    failed = changed.snakemake(*drawn)
    assert failed.returncode != 0
    assert (
        "gains beside the standard errors are not those of this run"
        in failed.stdout + failed.stderr
    )
