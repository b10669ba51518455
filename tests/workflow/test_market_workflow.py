"""The whole workflow of the teachers' labour market on tiny data: complete, checked, reproducible."""

import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import Project
from made_tables import emptiness

from welfare_added.exhibits.declarations import read_exhibits

PAPER = "bates_2022"
PRIVATE = f"results/{PAPER}"
ROOT = Path(__file__).parents[2]
EXHIBITS = read_exhibits(
    ROOT / f"workflow/papers/{PAPER}/exhibits.yaml", ROOT / "workflow/schemas/exhibits.schema.json"
).all
# Everything that is made of one market, at one draw of errors and positions or at many.
SIMULATED = {
    *("policies", "market_frontier", "market_ranks", "market_fit", "market_uncertainty"),
    *("market_numbers", "bonuses", "match_effects", "robustness_row", "robustness"),
}
OF_RECORDS = {
    *("synthetic_state", "records", "value_added", "value_added_by", "forecast_tests"),
    *("synthetic_platform", "platform", "choice_sets", "reallocation", "same_trait"),
}
STABLE = {
    *("status_quo", "school_proposing", "principals_windows"),
    *(f"{policy}{side}" for policy in ("all_options", "principals", "teachers")
      for side in ("", "_school_proposing")),
    "both",
}  # fmt: skip
LAST = {"claims", "report", "manifest", "all"}


@pytest.fixture
def copy(tiny_bates, tmp_path) -> Project:
    return tiny_bates.copied(tmp_path / "copy")


def table(project: Project, name: str) -> pd.DataFrame:
    return pd.read_csv(project.folder / PRIVATE / f"{name}.csv")


def choose(project: Project, **changes) -> None:
    project.choose(changes, paper=PAPER)


def test_every_exhibit_and_table_is_there_and_none_is_empty(tiny_bates):
    folder = tiny_bates.folder / PRIVATE
    for one in EXHIBITS.values():
        for path in one.files(PRIVATE).values():
            assert (tiny_bates.folder / path).stat().st_size > 0, path
    tables = emptiness(folder)
    assert len(tables) > 200
    empty = [path.name for path, nothing in tables.items() if nothing]
    # Nothing is left out; school effects and random coefficients only where a model has them.
    rare = ("skipped.csv", "school_effects.csv", "random_coefficients.parquet")
    # So small a platform does not tell every variant of the principals' preferences apart.
    variants = {path.stem: pd.read_csv(path) for path in folder.glob("preferences/*/*[!s].csv")}
    failed = tuple(name for name, rows in variants.items() if "note" in rows)
    assert [name for name in empty if not name.endswith(rare) and not name.startswith(failed)] == []
    assert "skipped.csv" in empty and len(failed) <= 3


def test_certificates_say_that_allocations_are_stable_and_plans_optimal(tiny_bates):
    policies = table(tiny_bates, "market/policies").set_index("policy")
    assert len(policies) == 17 and (policies["runs"] == 6).all()
    certified = policies["blocking"].dropna()  # of deferred acceptance; plans and orders have none
    assert (certified == 0).all() and set(certified.index) == STABLE
    frontier = table(tiny_bates, "market/frontier")
    assert len(frontier) == 5 and frontier["certificate"].abs().max() <= 1e-9
    for name in ("reallocation", "reallocation_constant_size", "reallocation_moved"):
        assert table(tiny_bates, name)["relative_gap"].abs().max() <= 1e-6
    sets = table(tiny_bates, "market/stable_sets")
    assert (sets["lowest"] <= sets["highest"]).all() and sets["same_partner"].between(0, 1).all()
    rows = table(tiny_bates, "robustness").set_index("row")
    assert (rows["best"].isna() == rows["note"].notna()).all() and rows["best"].notna().sum() > 12
    best, all_policies = policies.loc["best", "gain"], policies["gain"]
    assert (all_policies <= best + 1e-9).all() and policies.loc["worst", "gain"] < 0 < best


def test_claims_recoveries_and_calibration_are_reported(tiny_bates):
    claims = table(tiny_bates, "claims")
    assert len(claims) > 400 and not claims["id"].duplicated().any()
    assert set(claims["kind"]) >= {"prediction", "recovery", "arithmetic"}
    judged = claims.groupby("kind")["verdict"].value_counts().unstack(fill_value=0)
    assert judged.loc["recovery", "recovered"] > 20
    assert len(table(tiny_bates, "calibration")) > 50
    recovery = table(tiny_bates, "preferences/recovery")
    assert set(recovery["side"]) == {"teachers", "principals"}
    page = (tiny_bates.folder / PRIVATE / "report/index.html").read_text()
    assert "Jonathan" not in page and "Isaac Sorkin" in page
    assert "are synthetic and small (tiny)" in page
    assert all(f'id="{name}"' in page for name in EXHIBITS)


def test_a_finished_run_has_nothing_to_do_and_is_as_its_jobs_wrote_it(copy):
    assert copy.due() == set()
    done = copy.audit("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def readers(project: Project, folder: str) -> set[tuple[str, ...]]:
    """Rules, and their wildcards, of the jobs that read a file of a folder."""
    manifest = json.loads((project.folder / PRIVATE / "audit/manifest.json").read_text())
    return {
        (job["rule"], *job["wildcards"].values())
        for job in manifest["jobs"].values()
        if any(one["path"].startswith(f"{PRIVATE}/{folder}/") for one in job["inputs"])
    }


def test_no_estimation_reads_what_was_planted(tiny_bates):
    # True windows are taken beside observed ones, to show what these do to the estimates.
    planted = {("recovery",), ("calibration",), ("choice_sets", "true")}
    assert readers(tiny_bates, "truth") == planted
    of_true_windows = readers(tiny_bates, "platform/true")
    variants = {one for one in of_true_windows if one[0] == "teacher_variant"}
    assert of_true_windows - variants == {("recovery",)}
    assert all(row.startswith("true") for _, row in variants)


def test_one_core_and_two_give_the_same_bytes(tiny_bates, copy):
    of = {
        "value_added": ("forecasts.parquet", "structure.csv"),
        "platform": ("pairs.parquet", "timing.csv"),
        "preferences": ("teachers.csv", "random_coefficients.parquet", "principals.csv"),
        "market": ("runs.parquet", "policies.csv", "stable_sets.csv", "uncertainty.csv"),
    }
    files = [f"{PRIVATE}/{folder}/{name}" for folder, names in of.items() for name in names]
    done = copy.run("--forcerun", "synthetic_state", "--", *files, cores=1)
    assert "Estimating teachers' preferences" in done and "Simulating all policies" in done
    for path in files:
        assert (copy.folder / path).read_bytes() == (tiny_bates.folder / path).read_bytes(), path


def test_more_runs_make_due_what_is_simulated(copy):
    choose(copy, market={"runs": 7})
    due = copy.due()
    of_market = {name for name in EXHIBITS if name in due}
    assert due - of_market == SIMULATED | LAST
    assert of_market >= {"figure_07", "figure_08", "table_07", "figure_10", "table_stable_sets"}
    assert not of_market & {"figure_01", "figure_04", "table_02", "table_05", "table_06"}


def test_other_draws_make_due_teachers_preferences_and_what_is_made_of_them(copy):
    choose(copy, preferences={"draws": 16})
    due = copy.due()
    assert due >= SIMULATED | {"teacher_preferences", "teacher_variant", "market", "table_05"}
    others = {"principal_preferences", "principal_variant", "recovery_worlds", "table_06"}
    assert not due & (OF_RECORDS | others | {"table_02", "table_03a", "figure_01"})


def test_a_choice_of_the_reallocation_makes_due_its_tables_alone(copy):
    choose(copy, reallocation={"lowest": 0.1})
    due = copy.due()
    exhibits = {"table_02", "table_a4", "table_a5"}
    through = {"reallocation", "robustness", "market_numbers"}  # table 7's last row, and the text
    assert due >= exhibits | {"reallocation"} | LAST
    drawn = {name for name in due if name in EXHIBITS}
    assert due - drawn - LAST <= through
    assert not drawn & {"figure_07", "figure_08", "figure_05", "table_05", "figure_01"}


def test_a_window_makes_due_choice_sets_and_not_the_platforms_synthesis(copy):
    choose(copy, platform={"window": "posted"})
    due = copy.due()
    assert due >= {"platform", "teacher_preferences", "principal_preferences", "market", "policies"}
    assert not due & {"synthetic_state", "records", "value_added", "synthetic_platform"}
    assert not due & {"reallocation", "same_trait", "recovery_worlds"}


def test_the_platform_is_made_anew_where_forecasts_are(copy):
    """Preferences are over forecasts, so another estimator makes another platform."""
    choose(copy, value_added={"minimum_class_size": 9})
    due = copy.due()
    assert due >= {"value_added", "synthetic_platform", "platform", "policies", "reallocation"}
    assert not due & {"synthetic_state", "records", "recovery_worlds"}


def test_a_choice_that_cannot_be_is_refused_before_anything_runs(copy):
    choose(copy, market={"surplus": "lottery"})
    done = copy.snakemake("--dry-run")
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "Traceback" not in said
    assert "market.surplus: 'lottery' is not one of" in said
