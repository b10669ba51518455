import numpy as np
import pandas as pd
import pytest
from allocation_cases import doubled, make_slots

from welfare_added.allocation.ces import ces_factors, gamma_grid, marginal_weights
from welfare_added.allocation.objectives import ces_objective, subject_objective
from welfare_added.allocation.plans import solve_plan

DOLLARS = {"ela": 1524, "math": 650}


def make_students(slots, seed=0):
    rng = np.random.default_rng(seed)
    parts = []
    for row in slots.itertuples():
        member = np.arange(row.students)
        lower = {s: member < getattr(row, f"lower_{s}") for s in ("ela", "math")}
        part = {"class_id": row.class_id, "year": row.year}
        for subject, flag in lower.items():
            part[f"lower_{subject}"] = flag
            part[f"lag_{subject}"] = np.where(flag, -1, 1) * rng.uniform(0.1, 2, len(member))
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def test_marginal_weights_by_hand():
    lagged = np.array([[1.0, 0.0], [-1.0, 0.0]])
    weights = marginal_weights(lagged, [0.0, 2.0], np.array([10.0, 0.0]), 40.0, 0.05)
    assert weights[0].tolist() == [1, 1]
    assert weights[1, 1] / weights[1, 0] == pytest.approx((50 / 30) ** 2)
    assert weights.mean(axis=1) == pytest.approx([1, 1])


def test_expected_earnings_have_a_floor():
    lagged = np.array([[-10.0], [0.0]])
    weights = marginal_weights(lagged, [1.0], np.array([10.0]), 40.0, 0.05)
    assert weights[0, 0] / weights[0, 1] == pytest.approx(1 / 0.05)


def test_without_aversion_factors_are_dollars_times_students():
    slots = make_slots()
    factors = ces_factors(make_students(slots), slots, [0.0, 3.0], DOLLARS, 43000, 0.05)
    assert factors[0, :, 0] == pytest.approx(1524 * slots["lower_ela"])
    assert factors[0, :, 3] == pytest.approx(650 * slots["higher_math"])
    lower, higher = factors[1, :, :2].sum(axis=0) / slots[["lower_ela", "higher_ela"]].sum()
    assert lower > 1524 > higher


def test_without_aversion_the_plan_is_the_earnings_weighted_utilitarian():
    slots = make_slots()
    factors = ces_factors(make_students(slots), slots, [0.0], DOLLARS, 43000, 0.05)
    plan, _ = solve_plan(slots, ces_objective(slots, np.array([0.0]), factors), "district")
    share = np.array([1524 / (1524 + 650)])
    utilitarian, _ = solve_plan(slots, subject_objective(slots, share), "district")
    assert plan["w000"].tolist() == utilitarian["w000"].tolist()


def test_gammas():
    assert gamma_grid(0.0, 4.9, 0.1).tolist() == [round(i / 10, 1) for i in range(50)]
    with pytest.raises(ValueError, match="is no first, last and step upwards"):
        gamma_grid(1.0, 0.0, 0.1)


def test_students_of_another_sample_are_refused():
    slots = make_slots()
    students = make_students(slots).iloc[1:]
    with pytest.raises(ValueError, match=r"1 classes hold another number.*class_id \['c000'\]"):
        ces_factors(students, slots, [0.0], DOLLARS, 43000, 0.05)


def test_students_of_the_sample_stand_for_the_tested():
    slots = make_slots()
    students = make_students(slots)
    once, twice = (
        ces_factors(students, table, [0.0, 3.0], DOLLARS, 43000, 0.05)
        for table in (slots, doubled(slots))
    )
    assert np.array_equal(twice, 2 * once)
    with pytest.raises(ValueError, match="classes hold another number of students than lower_ela"):
        ces_factors(students, doubled(slots).assign(lower_ela=1.0), [0.0], DOLLARS, 43000, 0.05)
