"""Scores given everything else: the worked example, dense algebra, and a mixed model."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from welfare_added.run.errors import UserError
from welfare_added.selection import outcome_block as block
from welfare_added.selection.sums import sum_outcomes


def rows(seed=1, teachers=40, schools=6, students=700):
    """Scores of teachers who work in several schools."""
    rng = np.random.default_rng(seed)
    teacher = rng.integers(teachers, size=students)
    school = (teacher + rng.integers(3, size=students)) % schools
    x = np.column_stack([np.ones(students), rng.standard_normal((students, 2))])
    theta = 0.5 * rng.standard_normal(teachers)
    eta = 0.4 * rng.standard_normal((teachers, schools))
    y = x @ [0.2, 1.0, -0.5] + theta[teacher] + eta[teacher, school] + rng.standard_normal(students)
    return y, x, teacher, school


def sums_of(y, x, teacher, school, batches=3):
    parts = np.array_split(np.arange(len(y)), batches)
    names = [f"x{j}" for j in range(x.shape[1])]
    return sum_outcomes(
        names, school.max() + 1, ((y[i], x[i], teacher[i], school[i]) for i in parts)
    )


def equal_effects(cells, theta, eta, s2):
    return block.Effects(
        teacher_mean=np.zeros(cells.teachers),
        teacher_variance=np.full(cells.teachers, theta),
        cell_mean=np.zeros(len(cells.rows)),
        cell_variance=np.full(len(cells.rows), eta),
        error_variance=s2,
    )


def worked(means):
    """Cells of four rows each with these mean residuals, of one teacher (W2)."""
    y = np.repeat(means, 4)
    place = np.repeat(np.arange(len(means)), 4)
    sums = sums_of(y, np.zeros((len(y), 1)), np.zeros(len(y), dtype=int), place)
    cells = block.outcome_cells(sums, 1)
    return cells, equal_effects(cells, 0.25, 0.25, 1.0), block.cell_residuals(cells, np.zeros(1))


def test_worked_example_two_cells():
    cells, effects, residual = worked([0.5, -0.1])
    mean, variance = block.teacher_posterior(cells, effects, residual)
    assert mean == pytest.approx([0.1], abs=1e-15)
    assert variance == pytest.approx([0.125], abs=1e-15)
    match, _ = block.cell_posterior(cells, effects, residual, mean)
    assert match == pytest.approx([0.2, -0.1], abs=1e-15)


def test_worked_example_one_cell():
    cells, effects, residual = worked([0.5])
    mean, variance = block.teacher_posterior(cells, effects, residual)
    assert mean == pytest.approx([1 / 6], abs=1e-15)
    assert variance == pytest.approx([1 / 6], abs=1e-15)
    match, _ = block.cell_posterior(cells, effects, residual, mean)
    assert mean + match == pytest.approx([1 / 3], abs=1e-15)


def dense(y, x, teacher, school, effects, cells, sums):
    """Covariance (N, N) of rows and their prior means, written out."""
    number = {pair: j for j, pair in enumerate(zip(sums.teacher, sums.school, strict=True))}
    cell = np.array([number[pair] for pair in zip(teacher, school, strict=True)])
    of_teacher = np.eye(cells.teachers)[teacher]
    of_cell = np.eye(len(cells.rows))[cell]
    mean = of_teacher @ effects.teacher_mean + of_cell @ effects.cell_mean
    covariance = (
        effects.error_variance * np.eye(len(y))
        + (of_teacher * effects.teacher_variance) @ of_teacher.T
        + (of_cell * effects.cell_variance) @ of_cell.T
    )
    return mean, covariance, of_teacher, of_cell


@pytest.fixture
def uneven():
    """Priors that differ between teachers and cells, as decisions make them."""
    data = rows()
    sums = sums_of(*data)
    cells = block.outcome_cells(sums, 40)
    rng = np.random.default_rng(5)
    effects = block.Effects(
        teacher_mean=0.3 * rng.standard_normal(40),
        teacher_variance=rng.uniform(0.1, 0.4, 40),
        cell_mean=0.3 * rng.standard_normal(len(cells.rows)),
        cell_variance=rng.uniform(0.0, 0.3, len(cells.rows)),
        error_variance=0.8,
    )
    return data, cells, effects, dense(*data, effects, cells, sums)


def test_coefficients_equal_dense_algebra(uneven):
    (y, x, *_), cells, effects, (mean, covariance, *_) = uneven
    precision, product = block.coefficient_posterior(cells, effects, 100.0)
    weighted = np.linalg.solve(covariance, x)
    np.testing.assert_allclose(precision, x.T @ weighted + np.eye(3) / 100, rtol=1e-10)
    np.testing.assert_allclose(product, weighted.T @ (y - mean), rtol=1e-9)


def test_effects_equal_dense_algebra(uneven):
    (y, x, *_), cells, effects, (mean, covariance, of_teacher, of_cell) = uneven
    a = np.array([0.1, 0.9, -0.4])
    residual = block.cell_residuals(cells, a)
    gap = np.linalg.solve(covariance, y - x @ a - mean)
    theta, variance = block.teacher_posterior(cells, effects, residual)
    loading = of_teacher * effects.teacher_variance
    np.testing.assert_allclose(theta, effects.teacher_mean + loading.T @ gap, rtol=1e-9)
    expected = effects.teacher_variance - np.diag(loading.T @ np.linalg.solve(covariance, loading))
    np.testing.assert_allclose(variance, expected, rtol=1e-9)
    match, _ = block.cell_posterior(cells, effects, residual, theta)
    expected = effects.cell_mean + (of_cell * effects.cell_variance).T @ gap
    np.testing.assert_allclose(match, expected, atol=1e-10)
    errors = y - x @ a - of_teacher @ theta - of_cell @ match
    found = block.squared_errors(cells, a, theta[cells.teacher] + match)
    assert found == pytest.approx(errors @ errors, rel=1e-12)


def test_marginal_density_equals_dense_algebra_up_to_a_constant(uneven):
    (y, x, teacher, school), cells, effects, _ = uneven
    a = np.array([0.1, 0.9, -0.4])
    residual, sums = block.cell_residuals(cells, a), sums_of(y, x, teacher, school)
    gaps = []
    for factor in (1.0, 0.3, 2.5):
        changed = block.Effects(
            effects.teacher_mean * factor,
            effects.teacher_variance * factor,
            effects.cell_mean / factor,
            effects.cell_variance * factor**2,
            effects.error_variance,
        )
        mean, covariance, *_ = dense(y, x, teacher, school, changed, cells, sums)
        gap = y - x @ a - mean
        written = -0.5 * (np.linalg.slogdet(covariance)[1] + gap @ np.linalg.solve(covariance, gap))
        gaps.append(written - block.log_marginal(cells, changed, residual))
    np.testing.assert_allclose(gaps, gaps[0], rtol=1e-9)


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")
def test_outcome_block_alone_is_a_mixed_model():
    y, x, teacher, school = rows()
    frame = pd.DataFrame({"y": y, "a": x[:, 1], "b": x[:, 2], "teacher": teacher, "school": school})
    model = MixedLM.from_formula(
        "y ~ a + b", frame, groups="teacher", re_formula="1", vc_formula={"cell": "0 + C(school)"}
    )
    fit = model.fit(reml=True, method="lbfgs", maxiter=30)  # equal at any variances
    cells = block.outcome_cells(sums_of(y, x, teacher, school), 40)
    effects = equal_effects(cells, fit.cov_re.iloc[0, 0], fit.vcomp[0], fit.scale)
    precision, product = block.coefficient_posterior(cells, effects, 1e12)
    estimates = np.linalg.solve(precision, product)
    np.testing.assert_allclose(estimates, fit.fe_params, atol=1e-6)
    theta, _ = block.teacher_posterior(cells, effects, block.cell_residuals(cells, estimates))
    expected = [fit.random_effects[i].iloc[0] for i in range(40)]
    np.testing.assert_allclose(theta, expected, atol=1e-6)


def test_batches_change_nothing():
    data = rows()
    one, many = sums_of(*data, batches=1), sums_of(*data, batches=7)
    for name in ("cross", "moment", "rows", "score_sum", "regressor_sum"):
        np.testing.assert_allclose(getattr(one, name), getattr(many, name), rtol=1e-12, atol=1e-12)


def test_a_missing_score_is_refused():
    y, x, teacher, school = rows()
    y[3] = np.nan
    with pytest.raises(UserError, match=r"outcomes: 1 rows of batch 0 without a score"):
        sums_of(y, x, teacher, school)
    with pytest.raises(UserError, match="outcomes: no rows"):
        sum_outcomes(["x"], 1, [])
