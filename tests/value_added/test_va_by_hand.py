"""Worked examples, small enough to check with a pencil."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.value_added.prediction import lag_profile, predict, shrunken_means
from welfare_added.value_added.variance_components import (
    ClassMeans,
    TeacherYears,
    Variances,
    autocovariances,
    teacher_years,
    variances,
    weighted_covariance,
)


def years_of(teacher, year, mean, precision=None, students=None):
    n = len(mean)
    return TeacherYears(
        np.array(teacher),
        np.array(year),
        np.array(mean, float),
        np.ones(n) if precision is None else np.array(precision, float),
        np.full(n, 10) if students is None else np.array(students),
    )


def test_a_covariance_of_three_weighted_pairs():
    # weights 1/4, 1/4, 1/2; means of x and y: 2 and 3
    # 1/4 (-1)(-2) + 1/4 (1)(0) + 1/2 (0)(1) = 0.5, times 3/2
    found = weighted_covariance(
        np.array([1.0, 3, 2]), np.array([1.0, 3, 4]), np.array([10, 10, 20])
    )
    assert found == pytest.approx(0.75)


def test_one_pair_says_nothing():
    assert np.isnan(weighted_covariance(np.array([1.0]), np.array([2.0]), np.array([5])))


def test_variances_of_four_students_in_two_classes():
    # residuals 1, 3 | -1, -3: mean 0, sum of squares 20; with one slope K = 2
    # V_total = 20/3 * 3/2 = 10; around class means 2 and -2: squares 4, V_student = 4/3 * 3/1 = 4
    classes = ClassMeans(
        np.array([0, 1]), np.array([1, 1]), np.array([2.0, -2.0]), np.array([2, 2])
    )
    found = variances(classes, 4.0, 1, np.random.default_rng(0))
    assert found.total == pytest.approx(10)
    assert found.student == pytest.approx(4)
    assert np.isnan(found.same_year)
    # with one class a teacher-year only c0 + V_class matters: 10 - 4 in all
    assert found.own_year + found.noise(np.array([2]))[0] == pytest.approx(6 + 4 / 2)


def test_two_classes_of_a_year_are_averaged_by_precision():
    classes = ClassMeans(
        np.array([0, 0]), np.array([5, 5]), np.array([1.0, 4.0]), np.array([10, 20])
    )
    found = teacher_years(classes, np.array([1.0, 0.5]))
    # precisions 1 and 2: (1 * 1 + 2 * 4) / 3 = 3
    assert found.mean.tolist() == pytest.approx([3.0])
    assert found.precision.tolist() == [3.0]
    assert found.students.tolist() == [30]


def test_a_prediction_from_two_other_years():
    # c0 = 2, c1 = 1, c2 = 0.5, noise 1: year 2 from years 1 and 3
    # Sigma = [[3, 0.5], [0.5, 3]], phi = [1, 1]: psi = 1 / 3.5 each
    years = years_of([0, 0, 0], [1, 2, 3], [7.0, 100.0, 14.0])
    found = predict(years, np.array([2.0, 1, 0.5]), np.ones(3), past_only=False).estimate
    assert found[1] == pytest.approx((7 + 14) / 3.5)
    # year 3 from years 1 and 2: Sigma = [[3, 1], [1, 3]], phi = [0.5, 1]: psi = [1/16, 5/16]
    assert found[2] == pytest.approx(7 / 16 + 500 / 16)


def test_past_years_only():
    years = years_of([0, 0, 1], [1, 2, 1], [6.0, 9.0, 3.0])
    found = predict(years, np.array([2.0, 1]), np.ones(3), past_only=True).estimate
    assert np.isnan(found[[0, 2]]).all()
    assert found[1] == pytest.approx(6 / 3)


def test_covariances_by_lag():
    years = years_of([0, 0, 1, 1, 2, 2], [1, 2, 1, 2, 1, 3], [1.0, 1, 3, 3, 5, 7])
    found = autocovariances(years, equal=True).set_index("lag")
    # lag 1: pairs (1, 1) and (3, 3): mean 2, (1 + 1) / 2 * 2 / 1 = 2
    assert found.loc[1, "covariance"] == pytest.approx(2)
    assert found.loc[1, "pairs"] == 2
    assert found.loc[1, "correlation"] == pytest.approx(1)
    assert np.isnan(found.loc[2, "covariance"])


def test_lags_beyond_the_limit_and_lags_nobody_shows():
    lags = pd.DataFrame({"covariance": [0.9, np.nan, 0.5, 0.1]})
    assert lag_profile(lags, 1.0, None).tolist() == [1.0, 0.9, 0.9, 0.5, 0.1]
    assert lag_profile(lags, 1.0, 1).tolist() == [1.0, 0.9, 0.9, 0.9, 0.9]


def test_a_missing_first_lag_is_not_the_covariance_within_a_year():
    lags = pd.DataFrame({"covariance": [np.nan, 0.5, np.nan, 0.1]})
    assert lag_profile(lags, 1.0, None).tolist() == [1.0, 0.5, 0.5, 0.5, 0.1]
    nobody = lag_profile(pd.DataFrame({"covariance": [np.nan, np.nan]}), 1.0, None)
    assert np.isnan(nobody[1:]).all()


def test_empirical_bayes_of_one_class_and_of_two():
    found = Variances(3.0, 1.0, float("nan"), 0, 0, 0)
    classes = ClassMeans(
        np.array([0, 1, 1]), np.array([1, 1, 2]), np.array([2.0, 4.0, 8.0]), np.array([4, 2, 2])
    )
    estimates = shrunken_means(classes, found, 0.75).estimate
    # between 2, the teacher's 1.5; noise of a class of 4: 0.5 + 0.25
    assert estimates[0] == pytest.approx(2.0 * 1.5 / 2.25)
    # two classes of 2: noise 1 each, mean 6, noise of the mean 0.5
    assert estimates[1] == pytest.approx(6 * 1.5 / 2.0)


def test_empirical_bayes_of_classes_of_two_sizes():
    found = Variances(3.0, 1.0, float("nan"), 0, 0, 0)
    classes = ClassMeans(np.zeros(2, int), np.array([1, 2]), np.array([4.0, 8.0]), np.array([2, 4]))
    # noise 0.5 + 1/2 = 1 and 0.5 + 1/4 = 3/4, precisions 1 and 4/3: mean (4 + 32/3) / (7/3) = 44/7
    # shrunk by 1.5 / (1.5 + 3/7) = 7/9
    estimate = shrunken_means(classes, found, 0.75)
    assert estimate.estimate == pytest.approx([44 / 9])
    assert estimate.shrinkage == pytest.approx([7 / 9])
    # what remains of the teacher's 1.5: 1.5 (1 - 7/9) = 1/3
    assert estimate.sd**2 == pytest.approx([1 / 3])
