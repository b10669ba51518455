"""What the report's page is rendered from."""

import json

import pandas as pd
import pytest

from welfare_added.exhibits.style import house_style, panels
from welfare_added.report.eastmond_2024.explorer import explorer_data
from welfare_added.report.exhibits import Source, alternative, page_share, trace
from welfare_added.report.front import Sentence
from welfare_added.report.page import Explorer, Head, counts, render
from welfare_added.report.parts import FRAGMENT, SCRIPT, explorer_parts


def test_missing_numbers_are_null_and_curves_keep_their_ends():
    weights = [0.0, 0.5, 1.0]
    key = {"scope": "district", "weight": weights}
    plan = {"subject": "ela", "information": "standard", **key}
    zeros = ("gain_lower", "gain_higher", "gain_mean")
    exact = pd.DataFrame({"gain_higher": [3.0, 2.0, 0.0], "gain_lower": [0.0, 1.0, 1.5]})
    tables = {
        "frontiers": pd.DataFrame({**plan, **dict.fromkeys(zeros, 0.12345678)}),
        "gaps": pd.DataFrame(
            {
                **plan,
                **dict.fromkeys(
                    (
                        "change_higher_lower",
                        "baseline_higher_lower",
                        "change_racial",
                        "baseline_racial",
                    ),
                    float("nan"),
                ),
            }
        ),
        "winners": pd.DataFrame(
            {
                **plan,
                **dict.fromkeys(
                    ("share_harmed", "mean_loss", "share_helped", "mean_win", "share_moved"), 0.5
                ),
            }
        ),
        "earnings": pd.DataFrame(
            {
                "information": "standard",
                **key,
                **dict.fromkeys(
                    ("earnings_lower", "earnings_higher", "earnings_mean", "total_per_year"), 1.0
                ),
            }
        ),
        "subjects": pd.DataFrame(
            {
                "scope": "district",
                "weight_ela": weights,
                "gain_ela": 0.0,
                "gain_math": 0.0,
                "earnings_mean": 0.0,
            }
        ),
        "text_numbers": pd.DataFrame({"quantity": ["teachers_per_year"], "value": [800.0]}),
        "mvpf": pd.DataFrame({"bonus": [100.0, 200.0]}),
        "exact": exact.assign(
            subject="ela", scope="district", information="standard", weight_from=weights
        ),
    }
    found = explorer_data(tables, 0.28)
    plan = found["plans"]["ela|district|standard"]
    assert plan["gain_mean"] == [0.123457] * 3
    assert plan["change_racial"] == plan["earnings_mean"] == [None] * 3
    curve = found["exact"]["ela|district|standard"]
    assert curve[0] == [3.0, 0.0] and curve[-1] == [0.0, 1.5]
    json.dumps(found, allow_nan=False)


def test_a_job_is_told_once():
    history = {
        "files": {
            "c": {"sha256": "c" * 64, "job": "s/top"},
            "b": {"sha256": "b" * 64, "job": "s/below"},
            "a": {"keyed_digest": "a" * 64, "job": None},
        },
        "jobs": {
            "s/top": {"rule": "top", "inputs": ["b", "b"]},
            "s/below": {"rule": "below", "inputs": ["a"]},
        },
    }
    lines = {"s/top": ("t.py:1",), "s/below": ("b.py:1",)}
    source = Source("a", "a" * 12)
    first = Source("b", "b" * 12, "below", ("b.py:1",), made_from=(source,))
    again = Source("b", "b" * 12, "below", above=True)
    assert trace(history, "c", lines) == Source(
        "c", "c" * 12, "top", ("t.py:1",), made_from=(first, again)
    )


HEAD = Head("A <title>", ["Ann", "Bob"], "2030", "", "All made.", [], "../audit/run.js")
NOTHING_SKIPPED = pd.DataFrame(columns=["exhibit", "reason"])


def test_nothing_in_the_numbers_can_end_their_script():
    numbers = {"a": "</script><b>"}
    explorer = Explorer("eastmond_2024", numbers)
    page = render("x", HEAD, [], NOTHING_SKIPPED, None, None, explorer)
    held = page.split('id="explorer-data">')[1]
    assert json.loads(held.split("</script>")[0]) == numbers


def test_the_page_says_why_an_explorer_is_left_out():
    page = render("x", HEAD, [], NOTHING_SKIPPED, None, None, None, "Left out: the reason.")
    assert '<a href="#explorer">' in page and "Left out: the reason." in page
    assert 'id="explorer-data"' not in page
    assert "#explorer" not in render("x", HEAD, [], NOTHING_SKIPPED, None, None, None)


def test_the_head_names_the_paper_and_what_came_out():
    findings = [
        Sentence("It is {gain} & more.", {"gain": "$5 <b>"}),
        Sentence("{lost}", {}, "no earnings"),
    ]
    head = Head("A <title>", ["Ann", "Bob"], "2030", "North", "All made.", findings, "")
    page = render("x", head, [], NOTHING_SKIPPED, None, None, None)
    assert "<h1>A &lt;title&gt;</h1>" in page and "Ann, Bob <span>(2030)</span>" in page
    assert "<li>It is <b>$5 &lt;b&gt;</b> &amp; more.</li>" in page
    assert "A finding is left out: no earnings." in page and "{lost}" not in page
    assert "Applied to North" in page and "All made." in page
    assert "<script src=" not in page and "stays with the records" in page
    shown = render("x", HEAD, [], NOTHING_SKIPPED, None, None, None)
    assert '<script src="../audit/run.js"></script>' in shown and "Applied" not in shown


def test_claims_are_counted_by_kind_and_verdict():
    kinds, verdicts = ["input", "input", "prediction", "input"], ["b", "a", "a", "a"]
    table = pd.DataFrame({"kind": kinds, "verdict": verdicts})
    assert counts(table) == {"input": {"a": 2, "b": 1}, "prediction": {"a": 1}}
    assert list(counts(table)["input"]) == ["a", "b"]


def test_claims_with_and_without_an_interval_stand_in_one_table():
    shared = {"digit": "0.1", "unit": "SD", "bound": "", "tolerance": "0", "quote": "", "id": "x"}
    shared |= {"published": "1", "reproduced": "1.1", "quantity": "q", "location": "l"}
    judged = {"kind": "prediction", "verdict": "reproduced", "interval_mean": "1.2", "wide": ""}
    judged |= {"interval_low": "0.9", "interval_high": "1.4"}
    without = {"kind": "input", "verdict": "differs", "wide": ""}
    without |= dict.fromkeys(["interval_mean", "interval_low", "interval_high"], "")
    table = pd.DataFrame([shared | judged, shared | without])
    page = render("x", HEAD, [], NOTHING_SKIPPED, table, None, None)
    assert page.count('data-head="Mean and 90% interval"') == 2
    assert "1.2 [0.9, 1.4]" in page


@pytest.mark.parametrize(("inches", "share"), [(6.5, 100), (4.6, 71), (8.5, 100)])
def test_a_narrow_figure_is_not_blown_up(tmp_path, inches, share):
    figure, _ = house_style(panels)(columns=1, width=inches)
    figure.savefig(tmp_path / "a.png", dpi=150)
    assert page_share(tmp_path / "a.png") == share


def test_an_alternative_text_says_what_is_shown_and_its_range():
    plotted = pd.DataFrame({"group": ["a", "b"], "mean_gain": [-0.02, 1.2345], "bin": [1, 1]})
    text = alternative("Figure 9", "Two lines.", plotted)
    assert text == "Figure 9. Two lines. Range of the data: mean gain -0.02 to 1.23."
    assert alternative("Figure 9", "A drawing.", plotted[["group"]]) == "Figure 9. A drawing."


def test_a_paper_without_explorer_parts_has_none():
    assert explorer_parts("nobody_1999") == {}
    assert explorer_parts("eastmond_2024") == {
        FRAGMENT: "eastmond_2024/explorer.html.j2",
        SCRIPT: "eastmond_2024/explorer.js",
    }
