"""Facts that any correct estimator shows, and what it does at the edges."""

import logging

import numpy as np
import pandas as pd
import pytest
import va_slow
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import as_batches
from welfare_added.value_added.variance_components import ClassMeans, Variances, variances

CHOICES = va_slow.CHOICES
VALUES = ["va_standard", "va_lower", "va_higher"]


@pytest.fixture(scope="module")
def students():
    return va_slow.panel(3, teachers=40, years=6)


@pytest.fixture(scope="module")
def found(students):
    return estimate_value_added(as_batches(students), **CHOICES)


def test_shifting_all_years_changes_nothing(students, found):
    later = estimate_value_added(as_batches(students.assign(year=students["year"] + 17)), **CHOICES)
    np.testing.assert_allclose(later.estimates[VALUES], found.estimates[VALUES], atol=1e-12)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(seed):
    students = va_slow.panel(3, teachers=40, years=6)
    shuffled = students.sample(frac=1, random_state=seed)
    ours = estimate_value_added(as_batches(students), **CHOICES).estimates
    theirs = estimate_value_added(as_batches(shuffled), **CHOICES).estimates
    np.testing.assert_allclose(theirs[VALUES], ours[VALUES], atol=1e-10)


@settings(max_examples=5, deadline=None)
@given(st.floats(-100, 100), st.floats(-100, 100))
def test_a_constant_added_to_scores_changes_nothing(ela, math):
    students = va_slow.panel(3, teachers=40, years=6)
    moved = students.assign(ela=students["ela"] + ela, math=students["math"] + math)
    ours = estimate_value_added(as_batches(students), **CHOICES).estimates
    theirs = estimate_value_added(as_batches(moved), **CHOICES).estimates
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
    classes = ClassMeans(
        np.array([0, 0, 1, 1]),
        np.array([1, 1, 1, 1]),
        np.array([1.0, 1.1, -1, -0.9]),
        np.full(4, 5),
    )
    with caplog.at_level(logging.WARNING):
        found = variances(classes, 20.0, 0, np.random.default_rng(0))
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
        estimate_value_added(as_batches(students), **CHOICES)
    one_year = estimate_value_added(
        as_batches(students), **{**CHOICES, "estimator": "empirical_bayes"}
    )
    assert len(one_year.estimates)


def test_too_few_students_for_the_controls_is_said(students):
    few = students[students["teacher_id"] < "t06"].groupby(["class_id", "year"]).head(3)
    said = (
        r"value added \(ela, lower\): \d+ students in \d+ classes of 3 or more are too few "
        r"for \d+ controls; study more years or grades"
    )
    with pytest.raises(ValueError, match=said):
        estimate_value_added(as_batches(few.reset_index(drop=True)), **CHOICES)


def test_no_class_large_enough_is_said(students):
    with pytest.raises(ValueError, match=r"0 students in 0 classes of 99 or more"):
        estimate_value_added(as_batches(students), **{**CHOICES, "minimum_class_size": 99})


def test_how_many_places_have_estimates_is_logged(students, caplog):
    with caplog.at_level(logging.INFO):
        found = estimate_value_added(as_batches(students), **CHOICES)
    places = found.class_means.query("subject == 'ela' and group == 'standard'")
    places = places.drop_duplicates(["teacher_id", "year", "grade", "school_id"])
    rows = (found.estimates["subject"] == "ela").sum()
    assert rows < len(places)
    assert (
        f"{rows} of {len(places)} teacher-year-grade-schools have all three estimates"
        in caplog.text
    )


def test_the_table_of_variances_adds_up_and_counts(students, found):
    table = found.variances
    shock = table["v_total"] - table["v_student"] - table["c0"]
    np.testing.assert_allclose(table["v_class"], shock, atol=1e-15)
    means = found.class_means.groupby(["subject", "group"])["students"].agg(["sum", "size"])
    both = table.set_index(["subject", "group"]).join(means)
    assert (both["students"] == both["sum"]).all()
    assert (both["class_years"] == both["size"]).all()
    lower, standard = both.loc[("ela", "lower"), "slopes"], both.loc[("ela", "standard"), "slopes"]
    assert lower == standard + 1


def test_class_means_differ_by_group_as_scores_do():
    students = va_slow.panel(5, teachers=40, years=6)
    raised = students.assign(ela=students["ela"] + 0.4 * students["lower_ela"])
    before, after = (
        estimate_value_added(as_batches(s), **{**CHOICES, "absorb": "none"}).class_means
        for s in (students, raised)
    )
    columns = ["subject", "group", "class_id", "year"]
    pd.testing.assert_frame_equal(before[columns], after[columns])
    own = before["group"] != "standard"
    # the indicator of the group takes the gain up: nothing is left of it in a group's classes
    np.testing.assert_allclose(
        after.loc[own, "mean_residual"], before.loc[own, "mean_residual"], atol=1e-10
    )
    assert (after["mean_residual"] - before["mean_residual"]).abs().max() > 1e-3


def test_empirical_bayes_from_the_tables_it_writes(students):
    first = students.groupby("teacher_id")["year"].transform("min")
    once = students[students["year"] == first].reset_index(drop=True)
    choices = {**CHOICES, "estimator": "empirical_bayes"}
    found = estimate_value_added(as_batches(once), **choices)
    spread = found.variances.set_index(["subject", "group"]).loc[("math", "lower")]
    means = found.class_means.query("subject == 'math' and group == 'lower'")
    alone = means[~means["teacher_id"].duplicated(keep=False)].set_index("teacher_id")
    between = spread["v_total"] - spread["v_student"]
    share = 0.5 * between / (between + spread["v_student"] / alone["students"])
    table = found.estimates.query("subject == 'math'").set_index("teacher_id")
    both = table.index.intersection(alone.index)
    assert len(both) > 10
    gap = table.loc[both, "va_lower"] - (share * alone["mean_residual"])[both]
    assert gap.to_numpy() == pytest.approx(gap.iloc[0])
