"""Shown digits: those of the published number, and two more."""

import pandas as pd
import pytest

from welfare_added.claims.digits import texts_of_row
from welfare_added.report.page import claim_rows


@pytest.mark.parametrize(
    ("published", "reproduced", "text"),
    [
        ("0.04", "0.0436123456789", "0.0436"),
        ("0.120", "0.119999999999", "0.12000"),
        ("12.4", "12.4349086786", "12.435"),
        ("34 to 97", "60.6553270337 to 99.0963558005", "60.66 to 99.10"),
        ("3 to 4.25", "3 to 4", "3.0000 to 4.0000"),
        ("1140", "1138.2172", "1138.22"),
        ("27900000", "28115500.4", "28,115,500"),
        ("196452", "196000", "196,000"),
        ("1234.567", "1234.5678912", "1234.568"),
        ("0", "0", "0.00"),
        ("3", "inf", "inf"),
        ("0.5", "", ""),
    ],
)
def test_numbers_of_claims_csv(published, reproduced, text):
    row = {"kind": "prediction", "published": published, "reproduced": reproduced}
    row["tolerance"] = "0.5"
    assert texts_of_row(row) == {"published": published, "reproduced": text}


@pytest.mark.parametrize(
    ("published", "reproduced", "text"),
    [("3 to 5", "3 to 5", "3 to 5"), ("1816", "1816", "1816"), ("0.28", "0.2801", "0.2801")],
)
def test_exact_numbers_end_without_zeros(published, reproduced, text):
    row = {"kind": "input", "published": published, "reproduced": reproduced, "tolerance": "0"}
    assert texts_of_row(row) == {"published": published, "reproduced": text}


def test_recoveries_are_shown_to_what_is_allowed():
    row = {"kind": "recovery", "published": "0.123456789012", "reproduced": "0.130123"}
    assert texts_of_row({**row, "tolerance": "0.0246"}) == {
        "published": "0.123457",
        "reproduced": "0.130",
    }


def test_report_shows_these_and_keeps_the_rest():
    table = pd.DataFrame(
        {
            "id": ["a"],
            "tolerance": ["1"],
            "kind": ["input"],
            "published": ["0.1"],
            "reproduced": ["0.123456789"],
        }
    )
    assert claim_rows(table) == [
        {"id": "a", "tolerance": "1", "kind": "input", "published": "0.1", "reproduced": "0.123"}
    ]
