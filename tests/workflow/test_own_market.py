"""A district's own teachers and hiring platform, confidential, through a whole run to their release."""

import json

import own_market
import pandas as pd
import pytest
from conftest import Project
from own_market import CANARY, own_tables
from own_study import OwnStudy, refused, table

STUDY = OwnStudy("bates_2022", own_market)


@pytest.mark.slow
def test_own_records_go_to_their_release_and_nothing_published_tells_of_them(own, tmp_path):
    assert {"RequisitionNo", "Disposition", "PresentSchoolCode"} <= set(STUDY.distinctive())
    STUDY.assert_nothing_told(own, 150, "never came")
    withheld_from_publication(own)
    exhibits_that_are_made(own)
    copy = own.copied(tmp_path / "copy")
    assert copy.audit("verify").returncode == 0
    assert copy.due("release") == {"disclosure", "release"}  # it always looks again
    # A cycle with more teachers than positions can be in table 7, and cannot be studied.
    STUDY.choose(copy, {"market": {"cycle": 2017, "other_cycles": [2018]}})
    said = refused(copy, "results/private/mine/market/policies.csv")
    assert "teachers with value added but" in said and "market.surplus: drop" in said
    assert CANARY not in said


def withheld_from_publication(own: Project) -> None:
    """What few persons are behind, and what tells of single ones."""
    private = {path.name for path in (own.folder / "results/private/mine").rglob("*")}
    there = {path.name for path in (own.folder / "results/mine").rglob("*")}
    secret = {"applicants.parquet", "pairs.parquet", "random_coefficients.parquet"}
    secret |= {"forecasts.parquet", "runs.parquet", "populations.csv", "payments.csv"}
    secret |= {"school_effects.csv", "reallocation_replacement.csv"}
    assert secret <= private and not secret & there
    counts = table(own, "platform/outcomes")["count"]
    exact = table(own, "platform/outcomes", "private/mine")["count"]
    assert counts.notna().mean() > 0.8 and counts.min() >= 10 and (counts.dropna() % 5 == 0).all()
    assert (counts - exact).abs().max() <= 2.5
    days = table(own, "platform/outcome_days")
    assert days[["p10", "p50", "p90"]].isna().all(axis=None) and days["mean"].notna().any()
    fit = table(own, "market/fit")
    model = fit[fit["source"] == "model"].set_index("panel")["value"]
    assert model["absolute_advantage"].notna().sum() >= 3 and model["black"].isna().all()
    samples = table(own, "platform/samples").set_index(["sample", "variable"])["mean"]
    assert pd.notna(samples["state", "black"]) and pd.notna(samples["applicants", "mu_0"])
    people = table(own, "populations", "private/mine").set_index("population")["students"]
    assert people["market"] == 60 or 40 < people["market"] < 60
    assert people["district"] < people["state"] and people["top_decile"] >= 10
    shown, gain = (
        table(own, "market/policies", folder)["gain"] for folder in ("mine", "private/mine")
    )
    assert shown.notna().all() and (shown - gain).abs().max() <= 1e-3 * gain.abs().max()


def exhibits_that_are_made(own: Project) -> None:
    skipped = table(own, "skipped").set_index("exhibit")["reason"]
    assert set(skipped.index) == {
        *("figure_recovery", "table_recovery", "figure_integrators", "table_integrators"),
        *("figure_choice_sets", "table_choice_sets", "figure_calibration", "figure_a6"),
    }
    made = {path.stem for path in (own.folder / "results/mine/figures").iterdir()}
    made |= {path.stem for path in (own.folder / "results/mine/tables").iterdir()}
    assert not set(skipped.index) & made
    assert made >= {"table_01", "table_05", "table_06", "table_07", "figure_07", "figure_10"}
    assert not list((own.folder / "results/mine").glob("claims*"))
    rows = table(own, "robustness").set_index("row")
    assert pd.notna(rows.loc["year_2018", "best"]) and pd.notna(rows.loc["year_2017", "best"])
    release = own.folder / "release/mine"
    assert "rests on at least 10 students;" in (release / "README.md").read_text()
    told = json.loads((release / "history.json").read_text())
    assert told["choices"]["market"]["cycle"] == 2019
    assert "columns" not in told["choices"]["district"]
    assert told["sources"]["applications"]["columns"][:2] == ["applicant_id", "position_id"]


def test_the_check_reads_the_tables_alone_and_describes_them(records, tmp_path):
    copy = records.copied(tmp_path / "copy")
    assert copy.due("check_district") == {"district_page", "check_district"}
    copy.run("check_district")
    page = (copy.folder / "results/private/mine/district/check.html").read_text()
    assert "The hiring platform by cycle" in page and "have no teacher_id" in page
    assert "postings are taken to end with their last application" in page
    assert "&#39;&#39; read as &#39;none&#39;" in page or "'' read as 'none'" in page
    assert "Accepted offer" in page and CANARY + "candidate" not in page


def test_tables_that_contradict_each_other_are_refused_each_by_its_own_text(records, tmp_path):
    copy = records.copied(tmp_path / "copy")
    right = own_tables()

    def with_tables(**changed) -> str:
        STUDY.write(copy, {**right, **changed})
        said = refused(copy, "check_district")
        assert CANARY + "candidate" not in said and CANARY + "staff" not in said
        return said

    made, vacancies = right["applications"].copy(), right["vacancies"]
    made.loc[[3, 5], "applied"] = pd.Timestamp(2015, 1, 5)
    made.loc[7, "position_id"] = f"{CANARY}req0000"
    said = with_tables(applications=made)
    assert (
        "applications.csv, column applied: an application before its position is posted "
        "(2 rows)" in said
    )
    assert "a position posted twice has the first day" in said
    assert (
        "applications.csv, column position_id: positions that the table of vacancies lacks "
        "(1 row)" in said
    )
    kept = vacancies[vacancies["cycle"] != 2018]
    of_kept = right["applications"]["position_id"].isin(kept["position_id"])
    said = with_tables(vacancies=kept, applications=right["applications"][of_kept])
    assert "applicants.csv, column cycle: a cycle without positions (250 rows)" in said
    assert "add its positions to vacancies, or leave out its applicants" in said
