"""What may be published of confidential records of a transfer system."""

from pathlib import Path

import pandas as pd
import pytest
from laverde_tables import drawn, tables

from welfare_added.disclosure.declarations import published_tables, read, read_declared
from welfare_added.disclosure.gate import publishable
from welfare_added.disclosure.profiles import PROFILES
from welfare_added.exhibits.declarations import Study, read_exhibits
from welfare_added.reassignment.populations import OTHER_ROWS, SHARES_OF_TEACHERS
from welfare_added.release.published_tables import problems
from welfare_added.run.writing import write_csv

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "workflow/papers/laverde_2023"
DECLARED = read(PAPER / "disclosure.yaml", ROOT / "workflow/schemas/disclosure.schema.json")
GATED = published_tables(PAPER / "disclosure.yaml")
EXHIBITS = read_exhibits(PAPER / "exhibits.yaml", ROOT / "workflow/schemas/exhibits.schema.json")
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
N10 = PROFILES["n10"]


def published(tmp_path, name: str, people: pd.DataFrame = PEOPLE) -> pd.DataFrame:
    """A table of the results after the gate."""
    path = tmp_path / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(tables()[f"{name}.csv"], path)
    return publishable(read_declared(path, DECLARED[name]), DECLARED[name], people, N10)[0]


@pytest.mark.parametrize("name", [name for name in GATED if f"{name}.csv" in tables()])
def test_tables_pass_the_gate_and_the_scan(name, tmp_path):
    shown = published(tmp_path, name)
    write_csv(shown, tmp_path / "shown.csv")
    assert problems(tmp_path / "shown.csv", DECLARED[name], PEOPLE, N10) == []
    assert len(shown) == len(tables()[f"{name}.csv"])


def test_every_declared_table_is_tried():
    untried = {name for name in GATED if f"{name}.csv" not in tables()}
    assert untried <= {
        "selection/text_numbers",
        "reassignment/text_numbers",
        "transfers/evaluations",
    }


def test_exhibits_of_confidential_records_are_made_of_gated_tables():
    made = EXHIBITS.made(CONFIDENTIAL)
    used = {path.removesuffix(".csv") for one in made for path in one.tables(CONFIDENTIAL).values()}
    assert used <= set(GATED)
    folders = {one.name: "figures" if one.figure else "tables" for one in made}
    assert {f"{folder}/{name}" for name, folder in folders.items()} <= set(DECLARED)
    assert set(EXHIBITS.skipped(CONFIDENTIAL)) == {
        *("figure_recovery", "table_rankings", "figure_calibration"),
    }


@pytest.mark.parametrize("exhibit", [one.name for one in EXHIBITS.made(CONFIDENTIAL)])
def test_data_of_exhibits_are_as_declared(exhibit, tmp_path):
    made = EXHIBITS.all[exhibit]
    shown = {
        path: published(tmp_path, path.removesuffix(".csv"))
        for path in made.tables(CONFIDENTIAL).values()
    }
    data, _ = drawn(exhibit, "", shown)
    declaration = DECLARED[f"{'figures' if made.figure else 'tables'}/{exhibit}"]
    write_csv(data, tmp_path / "data.csv")
    assert problems(tmp_path / "data.csv", declaration, PEOPLE, N10) == []


def test_gains_of_a_group_of_nine_students_are_withheld_and_the_others_shown(tmp_path):
    few = PEOPLE.assign(students=PEOPLE["students"].where(PEOPLE["population"] != "group_white", 9))
    shown = published(tmp_path, "reassignment/gains", few)
    assert (shown["gain_score"].isna() == (shown["group"] == "white")).all()


def test_every_row_of_table_1_has_a_population():
    assert {*SHARES_OF_TEACHERS, *OTHER_ROWS} == set(ROWS["row"])


def test_the_share_of_few_teachers_is_withheld(tmp_path):
    rare = PEOPLE["population"] == "fact_share_hispanic_its"
    few = PEOPLE.assign(students=PEOPLE["students"].where(~rare, 5))
    shown = published(tmp_path, "transfers/facts", few).set_index("fact")["value"]
    assert pd.isna(shown["share_hispanic_its"]) and pd.notna(shown["share_hispanic_all"])


def test_nothing_is_published_of_nine_applicants(tmp_path):
    few = PEOPLE.assign(students=PEOPLE["students"].where(PEOPLE["population"] != "applicants", 9))
    assert published(tmp_path, "selection/parameters", few)["mean"].isna().all()
    assert published(tmp_path, "reassignment/gains", few)["gain_score"].notna().all()
