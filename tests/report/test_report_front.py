"""Title, authors and findings of a paper's page."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from welfare_added.report.front import FrontError, read_front, sentences, used_by

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "workflow/schemas"
PAPERS = sorted(path.parent.name for path in ROOT.glob("workflow/papers/*/page.yaml"))
NAMES_WITH_DIGITS = ("table A.6", "(top 10%)", "(95% interval)", "Act 10")
GAIN = {"answer": {"use": "gain"}, "unit": "dollars", "figures": 3}
CONTENT = {
    "title": "T",
    "authors": ["A"],
    "edition": "2030",
    "findings": [{"text": "Worth {gain} a year.", "numbers": {"gain": GAIN}}],
}
GAIN_OF = {"table": "gains.csv", "where": {"scope": "district"}, "column": "total"}
SHARED = {"answers": {"gain": {"product": [2, GAIN_OF]}}}


def read(folder: Path, content: dict, shared: dict = SHARED) -> dict:
    """Read a page.yaml of this content, beside a claims.yaml; JSON is YAML."""
    (folder / "page.yaml").write_text(json.dumps(content))
    (folder / "claims.yaml").write_text(json.dumps(shared))
    schemas = (SCHEMAS / "page.schema.json", SCHEMAS / "claims.schema.json")
    return read_front(folder / "page.yaml", schemas[0], folder / "claims.yaml", schemas[1])


@pytest.fixture
def tables(tmp_path):
    path = tmp_path / "gains.csv"
    pd.DataFrame({"scope": ["district", "school"], "total": [34_353_418.0, None]}).to_csv(path)
    return {"gains.csv": path}


def test_numbers_are_taken_from_the_tables(tmp_path, tables):
    front = read(tmp_path, CONTENT)
    assert used_by(front, "table") == ["gains.csv"] and used_by(front, "config") == []
    [sentence] = sentences(front["findings"], tables, {})
    assert sentence.text.format(**sentence.numbers) == "Worth $68.7 million a year."


def test_ranges_whose_ends_look_alike_are_one_number(tmp_path, tables):
    ends = [GAIN_OF, {"product": [1.0001, GAIN_OF]}]
    number = {"answer": {"interval": ends}, "unit": "dollars", "figures": 2}
    content = CONTENT | {"findings": [{"text": "{a}", "numbers": {"a": number}}]}
    [sentence] = sentences(read(tmp_path, content)["findings"], tables, {})
    assert sentence.numbers == {"a": "$34 million"}


def test_a_sentence_without_its_number_is_left_out_with_a_reason(tmp_path, tables):
    school = {**GAIN, "answer": {**GAIN_OF, "where": {"scope": "school"}}}
    content = CONTENT | {"findings": [{"text": "{gain}", "numbers": {"gain": school}}]}
    [sentence] = sentences(read(tmp_path, content)["findings"], tables, {})
    assert sentence.numbers == {} and sentence.lack == "total is empty in this run"


def test_a_row_that_a_study_lacks_leaves_out_one_sentence_only(tmp_path, tables):
    state = {**GAIN, "answer": {**GAIN_OF, "where": {"scope": "state"}}}
    there = {**GAIN, "answer": GAIN_OF}
    findings = [{"text": "{gain}", "numbers": {"gain": number}} for number in (state, there)]
    front = read(tmp_path, CONTENT | {"findings": findings})
    lost, shown = sentences(front["findings"], tables, {})
    assert lost.numbers == {} and "has no row where scope = state" in lost.lack
    assert shown.numbers == {"gain": "$34.4 million"} and shown.lack == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"titel": "T"}, "unknown key titel; known keys are title, authors, edition, findings"),
        ({"findings": [{"text": "Five percent.", "numbers": {"gain": GAIN}}]}, "a sentence with"),
        (
            {"findings": [{"text": "{gain} {loss}", "numbers": {"gain": GAIN}}]},
            "no number is given for {loss}",
        ),
        (
            {"findings": [{"text": "{gain}", "numbers": {"gain": GAIN, "loss": GAIN}}]},
            "its number loss is not in its text",
        ),
        (
            {"findings": [{"text": "{a}", "numbers": {"a": {**GAIN, "answer": {"use": "b"}}}}]},
            "claims.yaml shares no answer 'b'",
        ),
        (
            {"findings": [{"text": "{a}", "numbers": {"a": {**GAIN, "answer": 5}}}]},
            "its answer uses no table",
        ),
    ],
)
def test_faults_are_named(tmp_path, change, message):
    with pytest.raises(FrontError) as error:
        read(tmp_path, CONTENT | change)
    assert message in str(error.value)


def test_a_finding_is_not_calculated_from_printed_numbers(tmp_path):
    printed = {**GAIN, "answer": {"expression": "a + b"}}
    content = CONTENT | {"findings": [{"text": "{gain}", "numbers": {"gain": printed}}]}
    with pytest.raises(FrontError, match="cannot be calculated from printed numbers"):
        read(tmp_path, content)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_papers_pages_are_read_and_hold_no_number_of_their_own(paper):
    folder = ROOT / "workflow/papers" / paper
    schemas = (SCHEMAS / "page.schema.json", SCHEMAS / "claims.schema.json")
    front = read_front(folder / "page.yaml", schemas[0], folder / "claims.yaml", schemas[1])
    for finding in front["findings"]:
        words = re.sub("|".join(map(re.escape, NAMES_WITH_DIGITS)), "", finding["text"])
        assert not any(letter.isdigit() for letter in words), words
