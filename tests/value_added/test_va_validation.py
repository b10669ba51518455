"""The validation tables, each against its definition written another way."""

import logging

import numpy as np
import pandas as pd
import pytest
import scipy.linalg
import statsmodels.api as sm
import va_slow

from welfare_added.value_added.controls import control_vector
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.forecast import forecast
from welfare_added.value_added.outcomes import STUDENT, later_outcomes
from welfare_added.value_added.persistence import persistence
from welfare_added.value_added.student_variables import as_batches
from welfare_added.value_added.variants import variants

METHOD = {"estimator": "leave_year_out"}


@pytest.fixture(scope="module")
def students():
    return va_slow.panel(3, teachers=40, years=6)


@pytest.fixture(scope="module")
def found(students):
    return estimate_value_added(as_batches(students), **va_slow.CHOICES)


def test_the_forecast_regression_is_weighted_least_squares(found):
    table = forecast(found.estimates, found.class_means, **METHOD).set_index(["subject", "group"])
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
    rows = persistence(table, **METHOD)
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
            "graduated_high_school": np.where(
                rng.random(len(ids)) < 0.8, rng.integers(0, 2, len(ids)), np.nan
            ),
            **flags,
            "bachelors_in_six_years": rng.integers(0, 2, len(ids)),
        }
    )
    table = later_outcomes(
        as_batches(students, STUDENT), found.estimates, outcomes, **METHOD
    ).set_index(["outcome", "measure"])
    every = pd.DataFrame(control_vector(students).matrix)
    parts, teachers = [], []
    for subject in ("ela", "math"):
        own = found.estimates.query("subject == @subject").drop(columns=["grade", "school_id"])
        joined = students.reset_index(names="row").merge(outcomes, on="student_id")
        joined = joined.merge(own, on=["teacher_id", "year"])
        joined = joined[joined["graduated_high_school"].notna()]
        lower = joined[f"lower_{subject}"].to_numpy(float)
        x = np.column_stack([every.loc[joined["row"]], lower])
        va = np.column_stack([joined["va_lower"] * lower, joined["va_higher"] * (1 - lower)])
        x = sm.add_constant(x, has_constant="add")
        parts.append((joined["graduated_high_school"].to_numpy(float), va, x))
        teachers.append(joined["teacher_id"])
    y = np.concatenate([part[0] for part in parts])
    va = np.vstack([part[1] for part in parts])
    blocks = scipy.linalg.block_diag(*(part[2] for part in parts))
    slopes = np.linalg.lstsq(np.column_stack([va, blocks]), y, rcond=1e-12)[0]
    assert table.loc[("graduated_high_school", "lower"), "coefficient"] == pytest.approx(slopes[0])
    assert table.loc[("graduated_high_school", "higher"), "coefficient"] == pytest.approx(slopes[1])
    assert table.loc[("graduated_high_school", "lower"), "observations"] == len(y)
    free = len(y) - va.shape[1] - blocks.shape[1]
    assert table.loc[("graduated_high_school", "lower"), "freedom"] == free
    assert table.loc[("graduated_high_school", "standard"), "freedom"] == free + 1
    assert table.loc[("any_college", "lower"), "observations"] > len(y)
    left = [c - blocks @ np.linalg.lstsq(blocks, c, rcond=1e-12)[0] for c in (y, *va.T)]
    clusters = pd.factorize(np.concatenate(teachers))[0]
    errors = {"cov_type": "cluster", "cov_kwds": {"groups": clusters}}
    fit = sm.OLS(left[0], np.column_stack(left[1:])).fit(**errors)
    ours = table.loc[[("graduated_high_school", group) for group in ("lower", "higher")]]
    np.testing.assert_allclose(ours["standard_error"], fit.bse, rtol=1e-7)
    (whole,) = as_batches(students, STUDENT)
    pieces = [whole.slice(start, 300) for start in range(0, len(whole), 300)]
    again = later_outcomes(pieces, found.estimates, outcomes, **METHOD)
    pd.testing.assert_frame_equal(again, table.reset_index()[list(again)], rtol=1e-9)


def test_any_college_is_either_and_effects_are_per_teacher_sd(students, found):
    ids = students["student_id"].unique()
    rng = np.random.default_rng(3)
    two, four = rng.integers(0, 2, (2, len(ids)))
    columns = {name: two for name in ("two_year_college", "graduated_high_school")}
    outcomes = pd.DataFrame({"student_id": ids, **columns, "four_year_college": four})
    outcomes["bachelors_in_six_years"] = np.maximum(two, four)
    table = later_outcomes(as_batches(students, STUDENT), found.estimates, outcomes, **METHOD)
    table = table.set_index(["outcome", "measure"])
    pd.testing.assert_frame_equal(table.loc["any_college"], table.loc["bachelors_in_six_years"])
    math_and_ela = students.merge(
        found.estimates.drop(columns=["grade", "school_id"]), on=["teacher_id", "year"]
    )
    lower = np.where(
        math_and_ela["subject"] == "ela", math_and_ela["lower_ela"], math_and_ela["lower_math"]
    )
    for measure, which in (("standard", np.ones(len(lower), bool)), ("lower", lower.astype(bool))):
        row = table.loc[("any_college", measure)]
        sd = math_and_ela.loc[which, f"va_{measure}"].std()
        assert row["per_teacher_sd"] / row["coefficient"] == pytest.approx(sd)
        assert row["per_teacher_sd_error"] / row["standard_error"] == pytest.approx(sd)


def test_no_outcomes_give_no_rows_and_a_word_in_the_log(students, found, caplog):
    with caplog.at_level(logging.INFO):
        table = later_outcomes(
            as_batches(students, STUDENT),
            found.estimates,
            pd.DataFrame({"student_id": []}),
            **METHOD,
        )
    assert table.empty
    assert "no later outcomes are recorded" in caplog.text


def test_every_open_choice_is_compared_with_the_configured_estimates(students):
    table = variants(as_batches(students), **va_slow.CHOICES)
    settings_seen = set(zip(table["choice"], table["setting"], strict=True))
    assert {("absorb", "none"), ("years_used", "past"), ("weighting", "equal")} <= settings_seen
    default = table[table["choice"] == "default"]
    assert default["with_default_lower"].to_numpy() == pytest.approx(1)
    assert (table.query("choice == 'years_used'")["with_default_lower"] < 1).all()


def test_forecast_errors_are_clustered_by_teacher(found):
    table = forecast(found.estimates, found.class_means, **METHOD).set_index(["subject", "group"])
    means = found.class_means.query("subject == 'ela' and group == 'standard'")
    joined = means.merge(
        found.estimates.query("subject == 'ela'")[["teacher_id", "year", "va_standard"]],
        on=["teacher_id", "year"],
    )
    w, y = joined["students"].to_numpy(float), joined["mean_residual"].to_numpy()
    x = np.column_stack([np.ones(len(y)), joined["va_standard"]])
    bread = np.linalg.inv((x.T * w) @ x)
    left = y - x @ (bread @ (x.T * w) @ y)
    scores = pd.DataFrame((x.T * w * left).T).groupby(joined["teacher_id"]).sum().to_numpy()
    g, n = len(scores), len(y)
    error = np.sqrt((bread @ scores.T @ scores @ bread)[1, 1] * g / (g - 1) * (n - 1) / (n - 2))
    row = table.loc[("ela", "standard")]
    assert row["standard_error"] == pytest.approx(error)
    assert (row["observations"], row["teachers"]) == (n, g)


def test_empirical_bayes_has_neither_forecasts_nor_persistence(students, caplog):
    choices = {**va_slow.CHOICES, "estimator": "empirical_bayes"}
    found = estimate_value_added(as_batches(students), **choices)
    with caplog.at_level(logging.INFO):
        forecasts = forecast(found.estimates, found.class_means, estimator="empirical_bayes")
        persists = persistence(found.estimates, estimator="empirical_bayes")
    assert list(forecasts) == [
        *("subject", "group", "slope", "standard_error", "observations", "teachers")
    ]
    assert list(persists) == ["subject", "quantity", "group", "lag", "value", "teachers"]
    assert forecasts.empty and persists.empty
    assert "empirical Bayes estimates include the year itself: no forecast" in caplog.text
    assert "do not differ by year: persistence is not described" in caplog.text
    table = variants(as_batches(students), **choices)
    assert set(table["choice"]) == {"default", "absorb"}


def test_outcomes_of_empirical_bayes_are_flagged_in_the_log(students, found, caplog):
    names = ("graduated_high_school", "two_year_college", "four_year_college")
    flags = {name: np.arange(len(students)) % 2 for name in (*names, "bachelors_in_six_years")}
    outcomes = students[["student_id"]].assign(**flags)
    with caplog.at_level(logging.WARNING):
        later_outcomes(
            as_batches(students, STUDENT), found.estimates, outcomes, estimator="empirical_bayes"
        )
    assert "are made from the students' own scores" in caplog.text


def test_lags_that_too_few_teachers_show_are_left_out_and_logged(caplog):
    table = pd.DataFrame(
        {"subject": "ela", "teacher_id": ["a", "a", "b", "b"], "year": [1, 2, 1, 2]}
    ).assign(va_standard=0.1, va_lower=[0.1, 0.2, 0.3, 0.1], va_higher=0.15)
    with caplog.at_level(logging.INFO):
        found = persistence(table, **METHOD)
    assert "year_to_year_correlation" not in set(found["quantity"])
    assert "ela: fewer than three teachers have estimates 1 years apart" in caplog.text
