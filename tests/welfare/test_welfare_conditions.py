"""Conditions (2)-(4) and (15)-(19) by hand, student by student, and as the paper argues them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from welfare_added.welfare.bias import bias_table
from welfare_added.welfare.classrooms import build_classrooms, subject_weights
from welfare_added.welfare.conditions import COLUMNS, conditions_table
from welfare_added.welfare.reallocations import Reallocation

KEY = ["year", "grade", "school_id", "class_id"]
SWAP = np.array([[0, 1, 2], [1, 0, 2]])
PLANNER = (0.75, 0.7, 0.5)
OF_PLANS = ["2", "3", "4", "15"]


def at(table, condition, by, weight):
    rows = table[(table["condition"] == condition) & (table["by"] == by)]
    (found,) = rows[rows["weight"] == weight].to_dict("records")
    return found


@pytest.fixture
def swapped(three):
    plan = Reallocation("ela", "district", "heterogeneous", np.array([0.0, 1.0]), SWAP)
    return conditions_table([plan], three, three.effects, *PLANNER)


def test_teachers_of_the_swap_by_hand(swapped):
    """a: 1/20 on one lower and one higher, 1/15 on two lower and one higher; b: 1/10, and 1/6."""
    found = at(swapped, "16-19", "ela", 1.0)
    assert found["by_mean"] == approx((1 / 20 - 1 / 15 + 1 / 6 - 1 / 10) / 2)
    assert found["by_group"] == 0
    assert (found["teachers"], found["holds"], found["holds_in_size"]) == (2, 0.5, 1)


def test_a_teacher_without_a_group_to_compare_is_left_out(swapped):
    """Of b's class nobody is lower-scoring in math; a's has one other, with an effect of 0."""
    found = at(swapped, "16-19", "math", 1.0)
    assert found["teachers"] == 1
    assert found["by_mean"] == approx(1 / 20 - 1 / 15)
    assert found["by_group"] == approx(1 / 20)
    assert (found["holds"], found["holds_in_size"]) == (0, 0)


def test_a_plan_without_moves_has_no_bias_and_no_teachers(swapped):
    for condition in OF_PLANS:
        found = at(swapped, condition, "ela", 0.0)
        assert (found["by_group"], found["by_mean"], found["holds"]) == (0, 0, 0)
    found = at(swapped, "16-19", "ela", 0.0)
    assert found["teachers"] == 0 and np.isnan(found["holds"])


def test_columns_and_rows(swapped):
    assert list(swapped.columns) == COLUMNS
    assert len(swapped) == 2 * 2 * 5
    assert not swapped.duplicated(["by", "condition", "weight"]).any()


def world(make, seed, subject):
    students, slots = make.tables(seed, schools=2, classes=3)
    truth = make.truth(slots, seed).set_index(["subject", "teacher_id", "year"])
    classrooms = build_classrooms(slots, students, "slots")
    names = list(zip(slots["teacher_id"], slots["year"], strict=True))
    effects = np.stack(
        [
            truth.loc[[(s, *n) for n in names]][["true_higher", "true_lower"]]
            for s in ("ela", "math")
        ],
        axis=1,
    )
    plan = make.plan(slots, "district", 2, seed)
    reallocation = Reallocation(subject, "district", "heterogeneous", np.array([0.0, 1.0]), plan)
    return students.merge(slots[[*KEY, "slot"]], on=KEY), classrooms, effects, reallocation


def effect(effects, weights, slot, student):
    """True effect of a slot's teacher on a student's score."""
    flags = int(student["lower_ela"]), int(student["lower_math"])
    return sum(weights[s] * effects[slot, s, flags[s]] for s in (0, 1))


def of_groups(student, by):
    flags = student["lower_ela"], student["lower_math"]
    return flags if by == "both" else flags[["ela", "math"].index(by)]


@pytest.mark.parametrize(
    ("subject", "by"),
    [("ela", "ela"), ("ela", "math"), ("math", "math"), ("both", "both"), ("both", "ela")],
)
def test_teachers_student_by_student(make, subject, by):
    students, classrooms, effects, reallocation = world(make, 5, subject)
    table = conditions_table([reallocation], classrooms, effects, *PLANNER)
    weights = subject_weights(subject, 0.75)
    classes = [group.to_dict("records") for _, group in students.groupby("slot")]
    for weight, teachers in zip((0.0, 1.0), reallocation.teachers, strict=True):
        sides = []
        for new, teacher in enumerate(teachers):
            if new == teacher:
                continue
            gain = np.mean([effect(effects, weights, teacher, s) for s in classes[new]])
            loss = np.mean([effect(effects, weights, teacher, s) for s in classes[teacher]])
            within = 0.0
            for group in {of_groups(student, by) for student in classes[new]}:
                inside = [
                    [
                        effect(effects, weights, teacher, s)
                        for s in room
                        if of_groups(s, by) == group
                    ]
                    for room in (classes[new], classes[teacher])
                ]
                share = len(inside[0]) / len(classes[new])
                missing = not inside[1]
                within += np.nan if missing else share * (np.mean(inside[0]) - np.mean(inside[1]))
            if not np.isnan(within):
                sides.append((within, gain - loss))
        found = at(table, "16-19", by, weight)
        within, mean = np.array(sides).T
        assert found["teachers"] == len(sides) > 5
        assert found["by_group"] == approx(within.mean(), abs=1e-11)
        assert found["by_mean"] == approx(mean.mean(), abs=1e-11)
        assert found["holds"] == approx((within < mean - 1e-12).mean())
        assert found["holds_in_size"] == approx((np.abs(within) < np.abs(mean) - 1e-12).mean())


@pytest.mark.parametrize("subject", ["ela", "both"])
def test_validity_without_weights_student_by_student(make, subject):
    """(15): mean true change less that by standard value added, and less that by group."""
    students, classrooms, effects, reallocation = world(make, 6, subject)
    table = conditions_table([reallocation], classrooms, effects, *PLANNER)
    weights = subject_weights(subject, 0.75)
    estimated = {"by_mean": classrooms.standard_effects, "by_group": classrooms.effects}
    for weight, teachers in zip((0.0, 1.0), reallocation.teachers, strict=True):
        found = at(table, "15", subject, weight)
        for side, estimates in estimated.items():
            missed = []
            for student in students.to_dict("records"):
                old, new = student["slot"], teachers[student["slot"]]
                change = [
                    effect(one, weights, new, student) - effect(one, weights, old, student)
                    for one in (effects, estimates)
                ]
                missed.append(change[0] - change[1])
            assert found[side] == approx(np.mean(missed), abs=1e-11)


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=10, deadline=None)
@given(seed=seeds, subject=st.sampled_from(["ela", "math", "both"]))
def test_condition_2_holds_where_the_text_says(make, seed, subject):
    """Both covariances of one sign, or (3): that within groups less than half that between."""
    _, classrooms, effects, reallocation = world(make, seed, subject)
    table = conditions_table([reallocation], classrooms, effects, *PLANNER)
    bias = bias_table([reallocation], classrooms, effects, *PLANNER)
    first, second = (bias[bias["theorem"] == number].set_index("weight") for number in (1, 2))
    for weight in (0.0, 1.0):
        within = second.loc[weight, "covariance"]
        between = first.loc[weight, "covariance"] - within
        two, three, four = (at(table, number, subject, weight) for number in ("2", "3", "4"))
        assert two["holds"] == (within * between > 0 or bool(three["holds"]))
        assert two["holds"] == two["holds_in_size"]
        assert two["by_group"] == approx(abs(within), abs=1e-11)
        assert three["by_mean"] == approx(abs(between), abs=1e-11)
        sides = [one.loc[weight, "external_validity"] for one in (second, first)]
        assert [four["by_group"], four["by_mean"]] == approx(sides, abs=1e-11)
        assert four["holds"] == (sides[0] < sides[1])
        assert four["holds_in_size"] == (abs(sides[0]) < abs(sides[1]))
