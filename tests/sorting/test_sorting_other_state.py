"""A second state's flows by hand, and its table refused by text."""

import numpy as np
import pandas as pd
import pytest
from pay_world import records

from welfare_added.run.errors import UserError
from welfare_added.sorting.other_state import other_state_flows, read_other_staff
from welfare_added.sorting.trends import state_flows

ROWS = [
    *(("a", 2010, "x"), ("a", 2011, "y"), ("a", 2012, "y")),
    *(("b", 2010, "x"), ("b", 2012, "x")),
    *(("c", 2011, "y"), ("c", 2012, "y")),
]


def written(tmp_path, rows=ROWS, columns=("teacher_id", "year", "district_id")):
    path = tmp_path / "other.csv"
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return path


def test_flows_by_hand(tmp_path):
    table = other_state_flows(read_other_staff(written(tmp_path)))
    share = table.set_index(["flow", "year"])["share"].to_dict()
    assert share == {
        ("entering", 2011): 1 / 2,  # c; b was a teacher before
        ("entering", 2012): 0,
        ("moving", 2011): 1 / 2,  # a
        ("moving", 2012): 0,  # b was no teacher the year before
        ("leaving", 2010): 1 / 2,  # b
        ("leaving", 2011): 0,
    }


def test_flows_of_the_studied_state_are_those_of_figure_a6():
    people = records().teacher_years
    alone = people[["teacher_id", "year", "district_id"]]
    made = other_state_flows(alone).set_index(["flow", "year"])
    own = state_flows(people).set_index(["flow", "year"])
    # Trimmed teachers have not left the studied state, and those who keep their school not moved.
    assert made.loc["entering", "teachers"].tolist() == own.loc["entering", "teachers"].tolist()
    assert np.abs(made["share"] - own["share"]).max() < 0.05


CASES = {
    "no column district_id": (ROWS, ("teacher_id", "year", "district")),
    "column year: 1 empty rows": ([*ROWS, ("d", None, "x")], None),
    "column year: 1 rows are no spring": ([*ROWS, ("d", "2010-11", "x")], None),
    "columns teacher_id, year: 1 rows recur": ([*ROWS, ("a", 2010, "z")], None),
    "column year: one year": (ROWS[:1], None),
}


@pytest.mark.parametrize("text", CASES)
def test_what_is_refused(tmp_path, text):
    rows, columns = CASES[text]
    path = written(tmp_path, rows, columns or ("teacher_id", "year", "district_id"))
    with pytest.raises(UserError, match=text):
        read_other_staff(path)
