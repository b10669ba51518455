import math

import numpy as np
import pandas as pd
import pytest

from welfare_added.claims.answers import Sources, answer, parts
from welfare_added.claims.selectors import AnswerError, NotAvailableError, Tables, select

FRONTIER = pd.DataFrame(
    {
        "subject": ["ela"] * 4 + ["math"] * 4,
        "weight": [0.0, 0.25, 0.5, 1.0] * 2,
        "gain": [1.0, 3.0, 2.0, -2.0, 0.0, 5.0, 6.0, 7.0],
        "other": [10.0, 20.0, 30.0, 40.0, 1.0, 2.0, 3.0, np.nan],
    }
)


@pytest.fixture
def tables(tmp_path):
    FRONTIER.to_csv(tmp_path / "frontiers.csv", index=False)
    FRONTIER.sample(frac=1, random_state=3).to_parquet(tmp_path / "shuffled.parquet", index=False)
    pd.DataFrame({"cell": [0, 0, 0, 1, 1]}).to_parquet(tmp_path / "slots.parquet", index=False)
    pd.DataFrame(
        {"quantity": ["mean", "gone"], "value": [1.5, np.nan], "note": ["", "too few teachers"]}
    ).to_csv(tmp_path / "headlines.csv", index=False)
    FRONTIER.iloc[:0].to_csv(tmp_path / "empty.csv", index=False)
    files = ("frontiers.csv", "shuffled.parquet", "slots.parquet", "headlines.csv", "empty.csv")
    return Tables({name: tmp_path / name for name in (*files, "missing.csv")})


def ask(tables, **selector):
    return select({"table": "frontiers.csv", "where": {"subject": "ela"}, **selector}, tables)


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ({"where": {"subject": "math", "weight": 0.25}, "column": "gain"}, 5),
        (
            {"where": {"subject": ["ela", "math"], "weight": 0}, "column": "gain", "reduce": "sum"},
            1,
        ),
        ({"where": {"weight": {"from": 0.25, "to": 0.5}}, "column": "gain", "reduce": "min"}, 2),
        ({"column": "gain", "reduce": "min"}, -2),
        ({"column": "gain", "reduce": "max"}, 3),
        ({"column": "gain", "reduce": "mean"}, 1),
        ({"column": "gain", "reduce": "sum"}, 4),
        ({"column": "gain", "reduce": "count"}, 4),
        ({"where": {"gain": {"from": 8, "to": 9}}, "column": "gain", "reduce": "count"}, 0),
        ({"column": "gain", "reduce": "sd"}, math.sqrt((0 + 4 + 1 + 9) / 3)),
        ({"column": "weight", "reduce": "argmax", "of": "gain"}, 0.25),
        ({"column": "other", "reduce": "argmin", "of": "gain"}, 40),
        ({"column": "weight", "reduce": "crossing", "of": "gain"}, 0.75),
        ({"column": "weight", "reduce": "crossing", "of": "gain", "at": 2.0}, 0.125),
        ({"column": "weight", "reduce": "crossing", "of": "gain", "at": 2.5}, 0.1875),
        ({"column": "weight", "reduce": "crossing", "of": "gain", "at": 1.0}, 0.0),
        ({"column": "other", "reduce": "crossing", "of": "gain", "along": "weight"}, 35),
        ({"column": "gain", "reduce": "interpolate", "of": "weight", "at": 0.75}, 0),
        ({"column": "gain", "reduce": "interpolate", "of": "weight", "at": 0.5}, 2),
    ],
)
def test_reducers_by_hand(tables, selector, value):
    assert ask(tables, **selector) == pytest.approx(value)
    assert ask(tables, table="shuffled.parquet", **selector) == pytest.approx(value)


def test_rows_are_chosen_by_text_and_number_in_any_order(tables, tmp_path):
    table = pd.DataFrame({"plan": ["b", "None", "None"], "year": [1, 1, 2], "gain": [5, 6, 7]})
    table.to_csv(tmp_path / "frontiers.csv", index=False)
    for where in ({"plan": "None", "year": 2}, {"year": 2, "plan": "None"}):
        assert ask(tables, where=where, column="gain") == 7
    assert ask(tables, where={"plan": "None", "year": 1}, column="gain") == 6


def test_missing_column_names_those_there(tables):
    with pytest.raises(AnswerError) as error:
        ask(tables, column="gian", where={"weight": 0.5})
    assert str(error.value) == (
        "table 'frontiers.csv' has no column 'gian'; its columns are: subject, weight, gain, other"
    )


@pytest.mark.parametrize("key", ["of", "along"])
def test_columns_of_reducers_are_looked_for(tables, key):
    with pytest.raises(AnswerError, match="has no column 'gian'"):
        ask(tables, **{"column": "weight", "reduce": "crossing", "of": "gain", key: "gian"})


def test_missing_row_names_what_was_asked_and_what_is_there(tables):
    with pytest.raises(AnswerError) as error:
        ask(tables, where={"subject": "reading", "weight": 0.5}, column="gain")
    assert str(error.value) == (
        "table 'frontiers.csv' has no row where subject = reading and weight = 0.5; "
        "subject holds ela, math; weight holds 0.0, 0.25, 0.5, 1.0"
    )


def test_missing_row_that_may_be_absent_gives_its_reason(tables):
    with pytest.raises(NotAvailableError, match="no outcomes"):
        ask(tables, where={"subject": "reading"}, column="gain", if_absent="no outcomes")


def test_several_rows_for_one_value(tables):
    with pytest.raises(AnswerError, match=r"4 rows of table 'frontiers.csv' fit where one should"):
        ask(tables, column="gain")


def test_unknown_table_and_missing_file(tables):
    with pytest.raises(AnswerError, match=r"no table 'x.csv'; the tables are: frontiers.csv, "):
        ask(tables, table="x.csv", column="gain")
    with pytest.raises(AnswerError, match=r"table 'missing.csv' has no file missing.csv"):
        ask(tables, table="missing.csv", column="gain")


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        ({"where": {"subject": "math", "weight": 1}, "column": "other"}, "other is empty"),
        ({"column": "weight", "reduce": "crossing", "of": "gain", "at": 9}, "gain never crosses 9"),
        ({"column": "gain", "reduce": "interpolate", "of": "weight", "at": 2}, "not reach 2"),
        ({"table": "empty.csv", "column": "gain"}, "empty.csv is empty in this run"),
    ],
)
def test_what_a_run_cannot_give_has_a_reason(tables, selector, reason):
    with pytest.raises(NotAvailableError, match=reason):
        ask(tables, **selector)


def test_note_of_a_missing_value_is_its_reason(tables):
    selector = {"table": "headlines.csv", "where": {"quantity": "gone"}, "column": "value"}
    with pytest.raises(NotAvailableError, match="too few teachers"):
        select(selector, tables)


GAIN = {"table": "frontiers.csv", "where": {"subject": "ela", "weight": 0.25}, "column": "gain"}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (7, 7),
        ({"use": "three"}, 3),
        ({"config": "welfare.tax_rate"}, 0.28),
        ({"expression": "claim / 2"}, 5),
        ({"interval": [{"use": "three"}, 1, 2]}, (1, 3)),
        ({"ratio": [GAIN, 2]}, 1.5),
        ({"difference": [GAIN, 2]}, 1),
        ({"percent_more": [GAIN, 2]}, 50),
        ({"product": [-1, GAIN, 2]}, -6),
        ({"sum": [GAIN, 2, 0.5]}, 5.5),
        ({"mean": [GAIN, 2, 1]}, 2),
        ({"min": [GAIN, 2]}, 2),
        ({"max": [GAIN, {"product": [2, 5]}]}, 10),
        ({"size": {"difference": [GAIN, 5]}}, 2),
        ({"size": GAIN}, 3),
        ({"rising": [1, GAIN, 3.5]}, 0.5),
        ({"rising": [GAIN, 1, 7]}, -2),
    ],
)
def test_combinations_by_hand(tables, node, value):
    sources = Sources(tables, {"welfare.tax_rate": 0.28}, {"three": GAIN}, {"claim": 10}.get)
    assert answer(node, sources) == pytest.approx(value)


def test_place_of_interpolation_may_be_an_answer(tables):
    node = {
        "table": "frontiers.csv",
        "where": {"subject": "math"},
        "column": "gain",
        "reduce": "interpolate",
        "of": "weight",
        "at": {
            "table": "frontiers.csv",
            "where": {"subject": "ela"},
            "column": "weight",
            "reduce": "crossing",
            "of": "gain",
        },
    }
    assert answer(node, Sources(tables, {}, {}, {}.get)) == pytest.approx(6.5)
    assert [part["where"]["subject"] for part in parts(node, {})] == ["math", "ela"]


def test_parts_of_shared_answers_are_found():
    shared = {"share": {"ratio": [GAIN, {"config": "welfare.tax_rate"}]}}
    assert list(parts({"product": [100, {"use": "share"}]}, shared)) == [
        GAIN,
        {"config": "welfare.tax_rate"},
    ]


def test_parts_of_sizes_and_orderings_are_found():
    node = {"rising": [{"size": GAIN}, {"config": "welfare.tax_rate"}]}
    assert list(parts(node, {})) == [GAIN, {"config": "welfare.tax_rate"}]


def test_division_by_zero_is_not_available(tables):
    with pytest.raises(NotAvailableError, match="the ratio divides by a zero"):
        answer({"ratio": [1, 0]}, Sources(tables, {}, {}, {}.get))


def test_unknown_choice(tables):
    with pytest.raises(AnswerError, match=r"config.yaml has no key 'welfare.tax'"):
        answer({"config": "welfare.tax"}, Sources(tables, {}, {}, {}.get))
