"""The estimator agrees with one written the slow way, under every open choice."""

import itertools

import numpy as np
import pandas as pd
import pytest
import va_slow

from welfare_added.value_added import estimate as fast
from welfare_added.value_added.controls import control_vector, variables
from welfare_added.value_added.student_variables import as_batches

COMBINATIONS = list(
    itertools.product(
        ("teacher", "teacher_group", "none"), ("all", "past"), ("precision", "equal"), (None, 2)
    )
)

FEW = ["lag_ela^1:grade_3", "lag_math^1:grade_4", "female", "age", "class_lag_ela^1:grade_3"]


def few_controls(students):
    """A few columns, so that a small panel leaves degrees of freedom."""
    full = control_vector(students)
    return full.matrix[:, [full.names.index(name) for name in FEW]]


@pytest.fixture
def small_controls(monkeypatch):
    monkeypatch.setattr(fast, "variables", lambda sums: variables(sums).only(FEW))


def independent(x, effects, absorb):
    """Number of columns that vary within effects."""
    if absorb == "none":
        return int(np.linalg.matrix_rank(x - x.mean(axis=0)))
    means = pd.DataFrame(x).groupby(np.asarray(effects)).transform("mean").to_numpy()
    return int(np.linalg.matrix_rank(x - means, tol=1e-8))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("absorb", "years_used", "weighting", "drift_limit"), COMBINATIONS)
def test_it_agrees_to_nine_digits(small_controls, seed, absorb, years_used, weighting, drift_limit):
    students = va_slow.panel(seed)
    found = fast.estimate_value_added(
        as_batches(students),
        estimator="leave_year_out",
        absorb=absorb,
        years_used=years_used,
        weighting=weighting,
        drift_limit=drift_limit,
        minimum_class_size=3,
        teacher_share=0.5,
        seed=1,
    )
    slow = va_slow.estimate(
        students,
        few_controls(students),
        absorb=absorb,
        years_used=years_used,
        weighting=weighting,
        drift_limit=drift_limit,
        minimum=3,
        slopes=independent,
        seed=1,
    )
    compared = 0
    for subject, table in found.estimates.groupby("subject"):
        keys = list(zip(table["teacher_id"], table["year"], strict=True))
        everywhere = set.intersection(*(set(slow[subject, g]) for g in fast.MEASURES))
        assert set(keys) == everywhere
        for group in fast.MEASURES:
            ours = table[f"va_{group}"].to_numpy()
            theirs = np.array([slow[subject, group][key] for key in keys])
            # both are normed: only differences between teachers are estimated
            np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], rtol=1e-9, atol=1e-10)
            compared += len(ours)
    assert compared > 100
