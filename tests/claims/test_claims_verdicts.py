import pandas as pd
import pytest

from welfare_added.claims.answers import Sources
from welfare_added.claims.compare import as_table, compare
from welfare_added.claims.page import allowed, counts, published, reproduced
from welfare_added.claims.selectors import AnswerError, Tables
from welfare_added.claims.verdicts import judge, tolerance_of


def verdict_of(document, choices=None):
    sources = Sources(Tables({}), choices or {}, document.shared, document.published_number)
    return judge(document.claims[0], document, sources)


@pytest.mark.parametrize(
    ("change", "answer", "verdict"),
    [
        ({}, 0.0450, "reproduced"),
        ({}, 0.0451, "differs"),
        ({}, 0.0350, "reproduced"),
        ({}, 0.0349, "differs"),
        ({"kind": "input"}, 0.0450, "reproduced"),
        ({"kind": "input"}, 0.0451, "differs"),
        ({"kind": "assumption"}, 0.0450, "assumed"),
        ({"kind": "assumption"}, 0.0451, "differs"),
        ({"tolerance": "tenth"}, 0.0490, "reproduced"),
        ({"tolerance": "tenth"}, 0.0491, "differs"),
        ({"tolerance": "tenth", "published": -0.04}, -0.0490, "reproduced"),
        ({"tolerance": "tenth", "published": -0.04}, -0.0491, "differs"),
        ({"bound": "at_least"}, 99, "reproduced"),
        ({"bound": "at_least"}, 0.0350, "reproduced"),
        ({"bound": "at_least"}, 0.0349, "differs"),
        ({"bound": "at_most"}, -99, "reproduced"),
        ({"bound": "at_most"}, 0.0450, "reproduced"),
        ({"bound": "at_most"}, 0.0451, "differs"),
        ({"bound": "about"}, 0.0450, "reproduced"),
        ({"bound": "about"}, 0.0451, "differs"),
        ({"published": [1, 2], "digit": 1}, {"interval": [0.5, 2.5]}, "reproduced"),
        ({"published": [1, 2], "digit": 1}, {"interval": [0.49, 2]}, "differs"),
        ({"published": [1, 2], "digit": 1}, {"interval": [1, 2.51]}, "differs"),
        ({"published": [1, 9], "digit": 1}, {"interval": [4, 5]}, "differs"),
        ({"published": [1, 9], "digit": 1}, 4, "reproduced"),
        ({"published": [1, 9], "digit": 1}, 9.51, "differs"),
        ({"published": 0.28, "digit": 0}, {"sum": [0.22, 0.06]}, "reproduced"),
        ({"published": 0.28, "digit": 0}, 0.2801, "differs"),
        ({"bound": "at_least"}, float("inf"), "differs"),
    ],
)
def test_verdicts_just_inside_and_outside(document_of, change, answer, verdict):
    assert verdict_of(document_of({"answer": answer, **change})).verdict == verdict


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ([0.1, 0.2, 0.3], "reproduced"),
        ([0.1, 0.3, 0.2], "differs"),
        ([0.2, 0.1, 0.3], "differs"),
        ([0.3, 0.2], "differs"),
        ([-2, -1], "reproduced"),
    ],
)
def test_an_ordering_holds_if_every_step_rises(document_of, numbers, verdict):
    ordering = {"published": 0, "digit": 0, "bound": "at_least", "answer": {"rising": numbers}}
    assert verdict_of(document_of(ordering)).verdict == verdict


@pytest.mark.parametrize(
    ("expression", "verdict"), [("claim_1 * 2", "adds up"), ("claim_1 * 3", "does not add up")]
)
def test_arithmetic_verdicts(document_of, expression, verdict):
    replayed = {"kind": "arithmetic", "answer": {"expression": expression}, "digit": 0}
    document = document_of(replayed, {"published": 0.02, "digit": 0})
    assert verdict_of(document).verdict == verdict


def test_rounding_of_inputs_is_passed_on(document_of):
    replayed = {"kind": "arithmetic", "published": 6.0, "digit": 0.1}
    document = document_of(
        {**replayed, "answer": {"expression": "claim_1 * claim_2.high"}},
        {"published": 2.0, "digit": 1},
        {"published": [1, 3], "digit": 0.2},
    )
    assert tolerance_of(document.claims[0], document) == pytest.approx(0.05 + 0.5 * 3 + 0.1 * 2)


def test_tolerance_of_percent_more_is_that_of_the_ratio(document_of):
    rule = {
        "more": {"why": "ratio", "relative": 0.1, "offset": 100},
        "points": {"why": "p", "absolute": 2},
    }
    document = document_of(
        {"tolerance": "more", "published": 50, "digit": 1},
        {"tolerance": "points", "published": [35, 38], "digit": 1},
        tolerances=rule,
    )
    assert [tolerance_of(claim, document) for claim in document.claims] == pytest.approx(
        [15.5, 2.5]
    )


def test_wrong_answers_name_the_claim(document_of):
    document = document_of({"answer": {"config": "a.b"}})
    with pytest.raises(AnswerError, match=r"^claim claim_0: config.yaml has no key 'a.b'"):
        verdict_of(document)


def test_not_available_keeps_the_reason(document_of, tmp_path):
    pd.DataFrame({"quantity": ["x"], "value": [1.0]}).to_csv(tmp_path / "m.csv", index=False)
    absent = {"table": "moments.csv", "where": {"quantity": "y"}, "column": "value"}
    document = document_of({"answer": {**absent, "if_absent": "no table of outcomes"}})
    (verdict,) = compare(document, {"moments.csv": tmp_path / "m.csv"}, {})
    assert (verdict.verdict, verdict.reason) == ("not available", "no table of outcomes")
    row = as_table([verdict]).iloc[0]
    assert (row["reproduced"], row["verdict"]) == ("", "not available")


@pytest.mark.parametrize(
    ("change", "texts"),
    [
        ({"answer": 0.0436}, ("0.04", "0.0436", "± 0.0050")),
        (
            {"published": 27.9e6, "digit": 1e5, "answer": 28_115_500},
            ("27,900,000", "28,116,000", "± 50,000"),
        ),
        ({"published": 2003, "digit": 0, "answer": 2003}, ("2003", "2003", "exact")),
        (
            {"published": [35, 38], "digit": 1, "answer": {"interval": [34.26, 40]}},
            ("35 to 38", "34.26 to 40.00", "± 0.50"),
        ),
        (
            {"published": 3, "digit": 1, "bound": "at_least", "answer": 3.21},
            ("at least 3", "3.21", "− 0.50"),
        ),
        ({"published": 196452, "digit": 0, "answer": 196000}, ("196,452", "196,000", "exact")),
        (
            {
                "published": 0,
                "digit": 0,
                "bound": "at_least",
                "answer": {"interval": [-0.00412, 743]},
            },
            ("at least 0", "-0.0041 to 740", "exact"),
        ),
        ({"published": 0.015, "digit": 0, "answer": 0.0161234}, ("0.015", "0.01612", "exact")),
    ],
)
def test_numbers_read_as_printed(document_of, change, texts):
    verdict = verdict_of(document_of(change))
    assert (published(verdict), reproduced(verdict), allowed(verdict)) == texts


def test_counts_by_kind_and_verdict(document_of):
    document = document_of({"answer": 0.04}, {"answer": 0.09}, {"answer": 0.04, "kind": "input"})
    found = counts(compare(document, {}, {}))
    assert found["prediction"] == {"reproduced": 1, "differs": 1}
    assert found["input"] == {"reproduced": 1, "differs": 0}
    assert list(found) == ["input", "prediction"]
