"""Tables of numbers in a README, and what is said of kept intervals."""

import pandas as pd
import pytest

from welfare_added.audit.numbers import with_numbers
from welfare_added.run.errors import AuditError

CLAIM = {
    **{"id": "gain", "quantity": "Gain", "unit": "percent", "published": "34", "digit": "1"},
    **{"reproduced": "77.4012", "bound": "", "verdict": "differs", "interval_mean": "60.23"},
    **{"interval_low": "51.6", "interval_high": "70.4", "wide": "yes"},
}
RANGE = {
    **CLAIM,
    **{"id": "harmed", "published": "35 to 38", "reproduced": "23.1 to 24.2", "wide": ""},
    **{"interval_mean": "23 to 24", "interval_low": "22 to 23", "interval_high": "24 to 25"},
}
BARE = {**CLAIM, "id": "bare", "bound": "at_least", "interval_mean": "", "interval_low": ""}
MARKS = "a\n<!-- numbers: {} -->\nold\n<!-- end of numbers -->\nb\n"


def test_numbers_are_written_between_their_marks():
    claims = pd.DataFrame([CLAIM, RANGE, {**BARE, "interval_high": "", "wide": ""}])
    text = with_numbers(MARKS.format("gain harmed bare"), claims)
    assert text.startswith("a\n<!-- numbers: gain harmed bare -->\n\n| | published")
    assert "\n| Gain [percent] | 34 | 77 | 60 | 52 to 70 (wide) | differs |\n" in text
    assert "| 35 to 38 | 23 to 24 | 23 to 24 | 22 to 23; 24 to 25 | differs |\n" in text
    assert "| at least 34 | 77 | – | – | differs |\n" in text
    assert text.endswith("\n<!-- end of numbers -->\nb\n") and "old" not in text
    assert with_numbers(text, claims) == text


def test_other_texts_stay_and_unknown_numbers_are_refused():
    claims = pd.DataFrame([CLAIM])
    assert with_numbers("nothing\n", claims) == "nothing\n"
    with pytest.raises(AuditError, match="numbers: loss is no claim"):
        with_numbers(MARKS.format("gain loss"), claims)
