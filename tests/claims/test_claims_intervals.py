"""Predictions judged by kept intervals over other worlds, and when these are not used."""

import json

import pandas as pd
import pytest
from claims_cases import SOURCE

from welfare_added.claims.answers import Sources
from welfare_added.claims.compare import as_table
from welfare_added.claims.intervals import (
    FEWEST,
    Interval,
    Intervals,
    answer_digest,
    choices_kept,
    differences,
    is_stale,
    is_wide,
    read_intervals,
)
from welfare_added.claims.page import mean, shares, spread
from welfare_added.claims.selectors import Tables
from welfare_added.claims.verdicts import Verdict, judge
from welfare_added.run.digests import sha256

TOLERANCES = {**SOURCE["tolerances"], "interval": {"why": "other worlds", "interval": True}}


@pytest.fixture
def judged_by(document_of):
    """Verdict of a claim that differs as said, by an interval of [low, high]."""

    def build(low, high, change=None, *, worlds=FEWEST, differs=(), answered=None):
        change = {"tolerance": "interval", "answer": 0.0415, **(change or {})}
        document = document_of(change, tolerances=TOLERANCES)
        claim = document.claims[0]
        digest = answered or answer_digest(claim, document)
        kept = {claim.id: Interval(low, low, high, worlds, digest)}
        sources = Sources(Tables({}), {}, document.shared, document.published_number)
        return judge(claim, document, sources, Intervals(kept, tuple(differs)))

    return build


TWO = {"published": [1, 2], "digit": 1, "answer": {"interval": [1, 2]}}


@pytest.mark.parametrize(
    ("low", "high", "change", "verdict"),
    [
        (0.0450, 0.06, {}, "reproduced"),  # published 0.04, half its last digit 0.005
        (0.0451, 0.06, {}, "differs"),
        (0.01, 0.0350, {}, "reproduced"),
        (0.01, 0.0349, {}, "differs"),
        (0.041, 0.042, {}, "reproduced"),
        (0.01, 0.06, {}, "reproduced"),
        (0.0401, 0.06, {"digit": 0}, "differs"),
        (9.0, 9.9, {"bound": "at_least"}, "reproduced"),
        (0.01, 0.0349, {"bound": "at_least"}, "differs"),
        (-9.0, -8.0, {"bound": "at_most"}, "reproduced"),
        (0.0451, 0.06, {"bound": "at_most"}, "differs"),
        (0.0451, 0.06, {"bound": "about"}, "differs"),
        ((0.2, 1.5), (0.6, 1.6), TWO, "reproduced"),
        ((0.2, 1.5), (0.4, 1.6), TWO, "differs"),
        ((0.2, 2.6), (0.6, 2.7), TWO, "differs"),
        (1.2, 1.4, {**TWO, "answer": 1.3}, "reproduced"),
        (2.6, 2.7, {**TWO, "answer": 2.65}, "differs"),
        ((0.03, 0.03), (0.05, 0.05), {"answer": {"interval": [0.03, 0.05]}}, "reproduced"),
        ((0.03, 0.051), (0.05, 0.06), {"answer": {"interval": [0.03, 0.05]}}, "differs"),
    ],
)
def test_verdicts_just_inside_and_outside_the_interval(judged_by, low, high, change, verdict):
    assert judged_by(low, high, change).verdict == verdict


def test_this_runs_own_number_does_not_decide(judged_by):
    far = judged_by(0.03, 0.05, {"answer": 99.0})
    assert (far.verdict, far.reproduced) == ("reproduced", 99.0)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"worlds": FEWEST - 1}, f"of {FEWEST - 1} worlds, and {FEWEST} are needed"),
        ({"differs": ["district.lower is below, theirs at_or_below"]}, "of other choices: distr"),
        ({"answered": "0"}, "its answer has changed"),
    ],
)
def test_what_is_not_of_this_run_does_not_judge(judged_by, how, reason):
    verdict = judged_by(0.03, 0.05, **how)
    assert (verdict.verdict, verdict.reproduced) == ("not judged", 0.0415)
    assert reason in verdict.reason
    row = as_table([verdict]).iloc[0]
    assert (row["interval_mean"], row["interval_low"], row["wide"]) == ("", "", "")


def test_without_intervals_nothing_is_judged(document_of):
    document = document_of({"tolerance": "interval", "answer": 1.0}, tolerances=TOLERANCES)
    sources = Sources(Tables({}), {}, {}, document.published_number)
    verdict = judge(document.claims[0], document, sources)
    assert (verdict.verdict, verdict.reason) == ("not judged", "no interval is kept for it")


def test_columns_and_texts_of_an_interval(judged_by):
    verdict = judged_by(0.035, 0.0581)
    row = as_table([verdict]).iloc[0]
    assert [row[f"interval_{name}"] for name in ("mean", "low", "high")] == [
        *("0.035", "0.035", "0.0581")
    ]
    assert row["wide"] == "yes"
    assert (mean(verdict), spread(verdict)) == ("0.0350", "0.0350 to 0.0581 (wide)")
    both = judged_by((0.8, 1.9), (1.1, 2.1), TWO)
    assert spread(both) == "0.80 to 1.10; 1.90 to 2.10"
    assert as_table([both]).iloc[0]["interval_high"] == "1.1 to 2.1"


@pytest.mark.parametrize(
    ("low", "high", "published", "wide"),
    [
        (0.03, 0.0499, 0.04, False),
        (0.03, 0.0501, 0.04, True),
        (-0.05, -0.0299, -0.04, True),
        (-1.0, 1.0, 0.0, False),
        ((0.0, 3.0), (0.49, 3.0), (1.0, 3.0), False),
        ((0.0, 3.0), (0.51, 3.0), (1.0, 3.0), True),
    ],
)
def test_wide_is_a_quarter_of_the_published_number(document_of, low, high, published, wide):
    number = list(published) if isinstance(published, tuple) else published
    claim = document_of({"published": number}).claims[0]
    assert is_wide(claim, Interval(low, low, high, 40, "")) == wide


def test_tables_of_other_papers_have_no_columns_more(document_of):
    document = document_of({"answer": 0.04})
    sources = Sources(Tables({}), {}, {}, document.published_number)
    assert "interval_mean" not in as_table([judge(document.claims[0], document, sources)])


def test_kept_file_is_read_by_its_second_reading(tmp_path):
    rows = [
        ("a", "", "fixed", "x", 9.0, 9.0, 9.0, 40),
        ("a", "", "searched", "1e5", 2.0, 1.0, 3.0, 40),
        ("b", "low", "searched", "y", 2.0, 1.0, 3.0, 40),
        ("b", "high", "searched", "y", 5.0, 4.0, 6.0, 39),
    ]
    columns = ["id", "end", "reading", "answer", "mean", "q05", "q95", "worlds"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "c.csv", index=False)
    parts = [("a", "", "parameters.open", 0.3), ("a", "", "seeds", 0.6), ("a", "", "z", 0.04)]
    parts += [("b", "low", "seeds", 0.9), ("b", "high", "seeds", 0.7)]
    names = ["id", "end", "parameter", "share"]
    pd.DataFrame(parts, columns=names).to_csv(tmp_path / "s.csv", index=False)
    kept = read_intervals(tmp_path / "c.csv", tmp_path / "s.csv", ["x"])
    assert kept.differs == ("x",)
    assert kept.by_id == {
        "a": Interval(2.0, 1.0, 3.0, 40, "1e5", (("seeds", 0.6), ("parameters.open", 0.3))),
        "b": Interval((2.0, 5.0), (1.0, 4.0), (3.0, 6.0), 39, "y", (("seeds", 0.8),)),
    }


def test_what_the_variance_is_due_to_is_shown(document_of):
    claim = document_of({}).claims[0]
    kept = Interval(2.0, 1.0, 3.0, 40, "", (("seeds", 0.614), ("config.allocation.ties", 0.3)))
    verdict = Verdict(claim, 2.0, 0.0, "differs", interval=kept)
    assert shares(verdict) == "variance: seeds 61%, allocation.ties 30%"
    assert shares(Verdict(claim, 2.0, 0.0, "differs")) == ""


CONFIG = {
    "district": {"seed": 1, "lower": "below", "confirmed": {"gaps": False}},
    "value_added": {"drift_limit": None},
    "allocation": {"ends": "efficient"},
    "welfare": {"tax_rate": 0.28},
}


INDIFFERENT = ["district.seed", "district.confirmed"]


@pytest.fixture
def kept_in(tmp_path):
    """A paper's folder whose intervals are of CONFIG."""
    (tmp_path / "intervals").mkdir()
    (tmp_path / "parameters.yaml").write_text("sd: 1\n")
    kept = {
        "indifferent": INDIFFERENT,
        "choices": choices_kept(CONFIG, INDIFFERENT),
        "files": {"parameters.yaml": sha256(tmp_path / "parameters.yaml")},
        "code": "abc",
    }
    (tmp_path / "intervals/provenance.json").write_text(json.dumps(kept))
    return tmp_path


@pytest.mark.parametrize(
    ("section", "change", "reasons"),
    [
        ("district", {"seed": 2}, []),
        ("district", {"confirmed": {"gaps": True}}, []),
        (
            "district",
            {"lower": "at_or_below"},
            ["district.lower is at_or_below, theirs below"],
        ),
        ("value_added", {"drift_limit": 7}, ["value_added.drift_limit is 7, theirs None"]),
        ("value_added", {"groups": "x"}, ["value_added.groups is x, theirs not a choice"]),
    ],
)
def test_choices_that_differ_are_named(kept_in, section, change, reasons):
    config = {**CONFIG, section: {**CONFIG[section], **change}}
    assert differences(kept_in, config) == reasons


def test_a_choice_that_is_gone_and_a_file_that_changed_are_named(kept_in):
    (kept_in / "parameters.yaml").write_text("sd: 2\n")
    assert differences(kept_in, {**CONFIG, "welfare": {}}) == [
        "welfare.tax_rate is not a choice, theirs 0.28",
        "parameters.yaml has changed",
    ]


def test_other_code_makes_them_stale(kept_in):
    assert is_stale(kept_in, "abd") and not is_stale(kept_in, "abc")
