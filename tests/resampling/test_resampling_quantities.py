"""Quantities against the pipeline's own tables, and the year left out against planted truth."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from allocation_cases import make_slots

from welfare_added.allocation.frontier import frontier
from welfare_added.allocation.objectives import group_objective
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.slots import build_slots
from welfare_added.district.sample import regrouped
from welfare_added.resampling.held_out import with_own_year
from welfare_added.resampling.quantities import KEY, PLANS, quantities
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import as_batches
from welfare_added.welfare.classrooms import build_classrooms
from welfare_added.welfare.earnings import earnings_table
from welfare_added.welfare.public_funds import break_even_bonus, utilitarian_totals
from welfare_added.welfare.reallocations import Reallocation


@pytest.fixture(scope="module")
def made(sample, choices):
    """Estimates, slots and the plan for both subjects, as the workflow's rules make them."""
    found = estimate_value_added(as_batches(sample.students), **choices.estimation)
    slots = build_slots(sample.classes, found.estimates_to_keep())
    shares = {"ela": choices.weight_ela, "math": 1 - choices.weight_ela}
    weights = np.array(choices.weights)
    objective = group_objective(slots, shares, "heterogeneous", weights, choices.ends)
    plan, _ = solve_plan(slots, objective, "school")
    return SimpleNamespace(found=found, slots=slots, plan=plan, weights=weights)


def of(table, quantity, **labels):
    rows = table[table["quantity"] == quantity]
    for name, value in labels.items():
        rows = rows[rows[name] == value]
    return rows.set_index("weight")["value"].sort_index()


def test_groups_taken_again_of_the_whole_sample_are_the_samples_own(sample):
    students, classes = regrouped(sample.students, "year_grade", "at_or_below")
    pd.testing.assert_frame_equal(students, sample.students)
    pd.testing.assert_frame_equal(classes, sample.classes)


def test_medians_are_those_of_the_students_at_hand(sample):
    low = sample.students[sample.students["lag_ela"] < 0]
    students, _ = regrouped(low, "year_grade", "at_or_below")
    cells = students.groupby(["year", "grade"])["lag_ela"].transform("median")
    assert (students["lower_ela"] == (low["lag_ela"] <= cells)).all()
    assert 0.4 < students["lower_ela"].mean() < 0.6 and low["lower_ela"].mean() > 0.9


def test_earnings_and_bonus_are_those_of_the_welfare_tables(sample, choices, estimates, made):
    classrooms = build_classrooms(made.slots, sample.students, "slots")
    teachers = made.plan.drop(columns="slot").to_numpy().T
    moved = Reallocation("both", "school", "heterogeneous", made.weights, teachers)
    usual = choices.earnings_per_sd, choices.lifetime_multiplier
    earnings = earnings_table([moved], classrooms, *usual).set_index("weight")
    for name in ("earnings_lower", "earnings_higher", "earnings_mean", "total_per_year"):
        own = of(estimates, name, scope="school")
        np.testing.assert_allclose(own, earnings[name], rtol=1e-9)
    total = utilitarian_totals(earnings.reset_index())["school"]
    bonus = break_even_bonus(total, classrooms.teachers_per_year, choices.tax_rate)
    own = of(estimates, "break_even_bonus", scope="school")
    assert own[0.5] == pytest.approx(bonus, rel=1e-12)


def test_gains_are_those_of_the_frontiers(choices, estimates, made):
    for subject, scope, information in PLANS[:-2]:
        weights = made.weights if information == "heterogeneous" else np.array([0.5])
        objective = group_objective(made.slots, {subject: 1.0}, information, weights)
        table = frontier(made.slots, *solve_plan(made.slots, objective, scope), {subject: 1.0})
        labels = {"subject": subject, "scope": scope, "information": information}
        for gain in ("gain_lower", "gain_higher", "gain_mean"):
            own = of(estimates, gain, **labels)
            np.testing.assert_array_equal(own, table.set_index("weight")[gain])


def test_comparisons_by_hand(estimates):
    for subject in ("ela", "math"):
        labels = {"subject": subject, "scope": "district"}
        chosen = of(estimates, "gain_mean", **labels, information="heterogeneous")[0.5]
        standard = of(estimates, "gain_mean", **labels, information="standard")[0.5]
        over = of(estimates, "over_standard", **labels)[0.5]
        assert over == pytest.approx(chosen / standard - 1, rel=1e-12)
        higher, lower = (
            of(estimates, f"gain_{group}", **labels, information="standard")[0.5]
            for group in ("higher", "lower")
        )
        assert of(estimates, "higher_over_lower", **labels)[0.5] == pytest.approx(higher / lower)
        held_out = of(estimates, "held_out_mean", **labels, information="heterogeneous")
        claimed = of(estimates, "gain_mean", **labels, information="heterogeneous")
        overstated = of(estimates, "overstated", **labels, information="heterogeneous")
        np.testing.assert_allclose(overstated, claimed - held_out, atol=1e-15)


def test_the_index_is_what_the_planner_maximises(estimates, made):
    """At weight w: (w n_L G_L + (1 - w) n_H G_H) / (w n_L + (1 - w) n_H)."""
    lower, higher = made.slots["lower_ela"].sum(), made.slots["higher_ela"].sum()
    labels = {"subject": "ela", "scope": "district", "information": "heterogeneous"}
    index = of(estimates, "index", **labels)
    gains = [of(estimates, f"gain_{group}", **labels) for group in ("lower", "higher")]
    assert index[0.0] == pytest.approx(gains[1][0.0]) and index[1.0] == pytest.approx(gains[0][1.0])
    by_hand = (lower * gains[0][0.5] + higher * gains[1][0.5]) / (lower + higher)
    assert index[0.5] == pytest.approx(by_hand, rel=1e-12)


def test_every_row_has_a_key_of_its_own_and_a_number(estimates):
    assert not estimates.duplicated(KEY).any()
    assert np.isfinite(estimates["value"]).all()


def test_an_estimator_that_uses_the_own_year_has_no_year_left_out(sample, choices):
    bayes = {**choices.estimation, "estimator": "empirical_bayes"}
    own = quantities(sample.students, SimpleNamespace(**{**vars(choices), "estimation": bayes}))
    names = set(own["quantity"])
    assert "gain_mean" in names and "over_standard" in names
    assert not {name for name in names if name.startswith("held_out")} | {"overstated"} & names


# --- the year left out ---


def class_means(slots, values):
    parts = [
        slots[["class_id", "teacher_id", "year", "grade", "school_id"]].assign(
            subject=subject, group=group, mean_residual=values[subject, group]
        )
        for subject in ("ela", "math")
        for group in ("lower", "higher", "standard")
    ]
    return pd.concat(parts, ignore_index=True).sample(frac=1, random_state=1)


def test_the_own_years_residuals_take_the_place_of_the_estimates():
    slots = make_slots(cells=2, size=5)
    rng = np.random.default_rng(2)
    values = {
        (s, g): rng.normal(0, 1, 10)
        for s in ("ela", "math")
        for g in ("lower", "higher", "standard")
    }
    means = class_means(slots, values)
    gone = (means["class_id"] == "c003") & (means["subject"] == "ela") & (means["group"] == "lower")
    own = with_own_year(slots, means[~gone])
    expected = values["ela", "lower"].copy()
    expected[3] = slots["va_lower_ela"][3]
    np.testing.assert_array_equal(own["va_lower_ela"], expected)
    np.testing.assert_array_equal(own["va_higher_math"], values["math", "higher"])
    untouched = [name for name in slots if not name.startswith(("va_lower", "va_higher"))]
    pd.testing.assert_frame_equal(own[untouched], slots[untouched])


def test_the_gain_by_the_year_left_out_is_unbiased_and_that_by_estimates_is_not():
    """Planted truth: estimates err, the plan picks their errors, the year left out does not."""
    rng = np.random.default_rng(3)
    errors = []
    for _ in range(30):
        slots = make_slots(seed=int(rng.integers(1 << 30)), cells=1, size=24)
        truth = {
            (s, g): rng.normal(0, 0.1, 24) for s in ("ela", "math") for g in ("lower", "higher")
        }
        true_slots = slots.copy()
        residuals = {}
        for (subject, group), effect in truth.items():
            true_slots[f"va_{group}_{subject}"] = effect
            slots[f"va_{group}_{subject}"] = (effect + rng.normal(0, 0.1, 24)).round(8)
            residuals[subject, group] = effect + rng.normal(0, 0.1, 24)
            residuals[subject, "standard"] = effect
        own = with_own_year(slots, class_means(slots, residuals))
        objective = group_objective(slots, {"ela": 1.0}, "heterogeneous", np.array([0.5]))
        plan = solve_plan(slots, objective, "district")
        claimed, held_out, true = (
            frontier(table, *plan, {"ela": 1.0})["gain_mean"].iloc[0]
            for table in (slots, own, true_slots)
        )
        errors.append((claimed - true, held_out - true))
    means, sds = np.mean(errors, axis=0), np.std(errors, axis=0, ddof=1) / np.sqrt(len(errors))
    assert means[0] > 8 * sds[0]
    assert abs(means[1]) < 3.5 * sds[1] and sds[1] < means[0] / 7
