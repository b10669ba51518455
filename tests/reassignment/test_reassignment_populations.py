"""Persons behind published numbers."""

import numpy as np
import pytest
from transfers_world import as_raw, design, world

from welfare_added.reassignment.populations import populations


def test_populations_are_counted_by_persons():
    raw, made = as_raw(world("small").tables), design("small")
    found = populations(raw, made, ["schools", "share_black_its"]).set_index("population")
    people = made.records.teacher_years
    taught = people[people["position"] >= 0]["teacher"]
    assert found.loc["teachers", "students"] == taught.nunique()
    assert found.loc["fact_schools", "students"] == taught.nunique()
    assert found.loc["applicants", "students"] == raw.tables["applications"]["teacher_id"].nunique()
    pupils = made.records.students["student_id"].to_numpy()[made.pairs.student]
    assert found.loc["students", "students"] == len(np.unique(pupils))
    white = made.records.students["minority"].to_numpy()[made.pairs.student] == 0
    assert found.loc["group_white", "students"] == len(np.unique(pupils[white]))
    quarters = [found.loc[f"group_quartile_{number}", "students"] for number in (1, 2, 3, 4)]
    assert sum(quarters) >= found.loc["group_all", "students"] == found.loc["students", "students"]


def test_of_a_share_the_fewest_of_both_sides_count():
    raw, made = as_raw(world("small").tables), design("small")
    found = populations(raw, made, ["share_black_its"]).set_index("population")["students"]
    people = made.records.teacher_years
    own = people[people["position"] >= 0]
    names = made.records.teachers[own["teacher"]]
    applied = names.isin(raw.tables["applications"]["teacher_id"])
    black = own["black"].to_numpy() == 1
    sides = [len(set(names[applied & side])) for side in (black, ~black)]
    assert found["fact_share_black_its"] == min(sides)
    everybody = set(names[black]), set(names[~black])
    assert found["table_01_black"] == min(map(len, everybody))
    with pytest.raises(KeyError):
        found["fact_schools"]
