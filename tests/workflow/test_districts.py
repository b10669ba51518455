"""Several districts in one run, tables cut by district, and cells solved by jobs of their own."""

import hashlib

import pandas as pd
import pytest

from welfare_added.audit.manifest import read_records

FEW = {"district": {"years": [2011, 2013], "grades": [4]}, "allocation": {"frontier": "grid"}}


def test_each_district_has_rules_results_and_an_audit_of_its_own(fresh):
    fresh.choose({"study": "state", "districts": ["north", "south"]})
    due = fresh.due()
    for rule in (
        "synthetic_district",
        "value_added",
        "allocation",
        "figure_04",
        "report",
        "manifest",
    ):
        assert {f"north_{rule}", f"south_{rule}"} <= due
    assert "districts" in due
    assert not due & {"value_added", "manifest", "calibration", "north_calibration"}
    alone = fresh.due("--config", "districts=[south]", "--", "south_done")
    assert {rule for rule in due if rule.startswith("south_")} == alone - {"south_done"}
    listed = fresh.run("--summary", "--quiet=host")
    for path in ("audit/manifest.json", "report/index.html", "figures/figure_04.pdf"):
        assert f"results/state_north/{path}" in listed


@pytest.mark.slow
def test_two_runs_at_once_study_a_district_each(fresh):
    fresh.choose({"study": "state", "districts": ["north", "south"], **FEW})
    running = [
        fresh.start("--config", f"districts=[{name}]", "--", f"{name}_frontiers")
        for name in ("north", "south")
    ]
    assert [one.wait(timeout=600) for one in running] == [0, 0]
    assert fresh.due("--", "north_frontiers", "south_frontiers") == set()


@pytest.mark.slow
def test_tables_cut_by_a_column_are_studied_and_put_side_by_side(fresh, tiny):
    raw, state = tiny.folder / "results/eastmond_2024/district/raw", fresh.folder / "state"
    state.mkdir()
    for name in ("enrolments", "classes", "teachers", "outcomes"):
        table = pd.read_csv(raw / f"{name}.csv", dtype=str, keep_default_na=False)
        if "school_id" in table:
            half = table["school_id"].isin(sorted(table["school_id"].unique())[::2])
            table.insert(0, "county", half.map({True: "East", False: "West"}))
        table.to_csv(state / f"{name}.csv", index=False)
    chosen = {"study": "state", "partition": "county", "disclosure": {"restricted": False}}
    fresh.choose({**chosen, **FEW})
    fresh.choose({"district": {**FEW["district"], "source": "state"}})
    assert fresh.due() == {"partition", "all"}
    fresh.run()
    assert fresh.due() > {"east_value_added", "west_value_added", "districts"}
    fresh.run("districts", cores=2)
    table = pd.read_csv(fresh.folder / "results/state/districts.csv").set_index("district")
    assert list(table.index) == ["east", "west", "all districts"]
    assert table.loc["east", "gain_ela_district"] != table.loc["west", "gain_ela_district"]
    sample = pd.read_csv(fresh.folder / "results/state_east/district/sample.csv")
    assert table.loc["east", "students"] == sample["students"].iloc[-1]
    own = read_records(fresh.folder / "results", "state_east")
    assert len(own) > 10 and all("/state_east/records/" in path for path in own)
    assert fresh.due("districts") == set()
    enrolments = pd.read_csv(state / "enrolments.csv", dtype=str, keep_default_na=False)
    enrolments.drop(enrolments.index[::10]).to_csv(state / "enrolments.csv", index=False)
    assert {"partition", "east_district", "west_frontiers", "districts"} <= fresh.due("districts")
    students = "results/state_east/district/students.parquet"
    before = len(pd.read_parquet(fresh.folder / students))
    fresh.run(students)
    assert len(pd.read_parquet(fresh.folder / students)) < before


@pytest.mark.slow
def test_cells_solved_by_jobs_of_their_own_give_the_same_bytes(fresh):
    fresh.choose({**FEW, "allocation": {"frontier": "exact"}})
    plans = [
        f"results/eastmond_2024/allocation/{name}"
        for name in (
            *("plans/ela_school_standard.parquet", "certificates/ela_school_standard.csv"),
            *("plans/subjects_district.parquet", "plans/ces_district.parquet"),
            *("exact/ela_school_heterogeneous.parquet",),
            *("exact/ela_school_heterogeneous_moves.parquet",),
        )
    ]

    def digests():
        contents = [(fresh.folder / path).read_bytes() for path in plans]
        return [hashlib.sha256(content).hexdigest() for content in contents]

    fresh.run(*plans, cores=2)
    whole = digests()
    fresh.choose({"allocation": {"scatter": "grade_year"}})
    said = fresh.run(*plans, cores=2)
    assert digests() == whole
    assert "Combining the grades and years of ela_school_standard" in said
    cells = fresh.folder / "results/eastmond_2024/allocation/cells"
    assert sorted(path.name for path in cells.iterdir()) == ["2011_4", "2012_4", "2013_4"]
    (cells / "2012_4/plans/ela_school_standard.parquet").unlink()
    fresh.run(*plans, cores=2)
    assert digests() == whole
