"""A district's own transfer system, confidential, through a whole run to its release."""

import own_transfers
import pytest
from own_study import OwnStudy, refused, table
from own_transfers import CANARY, own_tables

STUDY = OwnStudy("laverde_2023", own_transfers)


@pytest.mark.slow
def test_own_records_go_to_their_release_and_nothing_published_tells_of_them(own, tmp_path):
    STUDY.assert_nothing_told(own, 80)
    private = {path.name for path in (own.folder / "results/private/mine").rglob("*")}
    there = {path.name for path in (own.folder / "results/mine").rglob("*")}
    secret = {"plans.parquet", "draws.npz", "posterior.csv", "0.npz", "populations.csv"}
    assert secret <= private and not secret & there
    skipped = set(table(own, "skipped")["exhibit"])
    assert skipped == {"figure_recovery", "table_rankings", "figure_calibration", "table_a1"}
    parameters = table(own, "selection/parameters").set_index("parameter")
    exact = table(own, "selection/parameters", "private/mine").set_index("parameter")
    assert parameters["truth"].isna().all() and exact["truth"].isna().all()
    gap = (parameters["mean"] - exact["mean"]).abs()
    assert gap.max() <= 1e-3 * exact["mean"].abs().max()
    assert not list((own.folder / "results/mine").glob("claims*"))
    copy = own.copied(tmp_path / "copy")
    assert copy.audit("verify").returncode == 0
    assert copy.due("release") == {"disclosure", "release"}  # it always looks again


def test_the_check_reads_the_tables_alone_and_describes_them(records, tmp_path):
    copy = records.copied(tmp_path / "copy")
    assert copy.due("check_district") == {"district_page", "check_district"}
    copy.run("check_district")
    page = (copy.folder / "results/private/mine/district/check.html").read_text()
    assert "The transfer system by year" in page and "have no menu" in page
    assert CANARY + "tea" not in page


def test_tables_that_contradict_each_other_are_refused_each_by_its_own_text(records, tmp_path):
    copy = records.copied(tmp_path / "copy")
    right = own_tables()

    def with_tables(**changed) -> str:
        STUDY.write(copy, {**right, **changed})
        said = refused(copy, "check_district")
        assert CANARY + "tea" not in said and CANARY + "pup" not in said
        return said

    rankings = right["rankings"].copy()
    rankings.loc[rankings["rank"] == 1, "rank"] = 3
    said = with_tables(rankings=rankings)
    assert "rankings.csv" in said and "rank" in said
    applications = right["applications"].copy()
    applications.loc[applications.index[:2], "vacancy_id"] = f"{CANARY}vac0000"
    said = with_tables(applications=applications)
    assert "applications.csv" in said and "(2 rows)" in said
    driving = right["driving_times"]
    said = with_tables(driving_times=driving.iloc[: len(driving) // 2])
    assert "driving_times.csv" in said and "add the minutes" in said
