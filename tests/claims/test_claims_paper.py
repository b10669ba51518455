"""The file of the paper's numbers, and what is made of it from mock results."""

import importlib.util
import re
from types import SimpleNamespace

import pandas as pd
import pytest
from claims_cases import COLUMNS, PAPER, ROOT, SCHEMA, TEMPLATE, arithmetic_of

from welfare_added.claims import answers
from welfare_added.claims.compare import as_table, choices_of, compare
from welfare_added.claims.page import page
from welfare_added.run.choices import read_config

DOES_NOT_ADD_UP = {
    "class_size_mean_replayed": 18.80,
    "size_patterns_signed_alike": -0.0228,
    "added_ela_school_replayed": 46.56,
    "added_math_school_replayed": 0.01345,
    "racial_gap_shrinks_math_replayed": 10.16,
    "gap_average_gain_replayed": 0.04522,
    "multiplier_replayed": 18.99,
    "total_district_replayed": 28_115_500,
    "bonus_district_replayed": 8225.5,
    "mvpf_large_bonus_again_replayed": 1.482,
    "school_over_deselection_replayed": 79.57,
}
# Numbers that the text gives in words, or in the sentence before.
NOT_IN_FIGURES = {
    "intro_grades",
    "grades",
    "allocations_log10",
    "one_teacher_sd_ela",
    "one_teacher_sd_math",
    "over_deselection_ela",
    "over_deselection_math",
    "as_much_as_double",
    "standard_ela_ratio",
    "standard_math_ratio",
    "status_quo_below_ela",
    "status_quo_below_math",
    "school_share",
    "most_stay",
    "up_to_double",
    "up_to_double_earnings",
    "conclusion_over_deselection",
    "half_the_students",
    "figure_2_advantage_ela",
    "figure_2_advantage_math",
    "figure_a2_class_size",
    "majority_significant",
    "majority_discovered",
    "groups_no_less_precise",
    "slightly_egalitarian",
    "only_district_moves_racial_gap",
    "ela_favoured",
    "graduation_not_predicted",
    "college_not_significant",
    "errors_not_much_larger",
}
NUMBERS = re.compile(r"\d[\d,]*\.?\d*")


@pytest.fixture(scope="module")
def config():
    return read_config(ROOT)


@pytest.fixture(scope="module")
def verdicts(paper, results, config):
    return compare(paper, results, choices_of(paper.choices(), config))


def test_it_holds_the_papers_numbers(paper):
    kinds = pd.Series([claim.kind for claim in paper.claims]).value_counts()
    assert len(paper.claims) >= 230
    assert kinds["prediction"] >= 100
    assert kinds["input"] >= 50
    assert kinds["arithmetic"] >= 40
    assert kinds["assumption"] >= 30


def test_every_section_with_results_is_there(paper):
    sections = {claim.location.split(",")[0] for claim in paper.claims}
    expected = (
        "Abstract|Section 1|Section 2.4|Section 3.1|Section 3.3|Section 3.3.1|Section 3.4|Section 4"
    )
    expected += "|Section 4.1|Section 4.2|Section 4.2.1|Section 4.2.2|Section 4.3.1|Section 4.3.2"
    expected += "|Section 5.1.1|Section 5.1.2|Section 5.2|Section 6|Table A.1|Appendix D"
    assert set(expected.split("|")) <= sections


def test_answers_name_the_columns_of_the_tables(paper):
    assert set(paper.tables()) == set(COLUMNS)
    for claim in paper.claims:
        for part in answers.parts(claim.answer, paper.shared):
            if "table" in part:
                named = {part["column"], *part.get("where", {})}
                named |= {part[key] for key in ("of", "along") if key in part}
                assert named <= set(COLUMNS[part["table"]].split()), claim.id


def is_said_in_words(claim):
    """An ordering or a sign, which has no number."""
    return claim.published == 0 and claim.bound in ("at_least", "at_most")


OF_THIS_RUN = {"better_schools_gain"}  # the kept worlds do not have its table


def test_signs_and_orderings_are_exact(paper):
    worded = [claim for claim in paper.claims if is_said_in_words(claim)]
    assert len(worded) >= 35
    tolerances = {"input": "exact", "arithmetic": "rounding", "prediction": "interval"}
    for claim in worded:
        if claim.id in OF_THIS_RUN:
            continue
        assert (claim.digit, claim.tolerance) == (0, tolerances[claim.kind]), claim.id


def test_every_prediction_is_judged_by_its_interval(paper):
    """No tolerance set by hand is left, and nothing else is judged by an interval."""
    for claim in paper.claims:
        by_interval = claim.kind == "prediction" and claim.id not in OF_THIS_RUN
        assert (claim.tolerance == "interval") == by_interval, claim.id
    assert set(paper.tolerances) == {"exact", "rounding", "calibrated", "interval"}


def test_claims_at_the_ends_are_answered_under_both(paper):
    arbitrary = [claim for claim in paper.claims if claim.id.endswith("_arbitrary")]
    assert len(arbitrary) == 11
    for claim in arbitrary:
        other = paper.claim(claim.id.removesuffix("_arbitrary"))
        assert (claim.published, claim.quote) == (other.published, other.quote)
        for one, tie_break in ((claim, "mean"), (other, "efficient")):
            used = answers.parts(one.answer, paper.shared)
            ties = {part["where"].get("tie_break") for part in used if "table" in part}
            assert tie_break in ties and len(ties & {"mean", "efficient"}) == 1, one.id


def test_plans_by_standard_value_added_are_means_over_tie_breaks(paper):
    for claim in paper.claims:
        for part in answers.parts(claim.answer, paper.shared):
            if part.get("table") == "frontiers.csv" and "weight" in part.get("where", {}):
                assert part["where"]["information"] != "standard", claim.id


def test_the_status_quo_is_an_input(paper):
    before = [claim for claim in paper.claims if claim.id.startswith("status_quo_")]
    assert len(before) == 4
    for claim in [*before, paper.claim("allocations_log10")]:
        assert claim.kind == "input", claim.id


def test_quotes_hold_the_number(paper):
    for claim in paper.claims:
        if claim.kind == "arithmetic" or claim.id in NOT_IN_FIGURES or "Printed" in claim.note:
            continue
        if is_said_in_words(claim):
            continue
        said = [float(text.replace(",", "")) for text in NUMBERS.findall(claim.quote)]
        ends = claim.published if isinstance(claim.published, tuple) else (claim.published,)
        for end in ends:
            shown = {end, end * 100, end - 2000, end / 1e6}
            assert any(abs(a - b) < 1e-6 for a in said for b in shown), (claim.id, end, said)


def test_arithmetic_that_does_not_add_up_is_exactly_this(paper):
    found = arithmetic_of(paper)
    wrong = {name for name, verdict in found.items() if verdict.verdict == "does not add up"}
    assert wrong == set(DOES_NOT_ADD_UP)
    for name, value in DOES_NOT_ADD_UP.items():
        assert found[name].reproduced == pytest.approx(value, rel=1e-3)


def test_assumptions_are_those_of_the_default_config(paper, config, verdicts):
    answered = [v for v in verdicts if v.claim.kind == "assumption"]
    assert {v.verdict for v in answered} == {"assumed"}
    changed = {**config, "welfare": {**config["welfare"], "tax_rate": 0.3}}
    tax = {"tax_rate": choices_of(paper.choices(), changed)["welfare.tax_rate"]}
    assert tax == {"tax_rate": 0.3}


def test_every_claim_has_a_verdict(verdicts):
    words = {"reproduced", "differs", "adds up", "does not add up", "assumed", "not available"}
    assert {verdict.verdict for verdict in verdicts} <= {*words, "not judged"}
    judged = {
        v.verdict
        for v in verdicts
        if v.claim.kind == "prediction" and v.claim.id not in OF_THIS_RUN
    }
    assert "not judged" in judged and "reproduced" not in judged  # no intervals are given
    assert not [v.claim.id for v in verdicts if v.verdict == "not available" and not v.reason]


def test_table_has_the_agreed_columns_in_the_papers_order(paper, verdicts):
    table = as_table(verdicts)
    assert ",".join(table.columns[:9]) == (
        "id,location,quantity,unit,kind,published,reproduced,tolerance,verdict"
    )
    assert list(table["id"]) == [claim.id for claim in paper.claims]
    persistence = table.set_index("id").loc["persistence"]
    assert persistence["published"] == "0.78 to 0.9"


def test_page_shows_every_claim_and_needs_no_network(paper, verdicts):
    text = page(paper, verdicts, "A mock district.", TEMPLATE)
    for claim in paper.claims:
        assert f'id="{claim.id}"' in text
    assert "A mock district." in text
    assert not re.search(r"<script|src=|href=|@import|url\(", text)
    assert text.index("<h2>Abstract") < text.index("<h2>Section 4.1") < text.index("<h2>Section 6")


def test_page_escapes_what_it_quotes(document_of):
    document = document_of({"quote": "a <b> & c", "answer": 0.04})
    text = page(document, compare(document, {}, {}), "d", TEMPLATE)
    assert "a &lt;b&gt; &amp; c" in text


def test_script_writes_table_and_page(paper, results, config, tmp_path):
    location = importlib.util.spec_from_file_location("claims_script", ROOT / "scripts/claims.py")
    script = importlib.util.module_from_spec(location)
    location.loader.exec_module(script)
    out = SimpleNamespace(table=tmp_path / "claims.csv", page=tmp_path / "claims.html")
    tables = [results[name] for name in paper.tables()]
    choices = choices_of(paper.choices(), config)
    paths = SimpleNamespace(
        document=PAPER, schema=SCHEMA, template=TEMPLATE, tables=tables, intervals=[]
    )
    script.main(paths, choices, "A synthetic world.", [], False, out)
    assert len(pd.read_csv(out.table)) == len(paper.claims)
    assert "A synthetic world." in out.page.read_text(encoding="utf-8")
