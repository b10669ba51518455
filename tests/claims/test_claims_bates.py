"""The printed tables and the numbers of Bates et al. (2022)."""

import re

import numpy as np
import pandas as pd
import pytest
from bates_tables import EXHIBIT_TABLES, drawn, tables
from claims_cases import ROOT, SCHEMA, arithmetic_of

from welfare_added.claims.compare import compare
from welfare_added.claims.document import read
from welfare_added.run.choices import read_yaml

PAPER = ROOT / "workflow/papers/bates_2022"
# What the paper's own printed numbers do not add up to, by what they do; shares of months and of pairs apart.
DOES_NOT_ADD_UP = {
    "choice_sets_share_replayed": 14.2395,
    "teachers_share_replayed": 69.9029,
    "applications_replayed": 343161,
    "applications_by_month_replayed": 343161,
    "hires_replayed": 3163,
    "positions_replayed": 1824.3655,
    "outcomes_replayed": 343158,
    "evaluated_replayed": 9378,
    "unbiased_replayed": 8,
    "difference_unbiased_replayed": 4.9794,
    "transfer_slope_replayed": 0.175,
    "within_school_share_replayed": 24.0741,
    "hires_lag_replayed": 0.1433,
    "july_posters_in_april_replayed": 85.4369,
    "heterogeneity_disadvantaged_replayed": 1.3392,
    "strong_dislike_replayed": 0.7745,
    "non_novices_replayed": -0.247,
    "earnings_replayed": 13.7143,
    "principals_rows_replayed": 9,
    "principals_below_options_replayed": 2,
    "teachers_above_both_replayed": 3,
    "both_share_teachers_replayed": 69.9029,
    "table_02_replayed.alternate_policies.best_w_i_school.as_a_fraction_of_best_actual": 0.2407,
    "table_03a_replayed.total.hiring_share": 98.25,
}
CELLS = {
    "table_01": 36,
    "table_02": 31,
    "table_03a": 51,
    "table_03b": 51,
    "table_03c": 9,
    "table_04a": 20,
    "table_04b": 18,
    "table_04c": 24,
    "table_05": 43,
    "table_06": 31,
    "table_07": 132,
}
# Words, and numbers that a quote has in another form: signs of falls, parts of words, formulae.
WORDS = {"third": 0.33, "three-quarters": 75, "quarter": 25, "one-sixteenth": 16, "couple": 2}
WORDS |= {"seven": 7}
NOT_IN_FIGURES = {
    *("comparative_share", "comparative_share_replayed", "best_of_experience"),
    *("moving_four_fifths", "hires_lag_replayed", "unique", "unique_all_options", "unique_both"),
    *("school_proposing", "principals_rows_replayed", "principals_below_options_replayed"),
    *("teachers_above_both_replayed", "gap_best", "uniform_at_flexible"),
    *("both_utility", "best_utility"),
}


@pytest.fixture(scope="module")
def paper():
    return read(PAPER / "claims.yaml", SCHEMA)


@pytest.fixture(scope="module")
def inputs():
    return read_yaml(PAPER / "calibration/inputs.yaml")


@pytest.fixture(scope="module")
def verdicts(paper, tmp_path_factory):
    """Verdicts on tables of the agreed columns, whose numbers mean nothing."""
    folder, paths = tmp_path_factory.mktemp("results"), {}
    made = tables() | {f"tables/{name}.csv": drawn(name)[0] for name in EXHIBIT_TABLES}
    for name in paper.tables():
        paths[name] = folder / name
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        made[name].to_csv(paths[name], index=False)
    found = compare(paper, paths, dict.fromkeys(paper.choices(), 1.0))
    return {verdict.claim.id: verdict for verdict in found}


def printed(paper, table: str) -> pd.DataFrame:
    """Cells of a printed table: row, column, published, kind."""
    cells = [one for one in paper.claims if one.cell and one.cell.table == table]
    cells = [one for one in cells if not one.id.endswith(".se")]
    rows = [(c.cell.row, c.cell.column, c.published, c.kind, c.id) for c in cells]
    return pd.DataFrame(rows, columns=["row", "column", "published", "kind", "id"])


def test_every_printed_cell_is_there(paper):
    assert {name: len(printed(paper, name)) for name in CELLS} == CELLS
    errors = [one for one in paper.claims if one.id.endswith(".se")]
    assert len(errors) == 18 and {one.cell.table for one in errors} == {"table_01"}


def test_preferences_are_recovered_and_never_predicted(paper):
    for table in ("table_05", "table_06"):
        assert set(printed(paper, table)["kind"]) == {"recovery"}
    recovered = [one for one in paper.claims if one.kind == "recovery"]
    others = {one.id for one in recovered if one.cell is None}
    assert others == {"value_added_correlation"}
    assert {one.tolerance for one in recovered} == {"two_errors"}


def test_what_is_not_planted_as_printed_takes_its_truth_from_the_results(paper):
    open_ = {
        one.id
        for one in paper.claims
        if one.cell and one.kind == "recovery" and isinstance(one.answer["truth"], dict)
    }
    assert {"table_05.constant.estimate", "table_06.constant.estimate"} <= open_
    means = {one for one in open_ if "_mean." in one}
    assert len(means) == 11 and len(open_) == 13
    for name in open_:
        assert paper.claim(name).note.startswith("Printed ")
        assert "Not planted" in paper.claim(name).note


def test_tables_7_and_the_gains_of_table_2_are_predictions(paper):
    for table in ("table_02", "table_07"):
        assert set(printed(paper, table)["kind"]) == {"prediction"}


def test_arithmetic_that_does_not_add_up_is_exactly_this(paper):
    found = arithmetic_of(paper)
    wrong = {name: v for name, v in found.items() if v.verdict == "does not add up"}
    months = {n for n in wrong if re.match(r"table_03[ab]_replayed\..*share$", n)}
    pairs = {n for n in wrong if n.startswith("table_04a_replayed.of_applications.")}
    assert len(months) == 36 and len(pairs) == 10
    assert set(wrong) - (months - set(DOES_NOT_ADD_UP)) - pairs == set(DOES_NOT_ADD_UP)
    for name, value in DOES_NOT_ADD_UP.items():
        assert wrong[name].reproduced == pytest.approx(value, abs=1e-4)
    named = {name for name, v in found.items() if "Slip" in v.claim.note}
    assert named == set(wrong)


def test_all_outcomes_are_shares_of_one_number_of_pairs(paper):
    found = arithmetic_of(paper)
    pairs = [v.verdict for name, v in found.items() if ".of_pairs." in name]
    assert pairs == ["adds up"] * 9


def test_every_answer_finds_its_row(verdicts):
    absent = {name for name, verdict in verdicts.items() if verdict.verdict == "not available"}
    race = {name for name in absent if name.startswith("table_07.race.")}
    assert len(race) == 5 and absent == race


def test_whole_tables_are_found_in_the_printed_order(paper, verdicts):
    made = tables()
    shown = {
        name: [verdicts[one].reproduced for one in printed(paper, name)["id"]] for name in CELLS
    }
    rows = made["robustness.csv"][["all_options", "principals", "teachers", "both", "best"]]
    values = rows.to_numpy().ravel()
    assert len(shown["table_07"]) == len(values) - 3  # the last row has two columns
    known = [one for one in shown["table_07"] if one is not None]
    assert known == pytest.approx(values[~np.isnan(values)])
    gains = made["reallocation.csv"][["gain", "fraction", "gain_0", "gain_1"]].to_numpy().ravel()
    assert shown["table_02"] == pytest.approx([gains[0], *gains[2:]])  # no fraction of the best
    recovery = made["preferences/recovery.csv"]
    both = [*shown["table_05"], *shown["table_06"]]
    assert both == pytest.approx(recovery["estimate"].tolist())
    days = made["platform/outcome_days.csv"]
    order = ["observations", "mean", "p10", "p25", "p50", "p75", "p90", "sd"]
    assert shown["table_04c"] == pytest.approx(days[order].to_numpy().ravel())


def test_printed_tables_are_the_published_inputs(paper, inputs):
    timing, months = inputs["timing"], inputs["timing"]["months"]
    cells = printed(paper, "table_03a").set_index(["row", "column"])["published"]
    for column, key in (
        ("Posting: Vacs", "vacancies"),
        ("Posting: Share TI", "vacancy_share_title1"),
        ("Applying: Apps", "applications"),
        ("Applying: Share TI", "application_share_title1"),
        ("Hiring: Apps", "hires"),
        ("Hiring: Share TI", "hire_share_title1"),
    ):
        assert [cells[month.capitalize(), column] for month in months] == timing[key]
    cells = printed(paper, "table_03b").set_index(["row", "column"])["published"]
    for column, key in (
        ("Has VA: Apps", "applications_with_value_added"),
        ("Above median VA: Apps", "applications_above_median_value_added"),
        ("Top decile VA: Apps", "applications_top_decile_value_added"),
    ):
        assert [cells[month.capitalize(), column] for month in months] == timing[key]
    days = printed(paper, "table_04c").query("column != 'Obs'")["published"]
    assert days.tolist() == [
        day for row in inputs["days_to_hired_application"].values() for day in row
    ]
    outcomes = printed(paper, "table_04a").query("row == 'count'")["published"]
    assert outcomes.tolist() == list(inputs["outcomes"].values())
    outcomes = printed(paper, "table_04b").query("row == 'count'")["published"]
    assert outcomes.tolist() == list(inputs["outcomes_of_positions"].values())


@pytest.mark.parametrize(
    ("table", "side"), [("table_05", "teacher_preferences"), ("table_06", "principal_preferences")]
)
def test_preferences_are_the_published_inputs_and_planted(paper, inputs, table, side):
    means = inputs[side].get("means", {})
    given = {k: v for k, v in inputs[side].items() if k != "means"}
    given |= {f"mean_{name}": value for name, value in means.items()}
    planted = read_yaml(PAPER / "calibration/parameters.yaml")[
        side.replace("teacher_", "teachers_").replace("principal_", "principals_")
    ]
    for claim in (one for one in paper.claims if one.cell and one.cell.table == table):
        name = claim.answer["estimate"]["where"]["parameter"]
        estimate, error = given.pop(name)
        assert f"{error:.3f}" in claim.note
        if isinstance(claim.answer["truth"], dict):
            assert f"Printed {estimate:.3f}" in claim.note and name not in planted
        else:
            assert claim.answer["truth"] == estimate == planted[name]
    assert given == {}


def test_cells_find_the_number_of_their_labels(verdicts):
    made = tables()
    recovery = made["preferences/recovery.csv"].set_index(["side", "parameter"])
    for claim, key in (
        ("table_05.black_x_fraction_black_mean.estimate", ("teachers", "mean_black_x_black")),
        ("table_06.va_missing_x_title_i.estimate", ("principals", "value_added_missing_x")),
    ):
        assert verdicts[claim].reproduced == pytest.approx(recovery.loc[key, "estimate"])
    rows = made["robustness.csv"].set_index("row")
    assert verdicts["table_07._2017.teach_max_va"].reproduced == pytest.approx(
        rows.loc["year_2017", "teachers"]
    )
    assert verdicts["table_03a.total.hiring_apps"].reproduced == 3000
    assert verdicts["table_03c.april_yes.july_no"].reproduced == 11
    assert verdicts["table_02.constant_class_size.best.per_student_gains"].reproduced == 0.021
    assert verdicts["table_04b.count.any_non_hire_action"].reproduced == 9 * 150


def test_one_partner_in_all_stable_matchings_is_compared_with_the_claim(verdicts):
    assert verdicts["unique"].reproduced == 0.87 and verdicts["unique"].verdict == "differs"
    assert verdicts["unique_both"].verdict == "reproduced"


def test_quotes_hold_the_number(paper):
    without = set()
    for claim in paper.claims:
        if claim.cell or claim.kind == "recovery" or claim.bound in ("at_least", "at_most"):
            continue
        words = re.findall(r"[a-z-]+", claim.quote.lower())
        held = {WORDS[one] for one in words if one in WORDS}
        texts = re.findall(r"\d[\d,]*\.?\d*", claim.quote)
        held |= {float(text.replace(",", "").rstrip(".")) for text in texts}
        ends = claim.published if isinstance(claim.published, tuple) else (claim.published,)
        if any(min((abs(end - one) for one in held), default=1) > 1e-9 for end in ends):
            without.add(claim.id)
    assert without == NOT_IN_FIGURES
