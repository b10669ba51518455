import pandas as pd
import pytest

from welfare_added.allocation.objectives import (
    cell_problems,
    group_objective,
    social_weights,
    subject_objective,
)

# Two classes by hand: 3 lower and 1 higher in ELA (2 and 2 in math), then 1 and 5 (4 and 2).
HAND = pd.DataFrame(
    {
        "slot": [0, 1],
        "cell": [0, 0],
        "year": [2003, 2003],
        "grade": [3, 3],
        "school_id": ["a", "b"],
        "lower_ela": [3, 1],
        "higher_ela": [1, 5],
        "lower_math": [2, 4],
        "higher_math": [2, 2],
        "va_standard_ela": [0.1, -0.1],
        "va_lower_ela": [0.2, 0.0],
        "va_higher_ela": [0.1, -0.2],
        "va_standard_math": [0.3, 0.2],
        "va_lower_math": [0.4, -0.1],
        "va_higher_math": [0.0, 0.5],
    }
)
QUARTERS = social_weights(5)


def score(objective, teacher, klass, index):
    return float(objective.teachers[teacher] @ objective.classes[index, klass])


def test_equation_7_by_hand():
    objective = group_objective(HAND, {"ela": 1.0}, "heterogeneous", QUARTERS)
    assert score(objective, 0, 1, 1) == pytest.approx(0.25 * 1 * 0.2 + 0.75 * 5 * 0.1)
    assert score(objective, 1, 0, 1) == pytest.approx(0.75 * 1 * -0.2)


def test_equation_8_by_hand():
    objective = group_objective(HAND, {"math": 1.0}, "standard", QUARTERS)
    assert score(objective, 0, 1, 1) == pytest.approx((0.25 * 4 + 0.75 * 2) * 0.3)


def test_equation_9_by_hand():
    objective = subject_objective(HAND, QUARTERS)
    ela, math = 1 * 0.2 + 5 * 0.1, 4 * 0.4 + 2 * 0.0
    assert score(objective, 0, 1, 1) == pytest.approx(0.25 * ela + 0.75 * math)


def test_four_weights_by_hand():
    both = {"ela": 0.75, "math": 0.25}
    objective = group_objective(HAND, both, "heterogeneous", QUARTERS)
    lower = 0.75 * 1 * 0.2 + 0.25 * 4 * 0.4
    higher = 0.75 * 5 * 0.1 + 0.25 * 2 * 0.0
    assert score(objective, 0, 1, 3) == pytest.approx(0.75 * lower + 0.25 * higher)
    standard = group_objective(HAND, both, "standard", QUARTERS)
    ela, math = 0.75 * (0.75 * 1 + 0.25 * 5) * 0.1, 0.25 * (0.75 * 4 + 0.25 * 2) * 0.3
    assert score(standard, 0, 1, 3) == pytest.approx(ela + math)


def test_the_other_group_breaks_ties_at_the_ends():
    objective = group_objective(HAND, {"ela": 1.0}, "standard", QUARTERS)
    assert objective.ties[0].ravel().tolist() == [3, 1]
    assert objective.ties[4].ravel().tolist() == [1, 5]
    assert set(objective.ties) == {0, 4}
    assert not group_objective(HAND, {"ela": 1.0}, "standard", QUARTERS, "arbitrary").ties
    assert subject_objective(HAND, QUARTERS).ties[0].tolist() == [[3, 1, 0, 0], [1, 5, 0, 0]]


def test_schools_are_blocks_only_within_schools():
    objective = subject_objective(HAND, QUARTERS)
    (district,) = cell_problems(HAND, objective, "district")
    (school,) = cell_problems(HAND, objective, "school")
    assert district.arcs.shape == (2, 2)
    assert school.arcs.codes.tolist() == [0, 3]
    assert district.name == "cell 0 (year 2003, grade 3)"


def test_a_weight_is_its_decimal():
    grid = social_weights(101)
    assert grid[0] == 0 and grid[100] == 1
    assert grid.tolist() == [i / 100 for i in range(101)]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (1, "allocation.weights: 1 is too few; want 2 or more"),
        ([0.0, 1.2, -0.1], r"2 outside \[0, 1\], for example \[1.2, -0.1\]"),
        ([0.0, float("nan")], r"1 outside \[0, 1\], for example \[nan\]"),
        ([0.5], "want two or more"),
        ([0.5, 0.5], "each larger than the one before"),
    ],
)
def test_bad_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        social_weights(weights)


def test_unknown_choices_are_refused():
    with pytest.raises(ValueError, match=r"allocation.ends: 'pretty' is unknown"):
        subject_objective(HAND, QUARTERS, "pretty")
    with pytest.raises(ValueError, match=r"information: 'perfect' is unknown"):
        group_objective(HAND, {"ela": 1.0}, "perfect", QUARTERS)
    with pytest.raises(ValueError, match=r"scope: 'state' is unknown"):
        list(cell_problems(HAND, subject_objective(HAND, QUARTERS), "state"))
