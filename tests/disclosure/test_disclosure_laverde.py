"""What may be published of confidential records of a transfer system."""

import pandas as pd
import pytest
from gate_checks import Gated
from laverde_tables import drawn, tables

from welfare_added.exhibits.declarations import Study
from welfare_added.reassignment.populations import OTHER_ROWS, SHARES_OF_TEACHERS

CONFIDENTIAL = Study(
    {
        "district": {"source": "/tables", "name": "", "size": "full"},
        "reassignment": {"feasible": True},
        "selection": {"fallback": "constant"},
    },
    False,
    True,
    tables=frozenset({"district_evaluations"}),
)
NAMES = ["teachers", "applicants", "deciding", "listed", "students"]
NAMES += [f"group_{name}" for name in tables()["reassignment/gains.csv"]["group"].unique()]
NAMES += [f"fact_{name}" for name in tables()["transfers/facts.csv"]["fact"]]
ROWS, _ = drawn("table_01")
NAMES += [f"table_01_{row}" for row in ROWS["row"].unique()]
PEOPLE = pd.DataFrame({"population": NAMES, "students": 178, "students_sure": 178.0})
PAPER = Gated("laverde_2023", CONFIDENTIAL, tables(), drawn, PEOPLE)


@pytest.mark.parametrize("name", [name for name in PAPER.names if f"{name}.csv" in tables()])
def test_tables_pass_the_gate_and_the_scan(name, tmp_path):
    PAPER.check_table(tmp_path, name)


def test_every_declared_table_is_tried():
    untried = {name for name in PAPER.names if f"{name}.csv" not in tables()}
    assert untried <= {
        "selection/text_numbers",
        "reassignment/text_numbers",
        "transfers/evaluations",
    }


def test_exhibits_of_confidential_records_are_made_of_gated_tables():
    PAPER.check_sources()
    assert set(PAPER.exhibits.skipped(CONFIDENTIAL)) == {
        *("figure_recovery", "table_rankings", "figure_calibration"),
    }


@pytest.mark.parametrize("exhibit", [one.name for one in PAPER.exhibits.made(CONFIDENTIAL)])
def test_data_of_exhibits_are_as_declared(exhibit, tmp_path):
    PAPER.check_data(tmp_path, exhibit)


def test_gains_of_a_group_of_nine_students_are_withheld_and_the_others_shown(tmp_path):
    few = PEOPLE.assign(students=PEOPLE["students"].where(PEOPLE["population"] != "group_white", 9))
    shown = PAPER.published(tmp_path, "reassignment/gains", few)
    assert (shown["gain_score"].isna() == (shown["group"] == "white")).all()


def test_every_row_of_table_1_has_a_population():
    assert {*SHARES_OF_TEACHERS, *OTHER_ROWS} == set(ROWS["row"])


def test_the_share_of_few_teachers_is_withheld(tmp_path):
    rare = PEOPLE["population"] == "fact_share_hispanic_its"
    few = PEOPLE.assign(students=PEOPLE["students"].where(~rare, 5))
    shown = PAPER.published(tmp_path, "transfers/facts", few).set_index("fact")["value"]
    assert pd.isna(shown["share_hispanic_its"]) and pd.notna(shown["share_hispanic_all"])


def test_nothing_is_published_of_nine_applicants(tmp_path):
    few = PEOPLE.assign(students=PEOPLE["students"].where(PEOPLE["population"] != "applicants", 9))
    assert PAPER.published(tmp_path, "selection/parameters", few)["mean"].isna().all()
    assert PAPER.published(tmp_path, "reassignment/gains", few)["gain_score"].notna().all()
