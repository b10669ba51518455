"""Facts of named districts, and the calibration of a study with two worlds."""

import pandas as pd
import pytest

from welfare_added.pay.frames import PayRecords
from welfare_added.pay.study_facts import state_facts_of
from welfare_added.pay.two_worlds import of_both_worlds

DISTRICTS = pd.DataFrame(
    {
        "district_id": ["a", "b", "c"] * 2,
        "year": [2011] * 3 + [2012] * 3,
        "enrolment": [90, 190, 290, 100, 200, 300],
        "disadvantaged": [0.2, 0.3, 0.4] * 2,
    }
)
COMPOSITION = pd.DataFrame(
    {
        "district_id": ["a"] * 5 + ["b"],
        "school_id": ["one", "one", "two", "three", "four", "five"],
        "year": [2012] * 4 + [2011, 2012],
        "grade": [3, 5, 8, 10, 5, 5],
    }
)
NONE = pd.DataFrame()
RECORDS = PayRecords(NONE, NONE, NONE, COMPOSITION, DISTRICTS, NONE)


def test_facts_by_hand():
    named = {"green_bay": "b", "chippewa_falls": "a"}
    facts = state_facts_of(RECORDS, named, pd.Series(["a", "c"]), 2012)
    assert facts == pytest.approx(
        {
            "pupils_per_district": 195.0,
            "matched_pupils_percent": 100 * 400 / 600,
            "green_bay_rank": 2.0,
            "chippewa_falls_pupils": 100.0,
            "chippewa_falls_disadvantaged_percent": 20.0,
            "chippewa_falls_elementary_schools": 1.0,
            "chippewa_falls_middle_schools": 1.0,
            "chippewa_falls_high_schools": 1.0,
        }
    )


def test_a_state_without_the_named_districts_has_no_facts_of_theirs():
    facts = state_facts_of(RECORDS, {"green_bay": "x"}, pd.Series(["a"]), 2012)
    assert set(facts) == {"pupils_per_district", "matched_pupils_percent"}


def test_lines_of_the_two_sided_model_are_of_its_own_world():
    names = ["counts.a", "structural.x", "teachers.b", "structural.y"]
    panel = pd.DataFrame({"quantity": names, "achieved": [1.0, 2.0, 3.0, 4.0]})
    other = pd.DataFrame({"quantity": names[::-1], "achieved": [40.0, 30.0, 20.0, 10.0]})
    made = of_both_worlds(panel, other)
    assert made["quantity"].tolist() == names
    assert made["achieved"].tolist() == [1.0, 20.0, 3.0, 40.0]
