"""Slopes of advantages on class composition, and their clustered standard errors."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from welfare_added.calibration.moments import equal_bins, slope
from welfare_added.calibration.sorting import COLUMNS, slope_error, sorting_bins
from welfare_added.district.vocabulary import SUBJECTS


def classes_of(teachers: int, years: int = 4, seed: int = 5) -> pd.DataFrame:
    """Classes whose teachers differ, in the columns of the analysis sample."""
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "teacher_id": np.repeat([f"t{i}" for i in range(teachers)], years),
            "year": np.tile(np.arange(years), teachers),
            "grade": 3,
            "school_id": np.repeat([f"s{i % 3}" for i in range(teachers)], years),
            "students": draw.integers(15, 30, teachers * years),
        }
    )
    table["class_size"] = table["students"] + 2
    for subject in SUBJECTS:
        table[f"lower_{subject}"] = draw.binomial(table["students"], 0.4)
    return table


def estimates_of(classes: pd.DataFrame, seed: int = 6) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    own = {teacher: draw.standard_normal() for teacher in classes["teacher_id"].unique()}
    parts = []
    for subject in SUBJECTS:
        part = classes[["teacher_id", "year", "grade", "school_id"]].assign(subject=subject)
        part["va_standard"] = classes["teacher_id"].map(own)
        for group in ("lower", "higher"):
            noise = 0.3 * draw.standard_normal(len(part))
            part[f"va_{group}"] = part["va_standard"] + noise
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def test_errors_are_those_of_least_squares_clustered_by_teacher():
    draw = np.random.default_rng(1)
    teachers = pd.Series(np.repeat(np.arange(30), draw.integers(1, 7, 30)))
    shock = draw.standard_normal(30)[teachers]
    x = pd.Series(draw.uniform(size=len(teachers)) + 0.3 * shock)
    y = pd.Series(0.4 * x + shock + 0.2 * draw.standard_normal(len(teachers)))
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": teachers})
    assert slope(x, y) == pytest.approx(fit.params.iloc[1], rel=1e-12)
    assert slope_error(x, y, teachers) == pytest.approx(fit.bse.iloc[1], rel=1e-12)
    plain = sm.OLS(y, sm.add_constant(x)).fit().bse.iloc[1]
    assert slope_error(x, y, teachers) > 1.2 * plain


def test_the_table_has_each_slope_with_its_error_in_one_unit():
    classes = classes_of(12)
    table = sorting_bins(classes, estimates_of(classes), equal_bins(4))
    assert table.columns.tolist() == COLUMNS
    keys = ["subject", "advantage", "against"]
    assert table.groupby(keys)[["slope", "slope_error"]].nunique().eq(1).all(axis=None)
    assert table.groupby(keys)["classes"].sum().eq(len(classes)).all()
    doubled = classes.assign(class_size=2 * classes["class_size"])
    other = sorting_bins(doubled, estimates_of(classes), equal_bins(4))
    for name in ("slope", "slope_error"):
        wanted = table[name].where(table["against"] == "share_lower", table[name] / 2)
        np.testing.assert_allclose(other[name], wanted, rtol=1e-10)


@pytest.mark.parametrize(
    "teachers, x", [([1, 1, 1], [1, 2, 3]), ([1, 2], [1, 2]), ([1, 2, 3], [1, 1, 1])]
)
def test_an_error_that_is_not_defined_is_missing(teachers, x):
    found = slope_error(pd.Series(x), pd.Series(range(len(x))), pd.Series(teachers))
    assert np.isnan(found)
