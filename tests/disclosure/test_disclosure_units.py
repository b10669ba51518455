"""Papers whose numbers are of students alone; shares and counts of a row; fewer digits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from welfare_added.disclosure.declarations import (
    UNITS,
    Declared,
    Kind,
    Parts,
    declared_units,
    published_choices,
    published_tables,
    read,
    read_declared,
)
from welfare_added.disclosure.errors import DisclosureError
from welfare_added.disclosure.gate import publishable, withheld_parts
from welfare_added.disclosure.populations import fewest, persons, population_table
from welfare_added.disclosure.profiles import PROFILES
from welfare_added.release.published_tables import problems

N10 = PROFILES["n10"]
ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/disclosure.schema.json"
ELLISON = ROOT / "workflow/papers/ellison_2020/disclosure.yaml"
STUDENTS = pd.DataFrame({"population": ["all"], "students": [500], "students_sure": [500.0]})
SHARE = Kind("share", "students", whole="students", digits=2)


def declared(cells, **more):
    kinds = {name: kind if isinstance(kind, Kind) else Kind(kind) for name, kind in cells.items()}
    return Declared(
        path="t", of=("all",), cells=kinds, **{"keys": {}, "units": ("students",), **more}
    )


CLASSES = declared(
    {
        "students": Kind("count", "students"),
        "mean": Kind("estimate", digits=3),
        "gap": "estimate",
        "minority": SHARE,
        "asian": SHARE,
        "why": "withheld",
    },
    together=(("minority", "gap"),),
    rest=(("minority", "asian"),),
)


def classes():
    return pd.DataFrame(
        {
            "students": [100, 100, 40, 9, 100],
            "mean": [98.7654, 97.0, 88.0, 77.0, 66.0],
            "gap": [1.23456] * 5,
            "minority": [0.456, 0.456, 0.2, 0.5, 0.6],
            "asian": [0.251, 0.049, 0.3, 0.5, 0.34],
            "why": ["", "9 students", "", "", ""],
        }
    )


def test_a_paper_of_students_alone_needs_no_teachers():
    shown, _ = publishable(classes(), CLASSES, STUDENTS, N10)
    assert shown["mean"].tolist()[:3] == [98.8, 97.0, 88.0]


@pytest.mark.parametrize("missing", ["students", "teachers", "schools", "largest_two"])
def test_a_count_that_applies_and_is_missing_stops_the_gate(missing):
    counts = {"students": 50, "teachers": 50, "schools": 9, "students_sure": 50.0,
              "largest_two": 0.1}  # fmt: skip
    whole = pd.DataFrame([{"population": "all", **counts}])
    spec = replace(declared({"y": "estimate"}), units=UNITS)
    table = pd.DataFrame({"y": [1.0]})
    assert publishable(table, spec, whole, N10)[0]["y"].tolist() == [1.0]
    for people in (whole.drop(columns=missing), whole.assign(**{missing: np.nan})):
        with pytest.raises(DisclosureError, match=f"all: no count of {missing}"):
            publishable(table, spec, people, N10)


def test_a_population_that_nobody_counted_stops_the_gate():
    spec = replace(declared({"y": "estimate"}), of=("others",))
    with pytest.raises(DisclosureError, match="no population others"):
        publishable(pd.DataFrame({"y": [1.0]}), spec, STUDENTS, N10)


def test_shares_of_a_row_are_of_its_own_count():
    shown, withheld = publishable(classes(), CLASSES, STUDENTS, N10)
    # Two digits; 20 percent of 40 are eight; nothing of nine is shown.
    assert shown["minority"].tolist()[:2] == [0.46, 0.46]
    assert shown["minority"].isna().tolist() == [False, False, True, True, False]
    assert shown["gap"].isna().tolist() == [False, False, True, True, False]
    # Five Asians are too few, and so are the six of 100 whom 60 and 34 leave.
    assert shown["asian"].isna().tolist() == [False, True, False, True, True]
    assert shown["students"].tolist()[:3] == [100, 100, 40] and np.isnan(shown["students"][3])
    assert shown["why"].isna()[1] and "never published" in set(withheld["reason"])


def look(tmp_path, table, spec):
    table.to_csv(tmp_path / "t.csv", index=False)
    return problems(tmp_path / "t.csv", spec, STUDENTS, N10)


def test_what_passed_is_in_order(tmp_path):
    shown, _ = publishable(classes(), CLASSES, STUDENTS, N10)
    assert look(tmp_path, shown, CLASSES) == []


SPOILED = {
    "a digit too many": ({"mean": 98.77}, "column mean, line 2: more than 3 significant digits"),
    "a share with three": ({"minority": 0.456}, "line 2: more than 2 significant digits"),
    "a share of few": ({"minority": 0.05}, "column minority, line 2: a share of fewer than 10"),
    "a full share": ({"asian": 1.0}, "column asian, line 2: a share of fewer than 10 students"),
    "no whole": ({"students": None}, "column minority, line 2: a share of fewer than 10"),
    "a small rest": ({"asian": 0.5}, "line 2: minority, asian leave a share of too few"),
    "a reason": ({"why": "9 students"}, "column why, line 2: text instead of a number"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_what_may_not_be_published_is_found_out(case, tmp_path):
    changes, text = SPOILED[case]
    shown, _ = publishable(classes(), CLASSES, STUDENTS, N10)
    for column, value in changes.items():
        shown[column] = shown[column].astype(object)
        shown.loc[0, column] = value
    assert text in "\n".join(look(tmp_path, shown, CLASSES))


TWO_WAY = declared(
    {"students": Kind("count", "students")},
    keys={"row": None, "column": None},
    parts=(Parts((), ("row",), count="students"), Parts((), ("column",), count="students")),
)


def matrix(counts: np.ndarray) -> pd.DataFrame:
    rows, columns = np.indices(counts.shape)
    return pd.DataFrame(
        {"row": rows.ravel(), "column": columns.ravel(), "students": counts.ravel()}
    )


@given(st.lists(st.integers(0, 40), min_size=16, max_size=16))
def test_no_withheld_count_of_a_matrix_follows_from_a_row_or_column(numbers):
    counts = np.array(numbers).reshape(4, 4)
    shown, _ = publishable(matrix(counts), TWO_WAY, STUDENTS, N10)
    hidden = shown["students"].isna().to_numpy().reshape(4, 4)
    assert hidden[counts < 10].all()
    for out, of in ((hidden, counts), (hidden.T, counts.T)):
        for line, number in zip(out, of, strict=True):
            assert not line.any() or line.all() or (line.sum() > 1 and number[line].sum() >= 10)


def test_nothing_is_withheld_where_no_count_is_small():
    shown, withheld = publishable(matrix(np.full((4, 4), 20)), TWO_WAY, STUDENTS, N10)
    assert shown["students"].tolist() == [20] * 16 and withheld.empty


def test_a_single_withheld_count_of_a_sum_is_found_out(tmp_path):
    table = matrix(np.full((2, 3), 20)).astype({"students": float})
    table.loc[0, "students"] = np.nan
    found = look(tmp_path, table, TWO_WAY)
    assert found == ["0: the withheld part follows from the others"] * 2


def test_parts_are_added_from_the_smallest_until_together_they_are_enough():
    numbers = pd.Series({"a": 3, "b": 6, "c": 11, "d": 40})
    assert withheld_parts(numbers, 10) == ["a", "b", "c"]
    assert withheld_parts(numbers[["c", "d"]], 10) == []
    assert withheld_parts(numbers[["c", "d"]], 10, inside=["d"]) == ["d", "c"]
    assert withheld_parts(numbers[["a"]], 10) == ["a"]


def test_persons_of_several_rows_count_once():
    assert persons(pd.Series(["a", "a", "b"])) == {"students": 2, "students_sure": 1.5}
    assert persons(pd.Series([], dtype=str)) == {"students": 0, "students_sure": 0}
    counts = [{"students": 5, "largest_two": 0.2}, {"students": 3, "largest_two": 0.1}]
    assert fewest(counts) == {"students": 3, "largest_two": 0.2}
    table = population_table({"all": {"students": 5}, "some": {"students": 3}})
    assert table["population"].tolist() == ["all", "some"]


def test_names_that_are_numbers_stay_as_they_are(tmp_path):
    (tmp_path / "t.csv").write_text("school,students\n007,20\n")
    spec = declared({"students": Kind("count", "students")}, keys={"school": None})
    table = read_declared(tmp_path / "t.csv", spec)
    shown, _ = publishable(table, spec, STUDENTS, N10)
    assert shown["school"].tolist() == ["007"]


def test_what_the_paper_declares_of_applicants():
    made = read(ELLISON, SCHEMA)
    assert declared_units(ELLISON) == ["students"] and made["classes"].units == ("students",)
    assert declared_units(ROOT / "no.yaml") == list(UNITS)
    for name in ("classes", "benchmarks", "levers", "best_rules"):
        assert made[name].kind("lowest").name == "withheld"
        assert made[name].kind("minority").whole == "students"
    assert made["moves"].populations("share", {"grade": 7, "cohort": 2008, "sample": "all"}) == (
        "applicants",
        "moves_7_2008_all",
    )
    never = {"frontiers", "schools/histograms", "schools/displaced_by_tract", "assignments"}
    assert not never & set(made)


def test_a_table_whose_condition_a_study_does_not_meet_is_not_published():
    assert "moves" in published_tables(ELLISON)
    without = published_tables(ELLISON, lambda needed: needed != {"table": "enrolments"})
    assert "moves" not in without and "classes" in without


def test_choices_that_a_release_shows_hold_no_place_and_no_column():
    for paper in ("eastmond_2024", "ellison_2020"):
        path = ROOT / f"workflow/papers/{paper}/disclosure.yaml"
        shown = published_choices(path)["shown"]
        assert not {"district", "district.source", "district.columns", "partition"} & set(shown)
    assert published_choices(ROOT / "no.yaml") == {"shown": []}
