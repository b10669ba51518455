"""What may be published of confidential records of a teachers' labour market."""

import numpy as np
import pandas as pd
import pytest
from bates_tables import drawn, tables
from gate_checks import N10, Gated

from welfare_added.disclosure.declarations import read_declared
from welfare_added.disclosure.gate import publishable
from welfare_added.exhibits.declarations import Study
from welfare_added.run.writing import write_csv

CONFIDENTIAL = Study({"district": {"source": "/tables", "name": ""}}, False, True)
NAMES = ("state", "district", "applicants", "with_value_added", "top_decile", "market")
SAMPLED, FITTED = (tables()[path] for path in ("platform/samples.csv", "market/fit.csv"))
NAMES += tuple(f"samples_{row.sample}_{row.variable}" for row in SAMPLED.itertuples())
NAMES += tuple(f"fit_{row.panel}_{row.source}_{row.bin}" for row in FITTED.itertuples())
NAMES += tuple(sorted({f"line_{row.panel}_{row.source}" for row in FITTED.itertuples()}))
PEOPLE = pd.DataFrame({"population": NAMES, "students": 178, "students_sure": 178.0})
PAPER = Gated("bates_2022", CONFIDENTIAL, tables(), drawn, PEOPLE)


@pytest.mark.parametrize("name", [name for name in PAPER.names if f"{name}.csv" in tables()])
def test_tables_pass_the_gate_and_the_scan(name, tmp_path):
    PAPER.check_table(tmp_path, name)


def test_every_declared_table_is_tried():
    assert {name for name in PAPER.names if f"{name}.csv" not in tables()} == set()


def test_exhibits_of_confidential_records_are_made_of_gated_tables():
    PAPER.check_sources()
    assert set(PAPER.exhibits.skipped(CONFIDENTIAL)) == {
        *("figure_recovery", "table_recovery", "figure_integrators", "table_integrators"),
        *("figure_choice_sets", "table_choice_sets", "figure_calibration", "figure_a6"),
    }


@pytest.mark.parametrize("exhibit", [one.name for one in PAPER.exhibits.made(CONFIDENTIAL)])
def test_data_of_exhibits_are_as_declared(exhibit, tmp_path):
    PAPER.check_data(tmp_path, exhibit)


def test_nothing_is_published_of_a_market_of_nine_teachers(tmp_path):
    few = PEOPLE.assign(students=PEOPLE["students"].where(PEOPLE["population"] != "market", 9))
    assert PAPER.published(tmp_path, "market/policies", few)["gain"].isna().all()
    assert PAPER.published(tmp_path, "reallocation", few)["gain"].notna().all()


def test_outcomes_of_few_applications_are_withheld_with_another(tmp_path):
    outcomes = tables()["platform/outcomes.csv"]
    interview = (outcomes["level"] == "application") & (outcomes["outcome"] == "interview")
    outcomes.loc[interview, "count"] = 7
    path = tmp_path / "outcomes.csv"
    write_csv(outcomes, path)
    declared = PAPER.declared["platform/outcomes"]
    shown, _ = publishable(read_declared(path, declared), declared, PEOPLE, N10)
    of_level = shown[shown["level"] == "application"].set_index("outcome")
    assert np.isnan(of_level.loc["interview", ["count", "share"]].astype(float)).all()
    assert of_level["count"].isna().sum() == 2


def test_percentiles_of_days_are_never_published(tmp_path):
    shown = PAPER.published(tmp_path, "platform/outcome_days")
    assert shown[["p10", "p50", "p90"]].isna().all().all() and shown["mean"].notna().all()


def test_the_share_of_few_black_teachers_is_withheld_and_the_figure_is_drawn(tmp_path):
    rare = PEOPLE["population"].str.contains("black")
    few = PEOPLE.assign(students=PEOPLE["students"].where(~rare, 9))
    shown = PAPER.published(tmp_path, "market/fit", few)
    assert (shown["value"].isna() == (shown["panel"] == "black")).all()
    lines = PAPER.published(tmp_path, "market/fit_slopes", few)
    assert (lines["slope"].isna() == (lines["panel"] == "black")).all()
    samples = PAPER.published(tmp_path, "platform/samples", few)
    assert (samples["mean"].isna() == (samples["variable"] == "black")).all()
    data, figure = drawn("figure_06", "", {"market/fit.csv": shown})
    assert set(data["panel"]) == set(shown["panel"]) and len(figure.axes) >= 4
