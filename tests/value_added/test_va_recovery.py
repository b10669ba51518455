"""Monte Carlo: what is put in comes out, within the error of the simulation."""

import numpy as np
import pytest

from welfare_added.value_added.prediction import lag_profile, predict
from welfare_added.value_added.variance_components import TeacherYears, autocovariances

SEEDS = 30
TEACHERS, YEARS, VARIANCE, DRIFT, NOISE = 400, 6, 0.02, 0.85, 0.015


def simulate(seed):
    """Teacher-years whose effects drift, with class noise of varying precision."""
    rng = np.random.default_rng(seed)
    effect = np.empty((TEACHERS, YEARS))
    effect[:, 0] = np.sqrt(VARIANCE) * rng.standard_normal(TEACHERS)
    for year in range(1, YEARS):
        news = np.sqrt(VARIANCE * (1 - DRIFT**2)) * rng.standard_normal(TEACHERS)
        effect[:, year] = DRIFT * effect[:, year - 1] + news
    seen = rng.random((TEACHERS, YEARS)) < 0.7
    teacher, year = np.nonzero(seen)
    noise = NOISE * rng.uniform(0.5, 2, len(teacher))
    mean = effect[teacher, year] + np.sqrt(noise) * rng.standard_normal(len(teacher))
    students = rng.integers(15, 30, len(teacher))
    return TeacherYears(teacher, year, mean, 1 / noise, students), effect[teacher, year], noise


def true_profile():
    return VARIANCE * DRIFT ** np.arange(YEARS)


def within(values, truth, errors=3.0):
    """Whether the mean of independent draws is the truth within so many standard errors."""
    values = np.asarray(values)
    return abs(values.mean() - truth) <= errors * values.std(ddof=1) / np.sqrt(len(values))


def test_autocovariances_are_recovered():
    found = [autocovariances(simulate(seed)[0], equal=False)["covariance"] for seed in range(SEEDS)]
    for lag in range(1, YEARS):
        assert within([table[lag - 1] for table in found], VARIANCE * DRIFT**lag)
        assert not within([table[lag - 1] for table in found], VARIANCE * DRIFT**lag * 1.4)


def test_realised_residuals_have_slope_one_on_estimates():
    slopes = []
    for seed in range(SEEDS):
        years, _, noise = simulate(seed)
        lags = autocovariances(years, equal=False)
        profile = lag_profile(lags, VARIANCE, None)
        estimate = predict(years, profile, noise, past_only=False).estimate
        known = ~np.isnan(estimate)
        slopes.append(np.polyfit(estimate[known], years.mean[known], 1)[0])
    assert within(slopes, 1.0, errors=2.5)
    assert np.std(slopes) < 0.15


def test_bias_is_zero_and_the_error_is_what_shrinkage_promises():
    bias, surplus = [], []
    for seed in range(SEEDS):
        years, effect, noise = simulate(seed)
        estimate = predict(years, true_profile(), noise, past_only=False).estimate
        known = ~np.isnan(estimate)
        error = estimate[known] - effect[known]
        bias.append(error.mean())
        surplus.append((error**2).mean() - promised_error(years, noise)[known].mean())
    assert within(bias, 0.0)
    assert within(surplus, 0.0)
    promised = promised_error(*simulate(0)[::2])
    assert 0.3 * VARIANCE < np.nanmean(promised) < VARIANCE


def promised_error(years, noise):
    """c0 - phi' Sigma^-1 phi, teacher-year by teacher-year."""
    result = np.full(len(noise), np.nan)
    profile = true_profile()
    for i, teacher in enumerate(years.teacher):
        others = np.flatnonzero((years.teacher == teacher) & (np.arange(len(noise)) != i))
        if len(others):
            when = years.year[others]
            sigma = profile[abs(when[:, None] - when)] + np.diag(noise[others])
            phi = profile[abs(years.year[i] - when)]
            result[i] = profile[0] - phi @ np.linalg.solve(sigma, phi)
    return result


def test_without_drift_and_with_equal_noise_it_is_the_closed_form():
    rng = np.random.default_rng(0)
    teacher, year = np.divmod(np.arange(40), 4)
    mean = rng.standard_normal(40)
    years = TeacherYears(teacher, year, mean, np.ones(40), np.full(40, 20))
    found = predict(years, np.full(4, 2.0), np.full(40, 0.5), past_only=False).estimate
    others = (np.bincount(teacher, mean)[teacher] - mean) / 3
    assert found == pytest.approx(others * 2.0 / (2.0 + 0.5 / 3))
