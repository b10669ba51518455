"""What a paper declares of its published tables."""

from pathlib import Path

import pytest

from welfare_added.disclosure.declarations import Kind, published_tables, read
from welfare_added.disclosure.errors import DisclosureError

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "workflow/papers/eastmond_2024/disclosure.yaml"
SCHEMA = ROOT / "workflow/schemas/disclosure.schema.json"


def test_every_table_of_the_declaration_can_be_read():
    declared = read(PAPER, SCHEMA)
    gated = published_tables(PAPER)
    assert "welfare/gaps" in gated and "figures/figure_05" not in gated
    assert declared["welfare/winners"].kind("share_harmed") == Kind("share", "students")
    assert declared["moments"].kind("class_size.bins.03").name == "withheld"
    assert declared["value_added/outcomes"].populations(
        "coefficient", {"outcome": "any_college"}
    ) == ("students", "outcome_any_college")


def test_a_wrong_declaration_is_refused(tmp_path):
    (tmp_path / "disclosure.yaml").write_text("values: {}\ntables: {t: {cells: {x: guess}}}\n")
    with pytest.raises(DisclosureError, match=r"disclosure\.yaml, tables\.t\.cells\.x"):
        read(tmp_path / "disclosure.yaml", SCHEMA)
