"""Facts that any correct estimator shows, and what it does at the edges."""

import logging

import numpy as np
import pandas as pd
import pytest
import scipy.linalg
import statsmodels.api as sm
import va_slow
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.value_added.components import ClassMeans, Variances, variances
from welfare_added.value_added.controls import control_vector
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.forecast import forecast
from welfare_added.value_added.outcomes import later_outcomes
from welfare_added.value_added.persistence import persistence
from welfare_added.value_added.residuals import Absorbed
from welfare_added.value_added.variants import variants

CHOICES = {
    "estimator": "leave_year_out",
    "absorb": "teacher",
    "years_used": "all",
    "weighting": "precision",
    "drift_limit": None,
    "minimum_class_size": 3,
    "teacher_share": 0.5,
    "seed": 1,
}
VALUES = ["va_standard", "va_lower", "va_higher"]


@pytest.fixture(scope="module")
def students():
    return va_slow.panel(3, teachers=40, years=6)


@pytest.fixture(scope="module")
def found(students):
    return estimate_value_added(students, **CHOICES)


def test_shifting_all_years_changes_nothing(students, found):
    later = estimate_value_added(students.assign(year=students["year"] + 17), **CHOICES)
    np.testing.assert_allclose(later.estimates[VALUES], found.estimates[VALUES], atol=1e-12)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(seed):
    students = va_slow.panel(3, teachers=40, years=6)
    shuffled = students.sample(frac=1, random_state=seed)
    ours = estimate_value_added(students, **CHOICES).estimates
    theirs = estimate_value_added(shuffled, **CHOICES).estimates
    np.testing.assert_allclose(theirs[VALUES], ours[VALUES], atol=1e-10)


@settings(max_examples=5, deadline=None)
@given(st.floats(-100, 100), st.floats(-100, 100))
def test_a_constant_added_to_scores_changes_nothing(ela, math):
    students = va_slow.panel(3, teachers=40, years=6)
    moved = students.assign(ela=students["ela"] + ela, math=students["math"] + math)
    ours = estimate_value_added(students, **CHOICES).estimates
    theirs = estimate_value_added(moved, **CHOICES).estimates
    np.testing.assert_allclose(theirs[VALUES], ours[VALUES], atol=1e-10)


def test_each_column_has_student_weighted_mean_zero(students, found):
    counted = students.groupby(["teacher_id", "year", "grade", "school_id", "class_id"]).agg(
        standard=("student_id", "size"), lower=("lower_ela", "sum")
    )
    counted = counted[counted["standard"] >= 3].groupby(level=[0, 1]).sum()
    counted["higher"] = counted["standard"] - counted["lower"]
    table = found.estimates.query("subject == 'ela'").set_index(["teacher_id", "year"])
    for group in ("standard", "lower", "higher"):
        weights = counted.loc[table.index, group]
        assert np.average(table[f"va_{group}"], weights=weights) == pytest.approx(0, abs=1e-12)


def test_with_one_class_a_year_the_split_of_class_and_teacher_is_irrelevant():
    sizes = np.array([10, 20, 30])
    totals = [
        v.own_year + v.noise(sizes)
        for v in (
            Variances(0.3, 0.2, float("nan"), 0, 0, 0),
            Variances(0.3, 0.2, 0.07, 0, 0, 0),
        )
    ]
    np.testing.assert_allclose(totals[0], totals[1])


def test_a_negative_class_shock_is_reported_and_kept_in_the_table(caplog):
    residual = np.array([1.0, -1, 1.2, -0.8, 0.3, -0.7])
    classes = ClassMeans(
        np.array([0, 0, 1, 1]),
        np.array([1, 1, 1, 1]),
        np.array([1.0, 1.1, -1, -0.9]),
        np.full(4, 5),
    )
    with caplog.at_level(logging.WARNING):
        found = variances(
            residual, np.array([0, 0, 1, 2, 2, 3]), classes, 0, np.random.default_rng(0)
        )
    assert found.class_shock < 0
    assert "class shocks comes out negative" in caplog.text
    assert found.noise(np.array([5]))[0] == pytest.approx(found.student / 5)


def test_a_teacher_seen_once_has_no_estimate_and_others_do(students, found):
    years = students.groupby("teacher_id")["year"].nunique()
    once = set(years.index[years == 1])
    assert once
    assert not once & set(found.estimates["teacher_id"])


def test_a_district_of_teachers_seen_once_is_told_what_to_do(students):
    first = students.groupby("teacher_id")["year"].transform("min")
    students = students[students["year"] == first].reset_index(drop=True)
    with pytest.raises(ValueError, match=r"seen in two years or more; for teachers seen once set"):
        estimate_value_added(students, **CHOICES)
    one_year = estimate_value_added(students, **{**CHOICES, "estimator": "empirical_bayes"})
    assert len(one_year.estimates)


def test_residuals_are_accurate_with_badly_conditioned_controls():
    rng = np.random.default_rng(0)
    z, noise, extra = rng.normal(0, 0.4, 2000), *rng.standard_normal((2, 2000))
    teacher = rng.integers(0, 50, 2000)
    x = z + 12
    y = x**3 - 2 * x + noise + teacher / 10
    controls = np.column_stack([x, x**2, x**3, x * (teacher % 2), extra])
    ours = Absorbed(np.column_stack([controls, y]), teacher).regress(5, [0, 1, 2, 3, 4])
    centred = np.column_stack([z, z**2, z**3, z * (teacher % 2), extra])
    exact = va_slow.residual(y, centred, pd.Series(teacher), "teacher")
    apart = pd.Series(ours.values - exact)
    np.testing.assert_allclose(apart - apart.groupby(teacher).transform("mean"), 0, atol=2e-10)


def test_constant_and_collinear_controls_are_dropped_after_the_first():
    rng = np.random.default_rng(1)
    a, y, teacher = rng.standard_normal(300), rng.standard_normal(300), np.arange(300) % 10
    columns = np.column_stack([np.ones(300), a, 2 * a + 1, teacher, y])
    result = Absorbed(columns, teacher).regress(4, [0, 1, 2, 3])
    assert result.dropped == [0, 2, 3]
    assert result.slopes == 1


def test_the_controls_of_the_paper_are_all_there(students):
    names = control_vector(students).names
    for name in (
        "lag_ela^3:grade_3",
        "class_lag_math^2:grade_4",
        "cohort_lag_ela^1:grade_3",
        "female",
        "lag_share_absent",
        "class_lag_special_education",
        "school_age",
        "class_size",
        "grade_4",
        "year_2003",
    ):
        assert name in names
    assert len(names) == len(set(names))


def test_the_forecast_regression_is_weighted_least_squares(found):
    table = forecast(found.estimates, found.class_means).set_index(["subject", "group"])
    means = found.class_means.query("subject == 'math' and group == 'lower'")
    known = found.estimates.query("subject == 'math'")
    joined = means.merge(known, on=["teacher_id", "year"])
    slope = np.polyfit(joined["va_lower"], joined["mean_residual"], 1, w=joined["students"] ** 0.5)
    assert table.loc[("math", "lower"), "slope"] == pytest.approx(slope[0])


def test_persistence_of_three_teachers():
    rows = [("a", 1, 0.1, 0.0), ("a", 2, 0.2, 0.1), ("b", 1, 0.3, 0.4), ("b", 2, 0.5, 0.1)]
    rows += [("c", 1, -0.1, 0.0), ("c", 2, 0.0, 0.3), ("once", 1, 0.0, 0.1)]
    table = pd.DataFrame(rows, columns=["teacher_id", "year", "va_lower", "va_higher"])
    table = table.assign(subject="ela", va_standard=table["va_lower"])
    rows = persistence(table)
    found = rows[rows["lag"] != 2].set_index(["quantity", "group"])["value"]
    assert found["same_sign_all_years", "all"] == pytest.approx(2 / 3)
    assert found["share_of_years", "half or more"] == pytest.approx(1 / 3)
    correlation = np.corrcoef([0.1, 0.3, -0.1], [0.2, 0.5, 0.0])[0, 1]
    assert found["year_to_year_correlation", "lower"] == pytest.approx(correlation)


def test_later_outcomes_are_those_of_the_full_regression(students, found):
    rng = np.random.default_rng(0)
    ids = students["student_id"].unique()
    flags = {
        name: rng.integers(0, 2, len(ids)) for name in ("two_year_college", "four_year_college")
    }
    outcomes = pd.DataFrame(
        {
            "student_id": ids,
            "graduated_high_school": rng.integers(0, 2, len(ids)),
            **flags,
            "bachelors_in_six_years": rng.integers(0, 2, len(ids)),
        }
    )
    table = later_outcomes(students, found.estimates, outcomes).set_index(["outcome", "measure"])
    parts = []
    for subject in ("ela", "math"):
        own = found.estimates.query("subject == @subject").drop(columns=["grade", "school_id"])
        joined = students.merge(outcomes, on="student_id").merge(own, on=["teacher_id", "year"])
        x = np.column_stack([control_vector(joined).matrix, joined[f"lower_{subject}"]])
        lower = joined[f"lower_{subject}"].to_numpy(float)
        va = np.column_stack([joined["va_lower"] * lower, joined["va_higher"] * (1 - lower)])
        x = sm.add_constant(x, has_constant="add")
        parts.append((joined["graduated_high_school"].to_numpy(float), va, x))
    y = np.concatenate([part[0] for part in parts])
    va = np.vstack([part[1] for part in parts])
    blocks = scipy.linalg.block_diag(*(part[2] for part in parts))
    slopes = np.linalg.lstsq(np.column_stack([va, blocks]), y, rcond=1e-12)[0]
    assert table.loc[("graduated_high_school", "lower"), "coefficient"] == pytest.approx(slopes[0])
    assert table.loc[("graduated_high_school", "higher"), "coefficient"] == pytest.approx(slopes[1])
    either = np.maximum(*flags.values())
    assert 0 < either.mean() < 1
    assert ("any_college", "standard") in table.index


def test_no_outcomes_give_no_rows_and_a_word_in_the_log(students, found, caplog):
    with caplog.at_level(logging.INFO):
        table = later_outcomes(students, found.estimates, pd.DataFrame({"student_id": []}))
    assert table.empty
    assert "no later outcomes are known" in caplog.text


def test_every_open_choice_is_compared_with_the_configured_estimates(students):
    table = variants(students, CHOICES)
    settings_seen = set(zip(table["choice"], table["setting"], strict=True))
    assert {("absorb", "none"), ("years_used", "past"), ("weighting", "equal")} <= settings_seen
    default = table[table["choice"] == "default"]
    assert default["with_default_lower"].to_numpy() == pytest.approx(1)
    assert (table.query("choice == 'years_used'")["with_default_lower"] < 1).all()
