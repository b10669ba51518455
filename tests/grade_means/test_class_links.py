"""A city with class links: both kinds of value added on the same students, and their comparison."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from welfare_added.grade_means.city import CityParameters, draw_city
from welfare_added.grade_means.class_links import (
    CONSTANT,
    grade_tables,
    student_value_added,
    with_and_without_links,
)
from welfare_added.grade_means.comparison import binned_means, comparison_summary, histogram
from welfare_added.grade_means.estimate import EstimationChoices
from welfare_added.run.errors import UserError
from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.controls import variables
from welfare_added.value_added.estimate import score_residuals
from welfare_added.value_added.group_predictions import group_of_classes
from welfare_added.value_added.student_variables import as_batches

PARAMETERS = CityParameters(
    schools=90,
    grades=(4, 5, 6, 7),
    years=(2006, 2010),
    most_classes=3,
    class_size=18,
    sd_teacher={"math": 0.15, "ela": 0.1},
    teacher_correlation=0.6,
    sd_class=0.06,
    sd_student=0.5,
    persistence=0.7,
    sd_school=0.4,
    sd_sorting=0.2,
    ethnicities={"white": 0.15, "black": 0.35, "hispanic": 0.38, "asian": 0.12},
    shares={"female": 0.5, "special_education": 0.1, "english_learner": 0.12},
    effects={"female": 0.02, "special_education": -0.2, "english_learner": -0.1},
)
CHOICES = EstimationChoices(("math",), {"all": (4,)}, (2006, 2010))
OF_STUDENTS = {"absorb": "teacher", "minimum_class_size": 5}


@pytest.fixture(scope="module")
def city():
    return draw_city(PARAMETERS, 5)


@pytest.fixture(scope="module")
def compared(city):
    return with_and_without_links(city.students, "math", CHOICES, past_scores=True, **OF_STUDENTS)


def test_a_city_is_what_its_parameters_say(city):
    students, truth = city.students, city.truth
    classes = students.groupby(["class_id", "year"])
    assert (classes["teacher_id"].nunique() == 1).all()
    assert (classes["school_id"].nunique() == 1).all()
    assert (classes.size() == classes["class_size"].first()).all()
    assert not students.duplicated("student_id").any()
    assert students["grade"].unique().size == 4 and students["year"].nunique() == 5
    shares = students["ethnicity"].value_counts(normalize=True)
    assert (shares - pd.Series(PARAMETERS.ethnicities)).abs().max() < 0.02
    spread = truth.groupby("subject")["effect"].std()
    assert abs(spread["math"] - 0.15) < 0.02 and abs(spread["ela"] - 0.1) < 0.015
    assert set(truth["teacher_id"]) == set(students["teacher_id"])
    assert abs(students["lag_math"].std() - 1) < 0.05
    again = draw_city(PARAMETERS, 5).students
    pd.testing.assert_frame_equal(again, students)
    assert not draw_city(PARAMETERS, 6).students["math"].equals(students["math"])


def test_cities_that_cannot_be_are_refused():
    with pytest.raises(UserError, match="sum of their squares must be below 1"):
        CityParameters(**{**PARAMETERS.__dict__, "sd_school": 0.99})
    with pytest.raises(UserError, match="shares do not add up to 1"):
        CityParameters(**{**PARAMETERS.__dict__, "ethnicities": {"white": 0.9}})


def test_cells_are_means_of_students(city):
    students = city.students
    tables = grade_tables(students, "math", past_scores=True)
    place = {"school_id": "s03", "grade": 5, "year": 2008}
    own = students[(students[list(place)] == list(place.values())).all(axis=1)]
    cell, composition = (
        one[(one[list(place)] == list(place.values())).all(axis=1)].iloc[0]
        for one in (tables.cells, tables.composition)
    )
    assert cell["n_pupils"] == len(own)
    np.testing.assert_allclose(cell["mean_score"], own["math"].mean(), atol=1e-12)
    np.testing.assert_allclose(composition["share_female"], (own["gender"] == "female").mean())
    np.testing.assert_allclose(composition["mean_lag_ela"], own["lag_ela"].mean(), atol=1e-12)
    assert "share_asian" not in composition and "share_white" in composition
    links = tables.links[(tables.links[list(place)] == list(place.values())).all(axis=1)]
    expected = own.groupby("teacher_id").size()
    assert links.set_index("teacher_id")["share"].to_dict() == expected.to_dict()
    without = grade_tables(students, "math", past_scores=False).composition
    assert not any(name.startswith("mean_") for name in without)


def test_student_value_added_is_kane_and_staigers_formula(city):
    """Shrunken mean of class residuals with h = 1 / (s2_theta + s2_e / n), teacher by teacher."""
    found = student_value_added(city.students, "math", **OF_STUDENTS).set_index("teacher_id")
    sums = collect(as_batches(city.students), 5)
    residuals = score_residuals(sums, variables(sums), "teacher")["math", "standard"]
    one = group_of_classes(residuals, sums.classes, CONSTANT, None)
    signal = one.model.lags["covariance"].iloc[0]
    assert found["sd_true"].unique() == pytest.approx(np.sqrt(signal))
    parts = one.model.components
    assert np.isnan(parts.same_year)  # a class a year: its shock is the rest of the variance
    theta = parts.total - parts.student - signal
    table = one.table.assign(h=1 / (theta + parts.student / one.table["students"]))
    for teacher, own in table.groupby("teacher_id"):
        mean = np.average(own["mean_residual"], weights=own["h"])
        shrinkage = signal / (signal + 1 / own["h"].sum())
        np.testing.assert_allclose(found.loc[teacher, "va_student"], mean * shrinkage, atol=1e-9)
        np.testing.assert_allclose(found.loc[teacher, "shrinkage"], shrinkage, atol=1e-9)


def test_both_kinds_predict_the_truth(city, compared):
    both, found = compared
    truth = city.truth.query("subject == 'math'").set_index("teacher_id")["effect"]
    effect = truth.reindex(both["teacher_id"]).to_numpy()
    assert len(both) == found.samples["teachers"].item()
    fits = {
        name: sm.OLS(effect, sm.add_constant(both[name].to_numpy())).fit(cov_type="HC1")
        for name in ("va_student", "va_joint", "va_printed")
    }
    # Of a small city's many controls some error is common to a teacher's classes.
    assert abs(fits["va_student"].params[1] - 1) < 0.08
    # The variance of effects by moments of 1,800 cells has an error of a sixth.
    assert abs(fits["va_joint"].params[1] - 1) < 0.2
    assert fits["va_student"].rsquared > fits["va_joint"].rsquared > fits["va_printed"].rsquared
    assert both["va_printed"].std() < both["va_joint"].std() < both["va_student"].std()


def test_summary_is_that_of_statsmodels(compared):
    both, _ = compared
    summary = comparison_summary(both).set_index("aggregate")
    for name in ("va_printed", "va_joint"):
        fit = sm.OLS(both["va_student"], sm.add_constant(both[name])).fit(cov_type="HC1")
        row = summary.loc[name]
        np.testing.assert_allclose(row["slope"], fit.params[name], atol=1e-8)
        np.testing.assert_allclose(row["error"], fit.bse[name], atol=1e-8)
        np.testing.assert_allclose(row["correlation"] ** 2, fit.rsquared, atol=1e-7)
        np.testing.assert_allclose(row["sd_aggregate"], both[name].std(), atol=1e-8)
        np.testing.assert_allclose(row["sd_student"], both["va_student"].std(), atol=1e-8)


def test_bins_hold_all_teachers_in_order(compared):
    both, _ = compared
    bins = binned_means(both, 8)
    for name, own in bins.groupby("aggregate"):
        assert own["bin"].tolist() == list(range(1, 9)) and np.ptp(own["teachers"]) <= 1
        assert own["mean_aggregate"].is_monotonic_increasing
        lowest = both.nsmallest(int(own["teachers"].iloc[0]), name)
        np.testing.assert_allclose(
            own["mean_student"].iloc[0], lowest["va_student"].mean(), atol=1e-8
        )
        mean = np.average(own["mean_student"], weights=own["teachers"])
        np.testing.assert_allclose(mean, both["va_student"].mean(), atol=1e-7)


def test_histograms_count_every_teacher_once(compared):
    both, _ = compared
    table = histogram(both, 0.05, 0.1)
    for name, own in table.groupby("measure"):
        assert own["teachers"].sum() == len(both) and own["share"].sum() == pytest.approx(1)
        assert own["left"].tolist() == [-0.1, -0.05, 0.0, 0.05]
        values = both[name]
        expected = [(values < -0.05).sum(), values.between(-0.05, 0, "left").sum()]
        assert own["teachers"].tolist()[:2] == expected


def test_one_year_cannot_tell_effects_from_noise(city):
    one = city.students.query("year == 2006")
    with pytest.raises(UserError, match="no positive covariance between consecutive years"):
        student_value_added(one, "math", **OF_STUDENTS)
