"""Tied plans: by hand, against their exact mean, and against plans solved with each choice."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.allocation.frontier import group_gain
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.tie_breaks import plan_objective, tied
from welfare_added.welfare.classrooms import build_classrooms
from welfare_added.welfare.reallocations import Reallocation
from welfare_added.welfare.tie_breaks import AT, COLUMNS, tie_break_table

PRICES = {"ela": 1524, "math": 650}
DRAWS = 400
SPREAD = ("mean", "sd")
LABELS = [
    ("ela", "district", "standard"),
    ("ela", "district", "heterogeneous"),
    ("both", "school", "standard"),
    ("both", "school", "heterogeneous"),
    ("subjects", "district", "heterogeneous"),
]


def plan(slots, label, ends="efficient"):
    subject, scope, information = label
    objective = plan_objective(slots, subject, information, AT, 0.75, ends)
    teachers = solve_plan(slots, objective, scope)[0].drop(columns="slot").to_numpy().T
    return Reallocation(subject, scope, information, AT, teachers)


@pytest.fixture(scope="module")
def classrooms(make):
    students, slots = make.tables(4, years=1, schools=5, classes=6, size=5)
    return build_classrooms(slots, students, "slots")


def table_of(classrooms, draws=DRAWS, seed=1, ends="efficient"):
    plans = [plan(classrooms.slots, label, ends) for label in LABELS]
    return tie_break_table(plans, classrooms, 0.75, PRICES, 15.5, draws, seed)


@pytest.fixture(scope="module")
def table(classrooms):
    return table_of(classrooms)


def row(table, label, weight, tie_break):
    keys = ["subject", "scope", "information", "weight", "tie_break"]
    return table.set_index(keys).loc[(*label, weight, tie_break)]


def test_rows_and_columns(table):
    assert list(table)[5:] == COLUMNS
    assert not table.duplicated(["subject", "scope", "information", "weight", "tie_break"]).any()
    standard = table[(table["information"] == "standard") & (table["weight"] == 0.5)]
    assert set(standard["tie_break"]) == {
        "stay",
        "least",
        "most",
        "mean",
        "sd",
        "lowest",
        "highest",
    }
    ends = table[(table["information"] == "heterogeneous") & (table["weight"] == 1)]
    assert set(ends["tie_break"]) == {"stay", "efficient", "mean", "sd", "lowest", "highest"}


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_ends_are_those_of_plans_solved_with_each_choice(classrooms, table, label, weight):
    slots = classrooms.slots
    for ends, tie_break in (("efficient", "efficient"), ("arbitrary", "stay")):
        solved = plan(slots, label, ends).teachers[[0 if weight == 0 else 2]]
        found = row(table, label, weight, tie_break)
        for subject in ("ela", "math"):
            students = [slots[f"{g}_{subject}"].sum() for g in ("lower", "higher")]
            gains = [group_gain(slots, solved, subject, g)[0] for g in ("lower", "higher")]
            want = np.dot(students, gains) / sum(students)
            assert found[f"gain_{subject}"] == pytest.approx(want, abs=1e-11)


def test_the_table_does_not_depend_on_which_optimum_is_given(classrooms, table):
    again = table_of(classrooms, ends="arbitrary")
    stated = table["tie_break"].isin(["stay", "efficient", "least", "most"])
    gains = ["gain_lower", "gain_higher", "gain_mean", "gain_ela", "gain_math"]
    pd.testing.assert_frame_equal(table.loc[stated, gains], again.loc[stated, gains])


@pytest.mark.parametrize(("label", "index"), [(LABELS[0], 1), (LABELS[2], 1), (LABELS[4], 0)])
def test_the_mean_is_the_exact_one(classrooms, table, label, index):
    """A class expects the mean value added of the teachers whom its group of equal classes has."""
    slots, one = classrooms.slots, plan(classrooms.slots, label)
    objective = plan_objective(slots, label[0], label[2], AT, 0.75)
    groups = pd.Series(tied(slots, objective, label[1]).classes[index])
    for subject in ("ela", "math"):
        total = 0.0
        for group in ("lower", "higher"):
            own = slots[f"va_{group}_{subject}"]
            held = pd.Series(own.to_numpy()[one.teachers[index]])
            expected = held.groupby(groups.to_numpy()).transform("mean")
            total += (slots[f"{group}_{subject}"] * (expected - own)).sum()
        want = total / classrooms.counts.sum()
        mean, sd = (row(table, label, AT[index], name)[f"gain_{subject}"] for name in SPREAD)
        counted = label[0] == "subjects" and subject == "math"  # what the planner counts is equal
        assert (sd == 0) if counted else (sd > 1e-4)
        assert mean == pytest.approx(want, abs=4 * sd / np.sqrt(DRAWS) + 1e-11)


def test_extremes_enclose_the_random_tie_breaks(table):
    for label in (LABELS[0], LABELS[2]):
        rows = {
            n: row(table, label, 0.5, n) for n in ("least", "lowest", "mean", "highest", "most")
        }
        mixes = {"ela": (1, 0), "both": (0.75, 0.25)}[label[0]]
        gains = [np.dot(mixes, rows[n][["gain_ela", "gain_math"]].astype(float)) for n in rows]
        assert gains[0] < gains[2] < gains[4]
    ela = [row(table, LABELS[0], 0.5, n)["gain_ela"] for n in rows]
    assert ela == sorted(ela)


def test_ties_cost_the_planner_nothing(table):
    """Gains that the planner counts do not differ between tied allocations."""
    for weight, own in ((0.0, "gain_higher"), (1.0, "gain_lower")):
        some = table[(table["subject"] == "ela") & (table["information"] == "heterogeneous")]
        some = some[some["weight"] == weight].set_index("tie_break")[own]
        assert some["sd"] == 0
        assert some.drop("sd").nunique() == 1
    sd = table[(table["tie_break"] == "sd") & (table["weight"] == 0.5)]
    same = sd[(sd["subject"] != "subjects") & (sd["information"] == "heterogeneous")]
    assert (same[["gain_lower", "gain_higher", "gain_mean"]] == 0).all(axis=None)


def test_comparisons_with_heterogeneous_plans(table):
    chosen = row(table, LABELS[1], 0.5, "stay")["gain_mean"]
    for tie_break in ("stay", "least", "most"):
        found = row(table, LABELS[0], 0.5, tie_break)
        assert found["heterogeneous_more"] == pytest.approx(100 * (chosen / found["gain_mean"] - 1))
        ratio = found["gain_higher"] / found["gain_lower"]
        assert found["higher_over_lower"] == pytest.approx(ratio)
    assert np.isnan(row(table, LABELS[1], 0.5, "stay")["heterogeneous_more"])


def test_draws_depend_on_the_seed_alone(classrooms, table):
    pd.testing.assert_frame_equal(table_of(classrooms), table)
    other = table_of(classrooms, seed=2)
    assert (
        row(other, LABELS[0], 0.5, "mean")["gain_ela"]
        != row(table, LABELS[0], 0.5, "mean")["gain_ela"]
    )


def test_what_cannot_be_compared_is_refused(classrooms):
    with pytest.raises(ValueError, match=r"allocation\.tie_breaks: 1 is too few"):
        table_of(classrooms, draws=1)
    one = plan(classrooms.slots, LABELS[0])
    few = Reallocation(*LABELS[0], np.array([0.0, 1.0]), one.teachers[[0, 2]])
    with pytest.raises(ValueError, match=r"weight 0\.5 is not among the 2 weights of the plan for"):
        tie_break_table([few], classrooms, 0.75, PRICES, 15.5, 5, 1)
    with pytest.raises(ValueError, match="plan for ela, district, heterogeneous, is missing"):
        tie_break_table([one], classrooms, 0.75, PRICES, 15.5, 5, 1)
