"""Estimates against planted truths."""

import io
import math

import pandas as pd
import pytest
from claims_cases import TEMPLATE

from welfare_added.claims.compare import as_table
from welfare_added.claims.document import ClaimsError
from welfare_added.claims.page import allowed, page, published, reproduced

WHERE = {"table": "out.csv", "where": {"plan": "drive"}}
RECOVERY = {
    "kind": "recovery",
    "tolerance": "two_errors",
    "answer": {
        "estimate": {**WHERE, "column": "estimate"},
        "standard_error": {**WHERE, "column": "se"},
        "truth": {**WHERE, "column": "truth"},
    },
}


@pytest.fixture
def recovery(document_of):
    """A file of one recovery, which differs as said, and of others."""

    def build(*others, **changes):
        unprinted = {"published": None, "digit": None, "quote": None}
        return document_of({**unprinted, **RECOVERY, **changes}, *others)

    return build


@pytest.mark.parametrize(
    ("truth", "estimate", "se", "verdict"),
    [
        (1.0, 1.5, 0.25, "recovered"),
        (1.0, 1.5001, 0.25, "not recovered"),
        (1.0, 0.5, 0.25, "recovered"),
        (1.0, 0.4999, 0.25, "not recovered"),
        (0.9, 1.1, 0.1, "recovered"),
        (-1, 1, 1, "recovered"),
        (-1, 1.001, 1, "not recovered"),
        (0, "inf", 1, "not recovered"),
    ],
)
def test_recovered_within_two_standard_errors(recovery, judged, truth, estimate, se, verdict):
    document = recovery()
    verdicts = judged(document, f"plan,estimate,se,truth\ndrive,{estimate},{se},{truth}\n")
    result = verdicts["claim_0"]
    assert result.verdict == verdict
    assert result.tolerance == pytest.approx(2 * se)
    row = as_table([result]).iloc[0]
    assert (row["kind"], float(row["published"])) == ("recovery", truth)
    assert float(row["reproduced"]) == float(estimate)


@pytest.mark.parametrize(
    ("row", "published", "reason"),
    [
        ("1,0,2", "2", "the standard error is 0 in this run"),
        ("1,inf,2", "2", "the standard error is inf in this run"),
        ("1,,2", "2", "se is empty in this run"),
        (",1,2", "2", "estimate is empty in this run"),
        ("1,1,", "", "truth is empty in this run"),
    ],
)
def test_recovery_without_a_usable_number_is_not_available(
    recovery, judged, row, published, reason
):
    verdicts = judged(recovery(), f"plan,estimate,se,truth\ndrive,{row}\n")
    result = verdicts["claim_0"]
    assert (result.verdict, result.reason) == ("not available", reason)
    assert math.isnan(result.tolerance)
    table = as_table([result])
    assert table["published"].tolist() == [published]
    assert allowed(result) == ""
    text = pd.read_csv(io.StringIO(table.to_csv(index=False)), dtype=str, keep_default_na=False)
    assert text.loc[0, ["tolerance", "reproduced"]].tolist() == ["", ""]


def test_negative_standard_error_is_an_error(recovery, judged):
    text = "^claim claim_0: its standard error is -1; name the column that holds it$"
    with pytest.raises(ValueError, match=text):
        judged(recovery(), "plan,estimate,se,truth\ndrive,1,-1,2\n")


def test_mean_of_draws_has_its_monte_carlo_error(recovery, judged):
    answer = {
        "estimate": {**WHERE, "column": "estimate", "reduce": "mean"},
        "standard_error": {**WHERE, "column": "estimate", "reduce": "standard_error"},
        "truth": 2.0,
    }
    output = "plan,estimate\ndrive,1\ndrive,2\ndrive,3\ndrive,6\nother,99\n"
    result = judged(recovery(answer=answer), output)["claim_0"]
    assert result.reproduced == 3
    # Squares 4, 1, 0 and 9 about the mean, over 3, then over the 4 draws.
    assert result.tolerance == pytest.approx(2 * math.sqrt(14 / 3 / 4))
    one = judged(recovery(answer=answer), "plan,estimate\ndrive,1\n")["claim_0"]
    assert one.reason == "estimate has fewer than 2 draws in this run"


def test_shown_to_two_digits_of_what_is_allowed(recovery, judged):
    output = "plan,estimate,se,truth\ndrive,1.23456789,0.0123,1.2\n"
    result = judged(recovery(), output)["claim_0"]
    texts = published(result), reproduced(result), allowed(result)
    assert texts == ("1.2", "1.235", "± 0.025")
    assert as_table([result])["reproduced"].tolist() == ["1.23456789"]


def test_page_explains_recoveries(recovery, judged):
    document = recovery()
    verdicts = judged(document, "plan,estimate,se,truth\ndrive,9,1,1.2\n")
    text = page(document, list(verdicts.values()), "d", TEMPLATE)
    assert "A <b>recovery</b> is an estimate" in text
    assert "<dt>two_errors: 2 standard errors</dt>" in text
    assert '<tr id="claim_0" class="off">' in text
    assert "✗ not recovered" in text
    assert "“" not in text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"published": 1},
            "claim claim_0: a recovery has no published, digit or bound: its answer gives the truth",
        ),
        ({"digit": 1}, "claim claim_0: a recovery has no published, digit or bound"),
        ({"bound": "about"}, "claim claim_0: a recovery has no published, digit or bound"),
        (
            {"answer": {"estimate": 1, "truth": 1}},
            "claim claim_0, answer: missing key standard_error",
        ),
        ({"answer": 4}, "claim claim_0, answer: 4 is not of type 'object'"),
        (
            {"tolerance": "tenth"},
            "claim claim_0: tolerance 'tenth': a recovery, and no other claim, has a tolerance in "
            "standard_errors",
        ),
        (
            {"kind": "prediction"},
            "claim claim_0: missing key digit, published, quote",
        ),
    ],
)
def test_faults_of_a_recovery(recovery, changes, text):
    with pytest.raises(ClaimsError) as error:
        recovery(**changes)
    assert text in str(error.value)


def test_a_tolerance_in_standard_errors_stands_alone(document_of):
    tolerances = {"rounding": {"why": "w", "standard_errors": 2, "relative": 0.1}}
    text = "tolerances.rounding: standard_errors stand alone: leave out relative, absolute and off"
    with pytest.raises(ClaimsError, match=text):
        document_of({}, tolerances=tolerances)


def test_an_expression_cannot_name_a_recovery(recovery):
    sums = {"kind": "arithmetic", "answer": {"expression": "claim_0 + 1"}}
    text = "claim claim_1: its expression names 'claim_0', a recovery: the paper prints no number"
    with pytest.raises(ClaimsError, match=text):
        recovery(sums)


CELLS = "row,column,published\nDrive,Planted,-0.010\nInertia,Planted,\n"
ANSWER = {"value": "estimate", "se": "se", "truth": "truth"}
CHANGES = {"kind": "recovery", "tolerance": "two_errors"}


def test_cells_of_a_table_may_be_recoveries(table_of, judged):
    document = table_of(CELLS, ANSWER, **CHANGES)
    output = "plan,estimate,se,truth\nDrive,-0.011,0.0005,7\nInertia,3.7,0.034,3.58\n"
    verdicts = judged(document, output)
    drive, inertia = verdicts.values()
    assert (drive.claim.published, drive.verdict, drive.tolerance) == (-0.01, "recovered", 0.001)
    assert (inertia.claim.published, inertia.verdict) == (3.58, "not recovered")
    text = page(document, list(verdicts.values()), "d", TEMPLATE)
    assert '-0.010<br><span class="ours">✓ -0.0110</span> ± 0.0010' in text
    assert '3.58<br><span class="ours">✗ 3.700</span> ± 0.068' in text


def test_cells_may_be_answered_by_draws(table_of, judged):
    document = table_of(CELLS, {"value": "b", "truth": "truth", "draws": True}, **CHANGES)
    output = "plan,b,truth\nDrive,1,0\nDrive,3,0\nInertia,2,3\nInertia,4,3\n"
    drive, inertia = judged(document, output).values()
    assert (drive.reproduced, inertia.reproduced, inertia.claim.published) == (2, 3, 3)
    assert drive.tolerance == pytest.approx(2.0)
    assert (drive.verdict, inertia.verdict) == ("not recovered", "recovered")


@pytest.mark.parametrize(
    ("cells", "answer", "text"),
    [
        (
            CELLS,
            {"value": "estimate", "se": "se"},
            "no truth to recover in line 3; write it under published, or give the answer's `truth`",
        ),
        (
            CELLS,
            {"value": "estimate", "truth": "truth"},
            "no standard error in 2 lines (2, 3); give the answer's `se`, the output's column for "
            "it, or `draws`",
        ),
        (
            "row,column,published,se\nDrive,Planted,1,0.1\n",
            ANSWER,
            "column se is filled in line 2; a recovery has none",
        ),
        (
            "row,column,published,digit\nDrive,Planted,1,0.1\n",
            ANSWER,
            "column digit is filled in line 2; a recovery has none",
        ),
        (
            "row,column,published,bound\nDrive,Planted,1,about\n",
            ANSWER,
            "column bound is filled in line 2; a recovery has none",
        ),
    ],
)
def test_faulty_cells_of_recoveries(table_of, cells, answer, text):
    with pytest.raises(ClaimsError) as error:
        table_of(cells, answer, **CHANGES)
    assert text in str(error.value)
