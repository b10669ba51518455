import pytest

from welfare_added.claims.compare import choices_of
from welfare_added.claims.document import ClaimsError


def test_a_good_file_is_read(document_of):
    document = document_of({}, {"published": [0.1, 0.2], "bound": "about"})
    first, second = document.claims
    assert (first.id, first.published, first.bound) == ("claim_0", 0.04, None)
    assert second.published == (0.1, 0.2)
    assert document.tolerances["tenth"].relative == 0.1


@pytest.mark.parametrize("key", ["verdict", "reproduced"])
def test_a_verdict_cannot_be_written_by_hand(document_of, key):
    with pytest.raises(ClaimsError) as error:
        document_of({}, {key: "reproduced"})
    fault = f"paper.yaml: claim claim_1: unknown key {key}; known keys are id, location, "
    assert str(error.value).startswith(fault)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"kind": "guess"}, "claim claim_0, kind: 'guess' is not one of"),
        ({"published": "0.04"}, r"claim claim_0, published: .*a number, or \[low, high\]"),
        ({"published": [1, 2, 3]}, r"claim claim_0, published: .*a number, or \[low, high\]"),
        ({"bound": "over"}, "claim claim_0, bound: 'over' is not one of"),
        ({"id": "Gain 1"}, "so that an expression can name it"),
        (
            {"location": "page 3"},
            "Abstract, Introduction, Section, Appendix, Figure, Table or Monte Carlo",
        ),
        ({"answer": {"table": "../x.csv", "column": "x"}}, "a path below results/<study>"),
        ({"answer": {"table": "x.txt", "column": "x"}}, "a path below results/<study>"),
        ({"answer": {"table": "moments.csv"}}, "answer: missing key column"),
        ({"answer": {"quotient": [1, 2]}}, "unknown key quotient; known keys are "),
        ({"answer": {"ratio": [1, 2, 3]}}, r"answer.ratio: \[1, 2, 3\] is too long"),
        ({"answer": {"ratio": [1, 2], "sum": [1, 2]}}, "has too many properties"),
        (
            {"answer": {"table": "frontiers.csv", "column": "weight", "reduce": "argmax"}},
            "missing key of",
        ),
        (
            {"answer": {"table": "frontiers.csv", "column": "w", "reduce": "median"}},
            "'median' is not one of",
        ),
    ],
)
def test_faults_of_form_name_claim_and_key(document_of, change, text):
    with pytest.raises(ClaimsError, match=text):
        document_of(change)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ([{"id": "same"}, {"id": "same"}], "claim same: 2 claims have this id; ids must differ"),
        (
            [{"tolerance": "loose"}],
            "claim claim_0: tolerance 'loose' is not one of the file's tolerances: rounding, tenth, two_errors",
        ),
        ([{"answer": {"use": "that"}}], "uses the shared answer 'that', which is not there"),
        (
            [{"kind": "arithmetic"}],
            "claim claim_0: an arithmetic claim, and no other, is answered by an expression",
        ),
        (
            [{"answer": {"expression": "1 + 1"}}],
            "claim claim_0: an arithmetic claim, and no other, is answered by an expression",
        ),
        (
            [{"kind": "arithmetic", "answer": {"expression": "claim_9 * 2"}}],
            "claim claim_0: its expression names 'claim_9', which is no claim",
        ),
        (
            [{"kind": "arithmetic", "answer": {"expression": "claim_0 * 2"}}],
            "claim claim_0: its expression refers to itself",
        ),
        (
            [{"kind": "arithmetic", "answer": {"expression": "claim_1"}}, {"published": [1, 2]}],
            "write claim_1.low or .high for a range, claim_1 for a number",
        ),
        (
            [{"kind": "arithmetic", "answer": {"expression": "claim_1.low"}}, {}],
            "write claim_1.low or .high for a range, claim_1 for a number",
        ),
        (
            [{"kind": "arithmetic", "answer": {"expression": "open('x')"}}],
            "claim claim_0: the expression",
        ),
    ],
)
def test_faults_of_reference_name_the_claim(document_of, changes, text):
    with pytest.raises(ClaimsError) as error:
        document_of(*changes)
    assert text in str(error.value)


def test_all_faults_are_told_at_once(document_of):
    with pytest.raises(ClaimsError) as error:
        document_of({"tolerance": "loose"}, {"tolerance": "tight"})
    assert "claim claim_0: " in str(error.value)
    assert "claim claim_1: " in str(error.value)


def test_tables_and_choices_are_found_through_shared_answers(document_of):
    shared = {"rate": {"product": [2, {"config": "welfare.tax_rate"}]}}
    document = document_of(
        {"answer": {"use": "rate"}}, {"answer": {"config": "years.-1"}}, {}, answers=shared
    )
    assert document.tables() == ["moments.csv"]
    assert document.choices() == ["welfare.tax_rate", "years.-1"]
    config = {"welfare": {"tax_rate": 0.28}, "years": [2003, 2013]}
    assert choices_of(document.choices(), config) == {"welfare.tax_rate": 0.28, "years.-1": 2013}


@pytest.mark.parametrize("config", [{}, {"welfare": {}}, {"welfare": 3}])
def test_choice_that_the_config_lacks(document_of, config):
    document = document_of({"answer": {"config": "welfare.tax_rate"}})
    with pytest.raises(
        ClaimsError, match=r"claims.yaml: config.yaml has no key 'welfare.tax_rate'"
    ):
        choices_of(document.choices(), config)
