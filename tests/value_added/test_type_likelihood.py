"""The likelihood of one- and two-dimensional value added, and its test at the boundary."""

import numpy as np
import pytest
from scipy import stats
from test_type_model import SLOPES, panel

from welfare_added.value_added.type_likelihood import _Shape, _Stacked, one_dimension_test
from welfare_added.value_added.type_model import TypeChoices, type_model

PARAMETERS = np.array([-1.2, -1.5, 1.1, -0.4, 1.3, -2.3, -2.0, 0.3])
WORLDS = 40


def model_of(seed, **more):
    return type_model(*_with_slopes(panel(seed, **more)))


def _with_slopes(made):
    return *made, SLOPES, TypeChoices()


@pytest.mark.parametrize("one_dimension", [True, False])
def test_scipy_gives_the_same_likelihood(one_dimension):
    model = model_of(1, teachers=25)
    data = _Stacked(model.years, model.student)
    value, _ = data.value(PARAMETERS, one_dimension)
    shape = _Shape(PARAMETERS, data.lags, one_dimension)
    expected = 0.0
    for first, last in zip(data.starts[:-1], data.starts[1:], strict=True):
        rows = range(first, last)
        sigma = np.array([[entry(data, shape, a, b) for b in rows] for a in rows])
        mean = data.mean[first:last]
        expected += stats.multivariate_normal(np.zeros(len(mean)), sigma).logpdf(mean)
    assert value == pytest.approx(-expected / 25, rel=1e-11)


def entry(data, shape, a, b):
    """Covariance of two mean residuals of a teacher, as it is printed."""
    m, k = data.kind[a], data.kind[b]
    lag = abs(data.year[a] - data.year[b])
    value = shape.effects[lag, m, k]
    if a == b:
        value += data.noise[a] + data.overlap[a] * shape.shock[m, m]
    elif lag == 0:
        value += data.shared[a] * shape.shock[m, k]
    return value


@pytest.mark.parametrize("one_dimension", [True, False])
def test_derivatives_are_those_of_differences(one_dimension):
    model = model_of(2, teachers=25)
    data = _Stacked(model.years, model.student)
    _, gradient = data.value(PARAMETERS, one_dimension)
    for j in range(len(PARAMETERS)):
        step = np.zeros(8)
        step[j] = 1e-5
        up, down = (data.value(PARAMETERS + sign * step, one_dimension)[0] for sign in (1, -1))
        assert gradient[j] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-8)
    assert (gradient[2] == 0) == one_dimension


def test_two_dimensions_are_found_and_their_correlation():
    weak = one_dimension_test(model_of(12, teachers=60, correlation=0.97))
    assert 0.1 < weak.statistic < 20
    assert weak.p_value == pytest.approx(stats.chi2(1).sf(weak.statistic) / 2)
    found = one_dimension_test(model_of(3, teachers=400, correlation=0.8))
    assert found.p_value < 1e-6
    assert found.full.correlation == pytest.approx(0.8, abs=0.06)
    np.testing.assert_allclose(found.full.sd, 0.3, atol=0.03)
    assert found.full.value > found.restricted.value
    assert found.restricted.correlation == 1


def test_one_dimension_is_rejected_as_often_as_it_should_be():
    """At the boundary: half of the statistics are zero, the rest chi-squared with one degree."""
    tests = [one_dimension_test(model_of(100 + w, correlation=1 - 1e-12)) for w in range(WORLDS)]
    statistics = np.array([test.statistic for test in tests])
    zero = (statistics < 1e-3).mean()
    # Standard error of a share of one half of 40 is 0.08.
    assert 0.3 < zero < 0.75, zero
    p_values = np.array([test.p_value for test in tests])
    assert (p_values < 0.05).mean() <= 0.15
    positive = statistics[statistics >= 1e-3]
    assert stats.kstest(positive, stats.chi2(1).cdf).pvalue > 0.01
