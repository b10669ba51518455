"""The printed estimator, step by step, and what its covariance is in expectation."""

import numpy as np
import pytest
from dense_grade_means import controls, off, printed, shares, tiny

from welfare_added.grade_means.attenuation import expected_covariance
from welfare_added.grade_means.cells import GradeCells, teacher_shares
from welfare_added.grade_means.printed import (
    PrintedChoices,
    noise_variances,
    printed_estimates,
)
from welfare_added.run.errors import UserError

SEEDS = range(4)


def by_teacher(dense: dict, teachers: int, cell: float, pupil: float) -> tuple:
    """Steps 4 and 5, teacher by teacher, with h = 1 / (s2_theta + s2_eps / n)."""
    means, precisions = np.zeros(teachers), np.zeros(teachers)
    for (teacher, year), mean in dense["mean"].items():
        h = 1 / (cell + pupil / dense["pupils"][teacher, year])
        means[teacher] += h * mean
        precisions[teacher] += h
    return means / precisions, precisions


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("gap", [0, 1])
def test_steps_are_those_of_a_slow_loop(seed, gap):
    """With a gap the second and third year of the world are not consecutive."""
    cells = tiny(seed)
    year = cells.year + gap * (cells.year >= 2008)
    cells = GradeCells(**{**cells.__dict__, "year": year})
    dense = printed(cells)
    found = printed_estimates(cells)
    assert found.pairs == len(dense["pairs"])
    np.testing.assert_allclose(found.teacher_variance, dense["covariance"], atol=1e-9)
    own = by_teacher(dense, cells.teachers, found.cell_variance, found.pupil_variance)
    np.testing.assert_allclose(found.unshrunk, own[0], atol=1e-9)
    if dense["covariance"] > 0:
        shrinkage = dense["covariance"] / (dense["covariance"] + 1 / own[1])
        np.testing.assert_allclose(found.shrinkage, shrinkage, atol=1e-9)
        np.testing.assert_allclose(found.estimate, own[0] * shrinkage, atol=1e-9)


def test_noise_of_step_3():
    rng = np.random.default_rng(0)
    pupils = rng.integers(5, 200, 4000).astype(float)
    residual = rng.normal(0, np.sqrt(0.04 + 0.01 + 0.8 / pupils))
    cell, pupil = noise_variances(residual, pupils, 0.04, "by_pupils")
    line = np.polyfit(1 / pupils, residual**2, 1)
    np.testing.assert_allclose(pupil, line[0], rtol=1e-9)
    total = np.var(residual, ddof=1) - 0.04
    np.testing.assert_allclose(cell + pupil * np.mean(1 / pupils), total, rtol=1e-9)
    assert abs(pupil - 0.8) < 0.15 and abs(cell - 0.01) < 0.006
    none, pupil = noise_variances(residual, pupils, 0.04, "per_pupil")
    assert none == 0
    np.testing.assert_allclose(pupil * np.mean(1 / pupils), total, rtol=1e-12)
    assert noise_variances(residual, pupils, 0.04, "as_printed") == (0.0, pytest.approx(total))


def test_noise_that_falls_with_pupils_or_is_theirs_alone():
    pupils = np.array([10.0, 10, 40, 40])
    growing = np.array([0.1, -0.1, 0.5, -0.5])
    cell, pupil = noise_variances(growing, pupils, 0.0, "by_pupils")
    assert pupil == 0 and cell == pytest.approx(np.var(growing, ddof=1))
    falling = np.array([0.5, -0.5, 0.001, -0.001])
    cell, pupil = noise_variances(falling, pupils, 0.0, "by_pupils")
    assert cell == 0 and pupil == pytest.approx(np.var(falling, ddof=1) / np.mean(1 / pupils))
    assert noise_variances(falling, pupils, 9.0, "by_pupils") == (0.0, 0.0)


def test_precisions_as_printed():
    cells = tiny(1)
    dense = printed(cells)
    found = printed_estimates(cells, PrintedChoices("as_printed", "as_printed"))
    s2 = np.var(dense["residual"], ddof=1) - dense["covariance"]
    np.testing.assert_allclose(found.pupil_variance, s2, atol=1e-9)
    weighted, pupils, variance = (np.zeros(cells.teachers) for _ in range(3))
    for key, mean in dense["mean"].items():
        weighted[key[0]] += dense["pupils"][key] * mean
        pupils[key[0]] += dense["pupils"][key]
        variance[key[0]] += s2 / dense["pupils"][key]
    np.testing.assert_allclose(found.unshrunk, weighted / pupils, atol=1e-9)
    expected = dense["covariance"] / (dense["covariance"] + 1 / variance)
    np.testing.assert_allclose(found.shrinkage, expected, atol=1e-9)


def test_residuals_without_noise_are_not_shrunk():
    cells = tiny(1)
    found = printed_estimates(
        GradeCells(**{**cells.__dict__, "mean_score": np.zeros(len(cells.pupils))})
    )
    assert found.teacher_variance == 0 and np.isnan(found.shrinkage).all()
    np.testing.assert_array_equal(found.unshrunk, 0.0)


def test_unknown_choices_are_refused():
    with pytest.raises(UserError, match="noise 'none' of the printed estimator is unknown"):
        PrintedChoices(noise="none")
    with pytest.raises(UserError, match="want inverse_variance, as_printed"):
        PrintedChoices(precision="pupils")


def test_a_single_year_has_no_covariance():
    cells = tiny(0, years=1)
    found = printed_estimates(cells)
    assert np.isnan(found.teacher_variance) and found.pairs == 0
    assert np.isnan(found.estimate).all() and np.isfinite(found.unshrunk).all()
    assert np.isnan(expected_covariance(cells, teacher_shares(cells)).teacher)


@pytest.mark.parametrize("seed", SEEDS)
def test_expected_covariance_is_the_trace_of_dense_matrices(seed):
    cells = tiny(seed)
    dense = printed(cells)
    m, z = off(controls(cells)), shares(cells)
    count = len(cells.pupils)

    def averages(keys):
        rows = np.zeros((len(keys), count))
        for row, key in zip(rows, keys, strict=True):
            row[dense["years"][key]] = 1 / len(dense["years"][key])
        return rows

    first = averages(dense["pairs"])
    second = averages([(teacher, year + 1) for teacher, year in dense["pairs"]])
    pairs = len(first)
    kernel = first.T @ (np.eye(pairs) - np.full((pairs, pairs), 1 / pairs)) @ second / (pairs - 1)
    found = expected_covariance(cells, teacher_shares(cells))
    np.testing.assert_allclose(found.teacher, np.trace(kernel @ m @ z @ z.T @ m), atol=1e-9)
    np.testing.assert_allclose(found.noise, np.trace(kernel @ m @ m), atol=1e-9)


@pytest.mark.parametrize(
    ("together", "grades", "left"), [(1, 3, 2 / 3), (2, 3, 1 / 3), (4, 3, 1 / 6), (2, 60, 59 / 120)]
)
def test_teams_that_stay_leave_the_formula_of_the_notes(together, grades, left):
    """(1 - 1 / G) / k of the variance with G cells a school-year, but for the mean taken out.

    The last is the worked example C of the notes, 0.02 of 0.04, but for 1 / G.
    """
    schools, years = 600 // grades, 5
    place = np.arange(schools * grades)
    cell = np.arange(years * len(place))
    at, year = cell % len(place), cell // len(place)
    cells = GradeCells(
        mean_score=np.zeros(len(cell)),
        pupils=np.ones(len(cell)),
        composition=np.zeros((len(cell), 0)),
        school_year=year * schools + at // grades,
        grade=np.zeros(len(cell), dtype=int),
        year=2006 + year,
        cell=np.repeat(cell, together),
        teacher=(at[:, None] * together + np.arange(together)).ravel(),
        share=np.ones(together * len(cell)),
        teachers=together * len(place),
    )
    found = expected_covariance(cells, teacher_shares(cells))
    pairs = (years - 1) * cells.teachers
    np.testing.assert_allclose(found.teacher, left * pairs / (pairs - 1), rtol=1e-9)
