"""The printed tables and the numbers of Laverde et al. (2023)."""

import re
from collections import Counter

import pandas as pd
import pytest
from claims_cases import SCHEMA, arithmetic_of
from laverde_claims_cases import (
    COLUMNS,
    LABELS,
    NAMES,
    NOT_RECORDED,
    PAPER,
    planted_name,
    selectors,
)

from welfare_added.claims.compare import compare
from welfare_added.claims.document import read
from welfare_added.run.choices import read_yaml

CELLS = {"table_1": 30, "table_2": 25, "table_2_sd": 23, "table_3": 17, "table_3_sd": 16}
CELLS |= {"table_4": 12, "table_4_sd": 10, "table_5": 8, "table_5_sd": 8, "table_6": 12}
CELLS |= {"table_a1": 8, "table_a2": 6, "table_a4": 28, "table_a5": 28, "table_a6": 12}
ERRORS = {"table_6": 12, "table_a1": 4, "table_a2": 3, "table_a4": 28, "table_a5": 28}
ERRORS |= {"table_a6": 12}
# What the paper's own printed numbers do not add up to, by what they do.
DOES_NOT_ADD_UP = {
    "two_thirds_female_replayed": 74.8,
    "more_than_80_white_replayed": 79.2,
    "menus_all_replayed": 31.7803,
    "menus_its_replayed": 55.8077,
    "distance_limit_replayed": -1.8898,
    "last_draws_replayed": 0.0179,
    "inertia_magnitude_replayed": 0.4372,
    "match_learnable_replayed": 0.0098,
    "schools_no_match_size": 0.9741,
    "averse_observable_replayed": 1,
    "strong_correlation_survey": 0.1213,
    "strong_correlation_observation": 0.2450,
    "correlation_math": 8.40,
    "correlation_reading": 5.96,
    "correlation_survey": 1.47,
    "correlation_observation": 3.52,
    "dependent_math": 0.0059,
    "dependent_reading": 0.0060,
    "dependent_survey": 0.0067,
    "dependent_observation": 0.0057,
    "footnote_15_replayed": 0.022,
    "class_loss_replayed": -0.0004,
    "class_pool_replayed": -0.002,
    "table_6_unconstrained_spread_replayed": 0.003,
    "table_6_unharmed_spread_replayed": 0.003,
    "table_6_retention_spread_replayed": 0.002,
    "table_a6_unconstrained_spread_replayed": 0.002,
    "table_a6_unharmed_spread_replayed": 0.003,
    "variables_supply_replayed": 8,
    "equations_replayed": 3,
}
ADDS_UP = {
    "strong_correlation_math": 0.6033,
    "strong_correlation_reading": 0.4387,
    "implied_sd_math": 0.0718,
    "implied_sd_survey": 0.0825,
    "applicants_replayed": 4.9265,
    "sorting_error_replayed": 0.0299,
    "white_share_a5_4": 0.3333,
    "table_6_same_school_spread_replayed": -0.0002,
    "table_a6_retention_spread_replayed": 0,
    "table_a4_replayed.all.scenario_1": 0.0785,
    "table_a5_replayed.all.scenario_2": 3.535,
    "table_6_replayed.observed_retention_layoff.total_effect": 0.051,
}
WORDS = {"seven": 7, "half": 0.5, "two-thirds": 67, "third": 33, "two": 2, "four": 4, "eight": 8}
WORDS |= {"magnitude": 10}
# Signs and sizes in words, counts of what a table lists, and what a quote has in another form.
NOT_IN_FIGURES = {
    *("class_pool_replayed", "class_retention_nil", "match_gains_nil", "observed_near_random"),
    *("observed_near_random_proficient", "race_gains_close", "equations", "equations_replayed"),
    *("female_replayed", "tenth_replayed", "two_years_replayed", "measures_years"),
    *(f"dependent_{one}" for one in ("math", "reading", "survey", "observation")),
    *(f"white_share_{one}" for one in ("a4_1", "a4_2", "a4_3", "a5_3", "a5_4")),
}


@pytest.fixture(scope="module")
def paper():
    return read(PAPER / "claims.yaml", SCHEMA)


@pytest.fixture(scope="module")
def found(paper):
    return arithmetic_of(paper)


@pytest.fixture(scope="module")
def verdicts(paper, tmp_path_factory):
    """Verdicts on tables of the agreed columns, whose numbers are all one."""
    folder, rows = tmp_path_factory.mktemp("results"), {}
    for _, part in selectors(paper):
        where = part.get("where", {})
        if where.get("fact") not in NOT_RECORDED and "employment" not in part.get("if_absent", ""):
            rows.setdefault(part["table"], {})[tuple(sorted(where.items()))] = where
    paths = {name: folder / name for name in rows}
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = [dict.fromkeys(COLUMNS[name], 1.0) | where for where in rows[name].values()]
        pd.DataFrame(filled, columns=COLUMNS[name]).to_csv(path, index=False)
    return {verdict.claim.id: verdict for verdict in compare(paper, paths, {})}


def cells(paper, table: str) -> list:
    return [one for one in paper.claims if one.cell and one.cell.table == table]


def test_every_printed_cell_and_its_standard_error_is_there(paper):
    counts = {name: Counter(one.id.endswith(".se") for one in cells(paper, name)) for name in CELLS}
    assert {name: count[False] for name, count in counts.items()} == CELLS
    assert {name: count[True] for name, count in counts.items() if count[True]} == ERRORS


def test_ids_are_unique_and_nothing_needs_a_choice_of_config(paper):
    assert max(Counter(one.id for one in paper.claims).values()) == 1
    assert paper.choices() == []
    assert paper.tables() == sorted(COLUMNS)


def test_every_answer_uses_agreed_columns_and_labels_alone(paper):
    for claim, part in selectors(paper):
        where = part.get("where", {})
        columns, names = COLUMNS[part["table"]], NAMES.get(part["table"])
        assert {part["column"], *where} <= set(columns), claim.id
        for label in LABELS.keys() & where.keys():
            assert where[label] in LABELS[label], claim.id
        assert names is None or where["name"] in names, claim.id


def test_estimates_are_recoveries_planted_as_printed(paper):
    planted = read_yaml(PAPER / "calibration/inputs.yaml")["planted"]
    for table, part in (("table_2", "outcomes"), ("table_3", "supply"), ("table_4", "demand")):
        known = {n: v for n, v in planted[part].items() if isinstance(v, float)}
        for claim in cells(paper, table):
            assert claim.kind == "recovery" and claim.tolerance == "two_errors"
            where = claim.answer["estimate"]["where"]
            name = planted_name(table, where["panel"], where["row"])
            assert claim.answer["truth"] == known.pop(name), claim.id
        assert set(known) <= {
            "sd_eps",
            "sd_school_effects",
            "sd_year_effects",
            "displaced_fallback",
        }


def test_spreads_beside_recoveries_are_predictions_of_the_same_rows(paper):
    for table in ("table_2", "table_3", "table_4"):
        rows = {(one.cell.panel, one.cell.row) for one in cells(paper, table)}
        for claim in cells(paper, f"{table}_sd"):
            assert claim.kind == "prediction" and claim.answer["column"] == "sd"
            assert (claim.cell.panel, claim.cell.row) in rows


def test_what_is_planted_is_no_prediction(paper):
    assert {one.kind for one in cells(paper, "table_1")} == {"input"}
    assert {one.kind for one in cells(paper, "table_a1")} == {"input"}
    for table in ("table_6", "table_a4", "table_a5", "table_a6"):
        assert {one.kind for one in cells(paper, table)} == {"prediction"}
    kinds = {one.id: one.kind for one in cells(paper, "table_5")}
    assert Counter(kinds.values()) == {"recovery": 5, "prediction": 3}
    assert all(kind == "prediction" for name, kind in kinds.items() if ".observable" in name)
    others = {one.id for one in paper.claims if one.kind == "recovery" and not one.cell}
    assert others == {"demand_same_race_published_likelihood"}


def test_arithmetic_that_does_not_add_up_is_exactly_this(found):
    wrong = {name: v for name, v in found.items() if v.verdict != "adds up"}
    assert set(wrong) == set(DOES_NOT_ADD_UP)
    for name, value in DOES_NOT_ADD_UP.items():
        assert wrong[name].reproduced == pytest.approx(value, abs=6e-5), name
    assert {name for name, v in found.items() if "Slip" in v.claim.note} == set(wrong)


def test_arithmetic_that_holds(found):
    for name, value in ADDS_UP.items():
        assert found[name].verdict == "adds up", name
        assert found[name].reproduced == pytest.approx(value, abs=6e-5), name


def test_every_answer_finds_its_row(verdicts):
    absent = {name for name, verdict in verdicts.items() if verdict.verdict == "not available"}
    assert absent == {
        *("delegating_districts", "districts_internal_first", "hours_to_accept", "comments"),
        *("urban_schools", "generalizability", "selected_mobile", "selected_staying"),
    }


def test_scenarios_must_be_in_the_stated_order(verdicts):
    assert verdicts["scenarios_ordered"].reproduced == 0
    assert verdicts["scenarios_ordered"].claim.bound == "at_least"


def test_printed_facts_are_the_published_inputs(paper):
    inputs = read_yaml(PAPER / "calibration/inputs.yaml")
    teachers = {one.id.split(".", 2)[2]: one.published for one in cells(paper, "table_1")}
    columns = {"all": "all_teachers", "its": "teachers_in_its"}
    for group, column in columns.items():
        for row in ("male", "black", "hispanic", "white", "asian"):
            share = inputs["teachers"][f"share_{row}"][group]
            assert teachers[f"{row}.{column}"] == pytest.approx(100 * share)
        for row in ("years_of_experience", "years_of_education", "years_in_sample"):
            assert teachers[f"{row}.{column}"] == inputs["teachers"][row][group]
    market = inputs["transfer_system"]
    assert teachers["size_of_choice_menu.teachers_in_its"] == market["menu_size"]
    assert teachers["number_of_applicants.positions_in_its"] == market["applicants_per_position"]
    assert teachers["number_of_offers.positions_in_its"] == market["offers_per_position"]
    assert paper.claim("displaced").published == 100 * market["share_displaced_of_searching"]
    assert paper.claim("students").published == inputs["counts"]["students"]
    assert paper.claim("realizations").published == inputs["counterfactual"]["draws"]


def test_quotes_hold_the_number(paper):
    without = set()
    for claim in paper.claims:
        if claim.cell or claim.kind == "recovery" or claim.bound in ("at_least", "at_most"):
            continue
        words = re.findall(r"[a-z-]+", claim.quote.lower())
        held = {WORDS[one] for one in words if one in WORDS}
        held |= {float(t.replace(",", "")) for t in re.findall(r"\d[\d,]*(?:\.\d+)?", claim.quote)}
        ends = claim.published if isinstance(claim.published, tuple) else (claim.published,)
        if any(min((abs(abs(end) - one) for one in held), default=1) > 1e-9 for end in ends):
            without.add(claim.id)
    counted = {name for name in without if name.startswith("variables_")}
    assert len(counted) == 11 and without - counted == NOT_IN_FIGURES
