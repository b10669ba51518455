"""A state's own staff file, scores and districts, confidential, through a whole run to its release."""

import own_pay
import pytest
from own_pay import CANARY, own_tables
from own_study import OwnStudy, refused, table

STUDY = OwnStudy("biasi_2017", own_pay)
# Tables that hold a row a teacher, a school or a district.
SECRET = {
    *("panel.parquet", "teacher_years.parquet", "value_added.parquet", "populations.csv"),
    *("matches.csv", "shadow_prices.csv", "delta_districts.csv", "facts.csv", "schedules.csv"),
    *("densities.csv", "delta_density.csv", "schedule_gaps.csv"),
}
SKIPPED = {
    *("figure_01", "figure_a2", "figure_a4", "figure_a5", "figure_a7", "figure_a8"),
    *("table_shadow_prices", "figure_shadow_prices", "table_estimators", "table_measures"),
    *("table_recovery", "figure_recovery", "table_laboratory", "table_likelihoods", "table_ways"),
}


@pytest.mark.slow
def test_own_records_go_to_their_release_and_nothing_published_tells_of_them(own, tmp_path):
    STUDY.assert_nothing_told(own, 150)
    private = {path.name for path in (own.folder / "results/private/mine").rglob("*")}
    there = {path.name for path in (own.folder / "results/mine").rglob("*")}
    assert private >= SECRET and not SECRET & there
    assert set(table(own, "skipped")["exhibit"]) == SKIPPED
    assert not list((own.folder / "results/mine").glob("claims*"))
    copy = own.copied(tmp_path / "copy")
    assert copy.audit("verify").returncode == 0
    assert copy.due("release") == {"disclosure", "release"}  # it always looks again


@pytest.mark.slow
def test_what_is_published_is_what_was_estimated_rounded_or_withheld(own):
    for name in ("sorting/workforce", "sorting/movers", "salaries/pay_for_quality"):
        shown, exact = table(own, name), table(own, name, "private/mine")
        gap = (shown["estimate"] - exact["estimate"]).abs()
        assert gap[gap.notna()].le(1e-3 * exact["estimate"].abs()[gap.notna()]).all()
        withheld = table(own, f"withheld/{name}", "private/mine")
        assert "never published" in set(withheld["reason"])
        assert shown[["singletons", "missing"]].isna().all(axis=None)
    people = table(own, "populations", "private/mine").set_index("population")["students"]
    few = people[table(own, "sorting/movers")["column"].map("movers_{}".format)] < 10
    assert (table(own, "sorting/movers")["estimate"].isna().to_numpy() >= few.to_numpy()).all()
    assert table(own, "sorting/workforce")["estimate"].notna().any()


def test_the_check_reads_the_tables_alone_and_describes_them(records, tmp_path):
    copy = records.copied(tmp_path / "copy")
    assert copy.due("check_district") == {"district_page", "check_district"}
    copy.run("check_district")
    page = (copy.folder / "results/private/mine/district/check.html").read_text()
    assert CANARY not in page and "figure_a7" in page
    due = copy.due("release")
    assert due >= {"records", "value_added", "two_sided", "populations", "disclosure", "table_13"}
    assert not due & {"synthetic_state", "claims", "estimators", "figure_01", "figure_a8"}


def test_tables_that_contradict_each_other_are_refused_each_by_its_own_text(records, tmp_path):
    copy = records.copied(tmp_path / "copy")
    right = own_tables()

    def with_tables(**changed) -> str:
        STUDY.write(copy, {**right, **changed})
        said = refused(copy, "check_district")
        assert CANARY + "staff" not in said
        return said

    staff = right["staff"].copy()
    teachers = staff[(staff["position"] == "teacher") & (staff["substitute"] != 1)]
    staff.loc[staff["teacher_id"] == teachers["teacher_id"].iloc[0], "fte"] = 0.0
    said = with_tables(staff=staff)
    assert "staff.csv, column fte: contracts without any full-time equivalent" in said
    assert "Remedy: write the share of full time of each assignment" in said
    cells = right["cells"].copy()
    cells.loc[cells.index[:3], "mean_score"] = 9999.0
    said = with_tables(staff=right["staff"], cells=cells)
    assert "cells.csv, column mean_score: mean scores far from all others" in said
    assert "(3 rows)" in said
    handbooks = right["handbooks"].copy()
    handbooks.loc[handbooks.index[0], "district_id"] = "EMP999"
    said = with_tables(cells=right["cells"], handbooks=handbooks)
    assert "handbooks.csv, column district_id: handbooks of districts that the table" in said
