"""What a user reads when inputs do not fit together."""

import logging

import numpy as np
import pandas as pd
import pytest

from welfare_added.welfare.bias import COLUMNS, no_truth, read_true_effects
from welfare_added.welfare.classrooms import build_classrooms, subject_weights
from welfare_added.welfare.equal_gain_index import index_table
from welfare_added.welfare.public_funds import bonus_grid
from welfare_added.welfare.reallocations import read_reallocation, utilitarian_position

WEIGHTS = np.array([0.0, 0.5, 1.0])


@pytest.fixture
def plan_of(make, tmp_path):
    """Write a plan after a change to its teachers, and read it for a scope."""
    students, slots = make.tables(3)
    classrooms = build_classrooms(slots, students, "slots.parquet")

    def read(change=lambda teachers: None, scope="district", weights=WEIGHTS, rows=None):
        teachers = make.plan(slots, "school", 3, 5)
        change(teachers)
        table = pd.DataFrame({f"w{n:03d}": row for n, row in enumerate(teachers)})
        table.insert(0, "slot", np.arange(len(slots)))
        path = tmp_path / f"ela_{scope}_standard.parquet"
        table.iloc[:rows].to_parquet(path)
        return read_reallocation(path, ("ela", scope, "standard"), classrooms, weights)

    read.slots = slots
    return read


def test_a_good_plan_is_read(plan_of):
    reallocation = plan_of(scope="school")
    assert (reallocation.subject, reallocation.scope, reallocation.information) == (
        "ela",
        "school",
        "standard",
    )
    assert reallocation.teachers.shape == (3, len(plan_of.slots))
    assert reallocation.weights.tolist() == [0, 0.5, 1]


def test_plan_that_gives_a_teacher_two_classes(plan_of):
    def twice(teachers):
        teachers[1, 4] = teachers[1, 5]

    with pytest.raises(
        ValueError,
        match=r"ela_district_standard\.parquet: column w001 must give "
        r"each class one teacher of its own cell .*; 2 rows do not: slot 4 has teacher",
    ):
        plan_of(twice)


def test_plan_that_crosses_cells(plan_of):
    last = len(plan_of.slots) - 1

    def swap(teachers):
        teachers[2] = np.arange(last + 1)
        teachers[2, [0, last]] = last, 0

    with pytest.raises(ValueError, match=rf"w002 .*2 rows do not: slot 0 has teacher {last}, "):
        plan_of(swap)


def test_plan_that_crosses_schools(plan_of):
    slots = plan_of.slots
    first = slots[slots["cell"] == slots["cell"][0]]
    a, b = first["slot"].iloc[0], first["slot"].iloc[-1]

    def swap(teachers):
        teachers[0] = np.arange(len(slots))
        teachers[0, [a, b]] = b, a

    assert plan_of(swap) is not None
    with pytest.raises(ValueError, match="of its own cell and school_id"):
        plan_of(swap, scope="school")


def test_plan_with_a_teacher_who_does_not_exist(plan_of):
    def outside(teachers):
        teachers[0, 0] = 10_000

    with pytest.raises(ValueError, match="slot 0 has teacher 10000"):
        plan_of(outside)


def test_plan_of_other_slots(plan_of):
    with pytest.raises(ValueError, match="column slot has 5 rows which are not the 36 slots"):
        plan_of(rows=5)


def test_plan_of_other_weights(plan_of):
    with pytest.raises(ValueError, match=r"3 columns \(w000, w001, w002, ...\) where 11 weights"):
        plan_of(weights=np.linspace(0, 1, 11))


def test_slots_and_students_disagree(make):
    students, slots = make.tables(3)
    slots.loc[2, "lower_math"] += 1
    with pytest.raises(
        ValueError,
        match=r"slots.parquet: column lower_math disagrees with the "
        r"students' table in 1 rows: slot 2 \(class c\d+, year 2003\) says \d+, students \d+",
    ):
        build_classrooms(slots, students, "slots.parquet")


def test_slots_out_of_number(make):
    students, slots = make.tables(3)
    with pytest.raises(ValueError, match="column slot must number the rows 0 to 35"):
        build_classrooms(slots.assign(slot=slots["slot"] + 1), students, "slots.parquet")


def test_unknown_subject():
    with pytest.raises(ValueError, match="'science' is unknown; want ela, math or both"):
        subject_weights("science", 0.75)


def test_no_utilitarian_weight():
    with pytest.raises(ValueError, match=r"weight 0\.5 is not among the 4 social weights"):
        utilitarian_position(np.linspace(0, 1, 4))


def test_frontier_without_standard_plans():
    frontiers = pd.DataFrame(
        {
            "subject": "ela",
            "scope": "district",
            "information": "heterogeneous",
            "weight": WEIGHTS,
            "gain_lower": 0.0,
            "gain_higher": 0.0,
            "gain_mean": 0.0,
        }
    )
    with pytest.raises(ValueError, match=r"\(ela, district\): standard has 0 weights where 3"):
        index_table(frontiers, np.ones((2, 2)), 0.75)


def test_bonuses_in_the_wrong_order():
    with pytest.raises(ValueError, match=r"welfare.bonuses is \[500, 100\]"):
        bonus_grid((500, 100))


def test_missing_truth(make, three, tmp_path):
    truth = make.truth(three.slots, 1)
    lacking = truth[(truth["subject"] == "ela") | (truth["teacher_id"] != "b")]
    path = tmp_path / "truth.parquet"
    lacking.to_parquet(path)
    with pytest.raises(
        ValueError,
        match=r"truth.parquet: .*no math effect for 1 of 3 slots: "
        r"teacher b in 2010",
    ):
        read_true_effects(path, three)


def test_no_truth_gives_no_rows_and_says_why(caplog):
    with caplog.at_level(logging.WARNING):
        table = no_truth()
    assert len(table) == 0
    assert list(table.columns) == COLUMNS
    assert "No true effects exist for this district" in caplog.text
