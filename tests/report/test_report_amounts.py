"""Numbers on the page: digits, units, thousands."""

import pandas as pd
import pytest

from welfare_added.report.amounts import amount, texts_of_claim, with_figures
from welfare_added.report.page import claim_rows


@pytest.mark.parametrize(
    ("value", "step", "unit", "text"),
    [
        (68706835.7153, 1e5, "dollars", "$68.7 million"),
        (2.4e9, 1e8, "dollars a year", "$2.4 billion"),
        (27_900_123, 1, "dollars", "$27,900,123"),
        (-1138.2172, 10, "dollars per student", "\N{MINUS SIGN}$1,140"),
        (0.9912, 0.01, "dollars per dollar", "0.99"),
        (99.0738211508, 1, "percent", "99%"),
        (12.4349086786, 0.1, "percent of salary", "12.4%"),
        (3.26, 0.1, "percentage points", "3.3"),
        (0.0436123, 0.01, "student SD", "0.04"),
        (0.9, 0.01, "correlation", "0.90"),
        (-0.0004, 0.01, "student SD", "0.00"),
        (196452, 1, "student-years", "196,452"),
        (195_980, 1000, "student-years", "196,000"),
        (2013, 0, "year", "2013"),
        (1816, 0, "teachers", "1816"),
        (0.28, 0, "share", "0.28"),
        (0.2801234, 0, "share", "0.2801"),
        (15.5, 0, "years", "15.5"),
        (1234567, 0, "students", "1,234,567"),
        (float("inf"), 1, "dollars per dollar", "\N{INFINITY}"),
    ],
)
def test_a_number_has_the_digits_that_count_and_its_sign(value, step, unit, text):
    assert amount(value, step, unit) == text


@pytest.mark.parametrize(
    ("value", "figures", "unit", "text"),
    [
        (21438108.9, 3, "dollars a year", "$21.4 million"),
        (7460.94520718, 3, "dollars", "$7,460"),
        (0.0372931, 2, "student SD", "0.037"),
        (99.07, 2, "percent", "99%"),
        (0.0, 2, "student SD", "0"),
    ],
)
def test_significant_digits(value, figures, unit, text):
    assert with_figures(value, figures, unit) == text


CLAIM = {"id": "a", "kind": "prediction", "bound": "", "unit": "percent", "digit": "1"}


@pytest.mark.parametrize(
    ("row", "published", "reproduced"),
    [
        (
            {"published": "34 to 97", "reproduced": "60.6553270337 to 99.0963558005"},
            "34% to 97%",
            "61% to 99%",
        ),
        ({"published": "50", "reproduced": "", "bound": "at_least"}, "at least 50%", ""),
        (
            {"published": "0.9", "reproduced": "0.8971", "digit": "0.01", "unit": "correlation"},
            "0.90",
            "0.90",
        ),
        (
            {
                **{"kind": "recovery", "digit": "", "unit": "SD", "tolerance": "0.0246"},
                **{"published": "0.123456789012", "reproduced": "0.130123"},
            },
            "0.123",
            "0.130",
        ),
        (
            {
                **{"kind": "recovery", "digit": "", "unit": "utils", "tolerance": ""},
                **{"published": "-0.344", "reproduced": ""},
            },
            "\u22120.344",
            "",
        ),
    ],
)
def test_a_claim_shows_both_numbers_to_the_digits_that_the_paper_prints(row, published, reproduced):
    texts = texts_of_claim({**CLAIM, "tolerance": "1", **row})
    assert texts == {"published": published, "reproduced": reproduced}


def test_the_page_shows_these_and_keeps_the_rest():
    row = {**CLAIM, "tolerance": "1", "published": "10", "reproduced": "12.345", "quote": "ten"}
    table = pd.DataFrame([row])
    assert claim_rows(table) == [{**row, "published": "10%", "reproduced": "12%"}]


def test_an_interval_is_shown_with_the_digits_of_the_paper():
    row = {**CLAIM, "published": "1", "reproduced": "1.2", "quote": "", "wide": "yes"}
    row |= {
        "digit": "0.1",
        "unit": "SD",
        "interval_mean": "1.111",
        "bound": "",
        "kind": "prediction",
    }
    row |= {"interval_low": "0.99", "interval_high": "1.26", "tolerance": "0.05"}
    assert texts_of_claim(row)["interval"] == "1.1 [1.0, 1.3] wide"
    assert "interval" not in texts_of_claim({**row, "interval_mean": ""})
