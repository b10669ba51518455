"""The whole workflow of reassignment in a transfer system on tiny data: complete, reproducible."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Project
from made_tables import emptiness

from welfare_added.exhibits.declarations import read_exhibits

PAPER = "laverde_2023"
PRIVATE = f"results/{PAPER}"
ROOT = Path(__file__).parents[2]
EXHIBITS = read_exhibits(
    ROOT / f"workflow/papers/{PAPER}/exhibits.yaml", ROOT / "workflow/schemas/exhibits.schema.json"
).all
OF_CHAINS = {"chain", "posterior", "other_posterior", "parameters", "orders"}
PLANNED = {"reassignment_year", "reassignment"}
LAST = {"claims", "report", "manifest", "all"}


@pytest.fixture
def copy(tiny_laverde, tmp_path) -> Project:
    return tiny_laverde.copied(tmp_path / "copy")


def table(project: Project, name: str) -> pd.DataFrame:
    return pd.read_csv(project.folder / PRIVATE / f"{name}.csv")


def choose(project: Project, **changes) -> None:
    project.choose(changes, paper=PAPER)


def test_every_exhibit_and_table_is_there_and_none_is_empty(tiny_laverde):
    folder = tiny_laverde.folder / PRIVATE
    skipped = table(tiny_laverde, "skipped")["exhibit"].tolist()
    assert set(skipped) <= {"figure_calibration"}
    for one in EXHIBITS.values():
        for path in one.files(PRIVATE).values() if one.name not in skipped else ():
            assert (tiny_laverde.folder / path).stat().st_size > 0, path
    tables = emptiness(folder)
    assert len(tables) > 70
    for path, empty in tables.items():
        assert empty == (path.name == "skipped.csv" and not skipped), path
    assert len(list(folder.glob("selection/chains/*/*.npz"))) == 4 + 2 + 1


def test_plans_are_proven_and_nested_and_their_parts_add_up(tiny_laverde):
    proofs = table(tiny_laverde, "reassignment/certificates")
    assert (proofs["reversals"] == 0).all() and proofs["largest_gap"].max() < 1e-9
    by_planner = proofs.groupby("planner")["problems"].sum()
    assert by_planner["clairvoyant"] == 8 * 10 * 3 * 4  # draws, years, aims, scenarios
    assert by_planner["feasible"] == 8 * 9 * 3 * 4  # nothing is known before the first year
    parts = table(tiny_laverde, "reassignment/parts")
    gap = parts["total"] - parts["effectiveness"] - parts["match"]
    assert gap.abs().max() < 1e-6  # of numbers with six digits
    people = table(tiny_laverde, "reassignment/people").set_index(["planner", "scenario"])
    assert (people.loc["clairvoyant"].loc["unharmed", "worse_off"] == 0).all()
    assert (people.loc["clairvoyant"].loc["unconstrained", "worse_off"] > 0).all()
    gains = table(tiny_laverde, "reassignment/gains")
    own = gains[(gains["planner"] == "clairvoyant") & (gains["aim"] == "mean_score")]
    own = own[own["group"] == "all"].set_index("scenario")["gain_score"]
    order = ["unconstrained", "unharmed", "observed_retention", "same_school", "observed"]
    assert own[order].is_monotonic_decreasing


def test_claims_recoveries_and_calibration_are_reported(tiny_laverde):
    claims = table(tiny_laverde, "claims")
    assert len(claims) > 500 and not claims["id"].duplicated().any()
    assert set(claims["kind"]) >= {"prediction", "recovery", "arithmetic"}
    parameters = table(tiny_laverde, "selection/parameters")
    assert parameters["truth"].notna().all()
    assert not parameters["parameter"].str.contains("school effect|school_s").any()
    assert set(table(tiny_laverde, "selection/rankings")["rankings"]) == {"full", "positive"}
    assert len(table(tiny_laverde, "calibration")) > 30
    page = (tiny_laverde.folder / PRIVATE / "report/index.html").read_text()
    assert "Mariana Laverde" in page


def test_other_tastes_are_planted_on_request(copy):
    copy.run("planted_lists")
    lists = table(copy, "selection/trust/planted_lists")
    own = lists[lists["parameter"] == "demand: match_minority_teachers"]
    assert own.set_index(["planted", "rankings"])["truth"].to_dict() == {
        (value, rankings): value for value in (0, 1) for rankings in ("full", "positive")
    }
    assert np.isfinite(lists[["mean", "sd", "r_hat", "bulk"]].to_numpy()).all()


def test_a_finished_run_has_nothing_to_do_and_is_as_its_jobs_wrote_it(copy):
    assert copy.due() == set()
    done = copy.audit("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_estimation_reads_what_was_planted(tiny_laverde):
    manifest = json.loads((tiny_laverde.folder / PRIVATE / "audit/manifest.json").read_text())
    readers = {
        job["rule"]
        for job in manifest["jobs"].values()
        if any(one["path"].startswith(f"{PRIVATE}/truth/") for one in job["inputs"])
    }
    assert readers == {"parameters"}


def test_one_core_and_two_give_the_same_bytes(tiny_laverde, copy):
    files = [f"{PRIVATE}/selection/parameters.csv", f"{PRIVATE}/reassignment/gains.csv"]
    done = copy.run("--forcerun", "chain", "--", *files, cores=1)
    assert "Running the sampler: study, chain 3" in done
    for path in files:
        assert (copy.folder / path).read_bytes() == (tiny_laverde.folder / path).read_bytes(), path


def test_a_chain_that_was_interrupted_goes_on_where_it_was_saved(tiny_laverde, copy):
    chains = copy.folder / PRIVATE / "selection/chains/study"
    whole = (chains / "1.npz").read_bytes()
    (chains / "1.npz").rename(chains / "1.unfinished.npz")  # saved at the end, not yet in its place
    target = f"{PRIVATE}/selection/chains/study/1.npz"
    copy.run(target)
    assert (chains / "1.npz").read_bytes() == whole
    assert not (chains / "1.unfinished.npz").exists()
    assert (
        "of other data or choices"
        not in (copy.folder / PRIVATE / "logs/chain_study_1.log").read_text()
    )


def test_a_choice_of_the_reassignment_makes_due_its_plans_and_no_chain(copy):
    choose(copy, reassignment={"applicants": "before"})
    due = copy.due()
    assert due >= PLANNED | {"table_06", "table_a4", "figure_02"} | LAST
    assert not due & (OF_CHAINS | {"synthetic_system", "transfer_system", "table_02", "figure_01"})


def test_a_seed_makes_due_all_chains_and_what_follows_but_not_the_records(copy):
    choose(copy, selection={"seed": 7})
    due = copy.due()
    assert due >= OF_CHAINS | PLANNED | {"table_02", "table_04", "figure_chains"}
    assert not due & {"synthetic_system", "transfer_system", "figure_01", "table_01", "table_a3"}


def test_what_figure_1_shows_makes_due_no_estimate(copy):
    choose(copy, transfers={"move_bar": 0.05})
    due = copy.due()
    assert "figure_01" in due and not due & (OF_CHAINS | PLANNED | {"table_02", "checked_system"})


def test_two_choices_at_once_are_both_followed(copy):
    choose(copy, transfers={"move_bar": 0.05}, selection={"seed": 7})
    assert copy.due() >= OF_CHAINS | PLANNED | {"transfer_system", "figure_01", "table_02"}


def test_another_likelihood_of_lists_is_the_studys_and_the_others_stand_beside_it(copy):
    choose(copy, selection={"rankings": "positive"})
    jobs = copy.run("--dry-run")
    assert "Running the sampler: full, chain 1" in jobs
    assert "Running the sampler: positive" not in jobs


def test_left_over_fallbacks_leave_out_the_order_of_appendix_b(copy):
    choose(copy, selection={"fallback": "leftover"})
    assert copy.due() >= (OF_CHAINS | PLANNED | {"checked_system", "table_02"}) - {"orders"}
    jobs = copy.run("--dry-run")
    assert "Running the sampler: study, chain 3" in jobs
    assert "published_order" not in jobs and "orders.csv" not in jobs


def test_a_choice_that_cannot_be_is_refused_before_anything_runs(copy):
    choose(copy, selection={"rankings": "lottery"})
    done = copy.snakemake("--dry-run")
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "Traceback" not in said
    assert "selection.rankings: 'lottery' is not one of" in said
