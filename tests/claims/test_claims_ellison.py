"""The printed tables and the numbers of Ellison and Pathak (2020), online appendix."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from claims_cases import ROOT, SCHEMA, arithmetic_of
from ellison_tables import COHORTS, SAMPLES, made_up

from welfare_added.claims import answers
from welfare_added.claims.compare import compare
from welfare_added.claims.document import read
from welfare_added.run.choices import read_yaml

PAPER = ROOT / "workflow/papers/ellison_2020"
# What the paper's own printed numbers do not add up to, by what they do.
DOES_NOT_ADD_UP = {
    "wrong_sign_replayed": 2,
    "largest_at_young_replayed": -0.9,
    "lasso_picked_replayed": 8,
    "reweighting_overall_payton_replayed": 0.1,
    "reweighting_minority_payton_replayed": 0.0,
    "tracts_frpl_payton_replayed": 0.010,
    "tracts_frpl_northside_replayed": 0.004,
}
# The example of A.2, as its model has it.
EXAMPLE = {"example.advantage": 0.1, "example.seats": 0.2}
EXAMPLE |= {"example.incomes_u.0": 0, "example.incomes_u.1": 1}
EXAMPLE |= {"example.incomes_o.0": 0.1, "example.incomes_o.1": 1.1}
WORDS = {"one-quarter": 0.25, "thirty": 30, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
WORDS |= {"nine": 9}
# "2/3", "no students", "both match", and a ratio that the paper does not print.
NOT_IN_FIGURES = {"example_alpha", "example_none_tiers", "example_none_bonus"}
NOT_IN_FIGURES |= {"table_a1_share_high", "table_a1_share_high_replayed"}
NOT_IN_FIGURES |= {f"minority_matched_{one}" for one in ("payton", "northside")}
NOT_IN_FIGURES |= {f"minority_matched_{one}_replayed" for one in ("payton", "northside")}


@pytest.fixture(scope="module")
def paper():
    return read(PAPER / "claims.yaml", SCHEMA)


@pytest.fixture(scope="module")
def inputs():
    return read_yaml(PAPER / "calibration/inputs.yaml")


@pytest.fixture(scope="module")
def verdicts(paper, inputs, tmp_path_factory):
    """Verdicts on tables of the agreed form, whose numbers mean nothing but in the example."""
    folder, paths = tmp_path_factory.mktemp("results"), {}
    for name, table in made_up(inputs["counts"]["schools"]).items():
        paths[name] = folder / name
        paths[name].parent.mkdir(exist_ok=True)
        table.to_csv(paths[name], index=False)
    assert set(paths) == set(paper.tables())
    found = compare(paper, paths, {**dict.fromkeys(paper.choices(), 2010.0), **EXAMPLE})
    return {verdict.claim.id: verdict for verdict in found}


def printed(paper, table: str) -> pd.DataFrame:
    """Cells of a printed table: panel, row, column, published."""
    cells = [one for one in paper.claims if one.cell and one.cell.table == table]
    cells = [one for one in cells if not one.id.endswith(".se")]
    rows = [(c.cell.panel, c.cell.row, c.cell.column, c.published) for c in cells]
    return pd.DataFrame(rows, columns=["panel", "row", "column", "published"])


def moves(paper, table: str) -> pd.DataFrame:
    cells = printed(paper, table)
    return cells.assign(cohort=cells["column"].str[:4].astype(int), tier=cells["column"].str[5:])


def test_every_printed_cell_is_there(paper):
    cells = {name: len(printed(paper, name)) for name in (f"table_a{k}" for k in range(1, 7))}
    assert list(cells.values()) == [26, 90, 256, 256, 17, 216]
    assert len([one for one in paper.claims if one.id.endswith(".se")]) == 26


@pytest.mark.parametrize("table", ["table_a3", "table_a4"])
def test_each_panel_of_moves_adds_up_to_one(paper, table):
    sums = moves(paper, table).groupby(["panel", "cohort"])["published"].sum()
    assert len(sums) == len(SAMPLES) * len(COHORTS)
    # Sixteen roundings of a hundredth: SD 0.0115.
    assert sums.between(0.97 - 1e-9, 1.03 + 1e-9).all(), sums


@pytest.mark.parametrize(("table", "grade"), [("table_a3", 7), ("table_a4", 9)])
def test_off_diagonal_sums_are_the_inputs(paper, inputs, table, grade):
    cells = moves(paper, table)
    found = cells[cells["panel"].str.startswith("A.") & (cells["row"] != cells["tier"])]
    found = found.groupby("cohort")["published"].sum()
    assert found.to_dict() == pytest.approx(inputs["residence"][f"grade_{grade}_off_diagonal"])


def test_tiers_are_nearly_the_same_before_and_after_and_in_both_tables(paper):
    before = moves(paper, "table_a3").groupby(["panel", "cohort", "row"])["published"].sum()
    tiers = moves(paper, "table_a4").groupby(["panel", "cohort", "tier"])["published"].sum()
    assert np.abs(before.to_numpy() - tiers.to_numpy()).max() < 0.05


def test_shares_of_a_class_are_whole_students(paper, inputs):
    cells = printed(paper, "table_a6")
    shares = cells[cells["column"].str.startswith("Share")]
    for school, seats in inputs["counts"]["seats"].items():
        values = shares[shares["panel"].str.contains(school, case=False)]["published"].to_numpy()
        assert len(values) == 27
        assert np.abs(np.round(np.round(values * seats) / seats, 3) - values).max() < 1e-9


def test_every_plan_has_the_minority_share_of_the_current_one(paper):
    cells = printed(paper, "table_a6")
    cells = cells[cells["column"] == "Share Minority"]
    assert cells.groupby("panel")["published"].nunique().tolist() == [1, 1]


def test_classes_of_the_two_tables_agree(paper):
    whole = printed(paper, "table_a2").set_index(["row", "column"])["published"]
    fine = printed(paper, "table_a6").set_index(["panel", "row", "column"])["published"]
    names = {"Payton": "A. Walter Payton College Prep", "Northside": "B. Northside College Prep"}
    columns = {"Within School SD": "Within School SD", "Minority Share": "Share Minority"}
    columns |= {"FRPL Share": "Share FRPL"}
    plans = {"Tier-based": "Current CPS Plan", "Benchmark": "Race and FRPL-based benchmark"}
    differ = [
        (school, short, plan)
        for school, short, plan in product(names, columns, plans)
        if abs(whole[school, f"{short}, {plan}"] - fine[names[school], plans[plan], columns[short]])
        > (0.05 if "SD" in short else 0.0055)
    ]
    assert differ == [("Northside", "FRPL Share", "Benchmark")]


def test_arithmetic_that_does_not_add_up_is_exactly_this(paper):
    found = arithmetic_of(paper)
    wrong = {name for name, verdict in found.items() if verdict.verdict == "does not add up"}
    assert wrong == set(DOES_NOT_ADD_UP)
    for name, value in DOES_NOT_ADD_UP.items():
        assert found[name].reproduced == pytest.approx(value, abs=1e-9)
        assert "Slip" in found[name].claim.note
    assert len([name for name in found if name.startswith("table_a6_replayed.")]) == 38


def test_every_answer_finds_its_row(verdicts):
    absent = {name: v.reason for name, v in verdicts.items() if v.verdict == "not available"}
    census = {reason for name, reason in absent.items() if name.startswith("table_a5")}
    assert len(census) == 1
    assert "145 census variables, which are not public" in census.pop()
    others = [name for name in absent if not name.startswith("table_a5")]
    assert others == ["lasso_added"]
    assert len(absent) == 1 + 11  # of 17 weights, six are of the tier formula or of free lunch


def test_cells_find_the_cell_of_their_labels(verdicts):
    rows = {"cohort": 2010, "sample": "payton_northside", "tier_application": 2}
    for table, row, column in (("table_a3", 2, 3), ("table_a4", 3, 2)):
        claim = verdicts[
            f"{table}.c_payton_and_northside_applicants.tier_{row}._2010_tier_{column}"
        ]
        assert claim.claim.answer["where"] == {**rows, "tier_enrolled": 3}


def test_the_example_is_met_exactly(paper, verdicts):
    names = [claim.id for claim in paper.claims if "example_a2.csv" in str(uses(paper, claim))]
    assert len(names) >= 20
    assert {verdicts[name].verdict for name in names} <= {"reproduced", "assumed"}


def uses(paper, claim) -> list[str]:
    return [part.get("table") for part in answers.parts(claim.answer, paper.shared)]


def test_quotes_hold_the_number(paper):
    without = set()
    for claim in paper.claims:
        if claim.cell or claim.bound:
            continue
        held = {WORDS[one] for one in re.findall(r"[a-z-]+", claim.quote.lower()) if one in WORDS}
        held |= {float(text) for text in re.findall(r"\d+\.?\d*", claim.quote)}
        ends = claim.published if isinstance(claim.published, tuple) else (claim.published,)
        if any(min((abs(end - one) for one in held), default=1) > 1e-9 for end in ends):
            without.add(claim.id)
    assert without == NOT_IN_FIGURES
