"""The whole workflow of salaries and sorting in a state on tiny data: complete, reproducible."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import Project
from made_tables import emptiness

from welfare_added.exhibits.declarations import read_exhibits

PAPER = "biasi_2017"
PRIVATE = f"results/{PAPER}"
ROOT = Path(__file__).parents[2]
EXHIBITS = read_exhibits(
    ROOT / f"workflow/papers/{PAPER}/exhibits.yaml", ROOT / "workflow/schemas/exhibits.schema.json"
).all
OF_WORLDS = {"synthetic_state", "synthetic_state_market"}
RECORDS = {"records", "records_market"}
OF_VALUE_ADDED = {"value_added", "value_added_market"}
OF_MODEL = {"two_sided", "estimates", "table_13", "table_14", "figure_09", "figure_12"}
LAST = {"claims", "report", "manifest", "all"}


def with_own_records(project: Project, **changes) -> None:
    """The tiny state's tables as a user's own, with a second state's teachers."""
    shutil.copytree(project.folder / PRIVATE / "raw", project.folder / "mine")
    rows = [("a", 2006, "x"), ("a", 2007, "y"), ("b", 2006, "x")]
    other = pd.DataFrame(rows, columns=["teacher_id", "year", "district_id"])
    other.to_csv(project.folder / "other.csv", index=False)
    own = {"source": "mine", "other_staff": "other.csv"}
    choose(project, study="mine", district=own, **changes)


@pytest.fixture
def copy(tiny_biasi, tmp_path) -> Project:
    return tiny_biasi.copied(tmp_path / "copy")


def table(project: Project, name: str) -> pd.DataFrame:
    return pd.read_csv(project.folder / PRIVATE / f"{name}.csv")


def choose(project: Project, **changes) -> None:
    project.choose(changes, paper=PAPER)


def test_every_exhibit_and_table_is_there_and_none_is_empty(tiny_biasi):
    folder = tiny_biasi.folder / PRIVATE
    skipped = table(tiny_biasi, "skipped")
    assert skipped["exhibit"].tolist() == ["figure_a7"]  # of another state
    assert "Minnesota" in skipped["reason"].item()
    for one in EXHIBITS.values():
        for path in one.files(PRIVATE).values() if one.name != "figure_a7" else ():
            assert (tiny_biasi.folder / path).stat().st_size > 0, path
    tables = emptiness(folder)
    assert len(tables) > 150
    assert [path for path, nothing in tables.items() if nothing] == []


def test_claims_recoveries_and_calibration_are_reported(tiny_biasi):
    claims = table(tiny_biasi, "claims")
    assert len(claims) > 1400 and not claims["id"].duplicated().any()
    assert set(claims["kind"]) == {"input", "prediction", "arithmetic", "assumption", "recovery"}
    calibration = table(tiny_biasi, "calibration").set_index("quantity")
    assert len(calibration) > 300
    planted = calibration.loc["structural.teachers.incumbent"]
    assert planted["target"] == planted["achieved"] == 8.496
    assert table(tiny_biasi, "value_added/truth")["sd_truth"].gt(0).all()
    page = (tiny_biasi.folder / PRIVATE / "report/index.html").read_text()
    assert "Barbara Biasi" in page


def test_what_is_not_identified_has_neither_estimate_nor_error(tiny_biasi):
    shown = table(tiny_biasi, "tables/table_13").set_index("parameter")
    unknown = shown.loc[["value_added", "seniority", "master"]]
    assert unknown["reason"].str.contains("no district's budget or capacity binds").all()
    assert unknown[["estimate", "standard_error"]].isna().all(axis=None)
    assert shown["truth"].notna().all()
    laboratory = table(tiny_biasi, "offers/laboratory").set_index("side")
    assert laboratory.loc["teacher", "identified"].all()
    assert laboratory.loc["teacher", "standard_error"].gt(0).all()


def test_a_finished_run_has_nothing_to_do_and_is_as_its_jobs_wrote_it(copy):
    assert copy.due() == set()
    done = copy.audit("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_estimation_reads_what_was_planted(tiny_biasi):
    manifest = json.loads((tiny_biasi.folder / PRIVATE / "audit/manifest.json").read_text())
    planted = tuple(f"{PRIVATE}/truth{world}/" for world in ("", "_market"))
    readers = {
        job["rule"]
        for job in manifest["jobs"].values()
        if any(one["path"].startswith(planted) for one in job["inputs"])
    }
    assert readers == {"calibration", "value_added_truth", "estimates", "pay_by_measure"}


def test_one_core_and_two_give_the_same_bytes(tiny_biasi, copy):
    files = ["value_added.parquet", "sorting/movers.csv", "salaries/deltas.csv", "offers/fit.csv"]
    files = [f"{PRIVATE}/{name}" for name in files]
    done = copy.run("--forcerun", *sorted(OF_WORLDS), "--", *files, cores=1)
    assert "Estimating value added from grade means" in done
    for path in files:
        assert (copy.folder / path).read_bytes() == (tiny_biasi.folder / path).read_bytes(), path


def test_a_choice_of_the_counterfactuals_makes_due_the_model_and_no_regression(copy):
    choose(copy, offers={"deltas": [0, 500, 4000]})
    due = copy.due()
    assert due >= OF_MODEL | LAST
    assert not due & (
        OF_WORLDS | RECORDS | OF_VALUE_ADDED | {"regressions", "laboratory", "table_05"}
    )


def test_another_seed_of_the_state_makes_due_all_but_what_has_a_world_of_its_own(copy):
    choose(copy, district={"seed": 2})
    due = copy.due()
    assert due >= OF_WORLDS | RECORDS | OF_VALUE_ADDED | OF_MODEL | LAST | {"table_05", "figure_01"}
    assert not due & {"laboratory", "city", "recovery", "roy", "figure_a3", "figure_a11"}


def test_other_weights_of_matched_districts_make_due_no_value_added(copy):
    choose(copy, matching={"weights": "frequency"})
    due = copy.due()
    assert due >= {"matching", "regressions", "scores", "table_05", "table_12"} | LAST
    assert due >= {"trends", "figure_04", "figure_08"}
    assert not due & (OF_WORLDS | RECORDS | OF_VALUE_ADDED | OF_MODEL | {"salaries", "table_04"})


def test_two_choices_at_once_are_both_followed(copy):
    choose(copy, matching={"weights": "frequency"}, offers={"deltas": [0, 500, 4000]})
    assert copy.due() >= OF_MODEL | {"matching", "regressions", "table_05"} | LAST


def test_the_world_of_table_13_stands_apart_from_that_of_the_panel(copy):
    choose(copy, district={"world": "panel_effort"})
    due = copy.due()
    assert due >= {"synthetic_state", "records", "value_added", "regressions", "table_12"} | LAST
    assert not due & {"synthetic_state_market", "records_market", "value_added_market"}
    assert not due & {"two_sided", "estimates"}


def test_a_choice_that_cannot_be_is_refused_before_anything_runs(copy):
    choose(copy, grade_means={"regressor": "va_true"})
    done = copy.snakemake("--dry-run")
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "Traceback" not in said
    assert "grade_means.regressor: 'va_true' is not one of" in said


def test_own_records_are_studied_without_a_truth_and_beside_a_second_state(copy):
    with_own_records(copy, disclosure={"restricted": False})
    due = copy.due()
    assert due >= {"records", "two_sided", "estimates", "other_flows", "figure_a7", "table_13"}
    of_truth = {"calibration", "value_added_truth", "pay_by_measure", "table_estimators"}
    assert not due & (OF_WORLDS | of_truth | {"records_market"})
    copy.run("results/mine/figures/figure_a7.png")
    flows = pd.read_csv(copy.folder / "results/mine/figures/figure_a7.csv")
    assert flows.set_index(["flow", "year"])["share"]["leaving", 2006] == 0.5


def test_of_confidential_records_tables_pass_the_gate_before_any_is_shown(copy):
    with_own_records(copy)
    due = copy.due()
    assert due >= {"populations", "publish_sorting_movers", "publish_state_other_flows", "table_05"}
    assert not due & {"claims", "figure_01", "figure_a2", "figure_a8", "table_shadow_prices"}
    assert "district_page" in copy.due("check_district")
