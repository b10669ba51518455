"""The joint estimator: against dense algebra, a worked example, and what theory says."""

import numpy as np
import pytest
from dense_grade_means import (
    controls,
    equations,
    off,
    prediction,
    shares,
    tiny,
    without_controls,
)
from scipy import sparse

from welfare_added.grade_means.careers import Turnover
from welfare_added.grade_means.cells import GradeCells, teacher_shares
from welfare_added.grade_means.controls import residual_maker
from welfare_added.grade_means.factored import elimination_order, factored
from welfare_added.grade_means.joint import joint_estimates, predictions
from welfare_added.grade_means.moments import (
    Design,
    NoiseVariances,
    _noise,
    design,
    estimate_variances,
    moment_equations,
)
from welfare_added.run.errors import UserError

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_residuals_are_those_of_dense_least_squares(seed):
    cells = tiny(seed)
    sd = np.random.default_rng(seed).uniform(0.5, 2.0, len(cells.pupils))
    for noise_sd in (None, sd):
        scale = 1.0 if noise_sd is None else 1 / sd
        m = off(controls(cells) * np.broadcast_to(scale, len(sd))[:, None])
        maker = residual_maker(cells, noise_sd)
        expected = m @ (cells.mean_score * scale)
        np.testing.assert_allclose(maker.residuals(cells.mean_score), expected, atol=1e-9)
        assert maker.degrees_of_freedom == round(np.trace(m))


@pytest.mark.parametrize("seed", SEEDS)
def test_moment_equations_are_those_of_dense_traces(seed):
    cells = tiny(seed)
    sd = np.random.default_rng(seed).uniform(0.5, 2.0, len(cells.pupils))
    parts = [np.ones(len(sd)), 1 / cells.pupils]
    one = design(cells, teacher_shares(cells), sd)
    found = moment_equations(one, [part / sd**2 for part in parts])
    for ours, dense in zip(found, equations(cells, parts, sd), strict=True):
        np.testing.assert_allclose(ours, dense, rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_constant_noise_solves_the_two_equations_of_the_notes(seed):
    cells = tiny(seed)
    z, m = shares(cells), off(controls(cells))
    residual, zt = m @ cells.mean_score, m @ z
    a, b, d = (zt**2).sum(), ((zt.T @ zt) ** 2).sum(), round(np.trace(m))
    moments = [residual @ residual, ((zt.T @ residual) ** 2).sum()]
    teacher, noise = np.linalg.solve([[a, d], [b, a]], moments)
    found = estimate_variances(cells, teacher_shares(cells), "constant")
    np.testing.assert_allclose([found.teacher, found.cell, found.pupil], [teacher, noise, 0.0])


@pytest.mark.parametrize("seed", range(12))
def test_noise_by_pupils_solves_dense_equations(seed):
    """The variance of effects is that of all equations, whatever the sign of the noise's."""
    cells = tiny(seed)
    z, inverse = teacher_shares(cells), 1 / cells.pupils
    matrix, moments = equations(cells, [np.ones(len(inverse)), inverse], np.ones(len(inverse)))
    teacher, cell, pupil = np.linalg.solve(matrix, moments)
    found = estimate_variances(cells, z)
    np.testing.assert_allclose(found.teacher, teacher, atol=1e-9)
    left = moments - matrix[:, 0] * teacher
    if min(cell, pupil) < 0:
        cell, pupil = (0, left[2] / matrix[2, 2]) if cell < 0 else (left[1] / matrix[1, 1], 0)
    rows = [1, 2] if min(cell, pupil) > 0 else []
    solved = np.linalg.solve(matrix[np.ix_(rows, rows)], left[rows]) if rows else [cell, pupil]
    np.testing.assert_allclose([found.cell, found.pupil], solved, atol=1e-9)
    matrix, moments = equations(cells, [inverse], np.sqrt(inverse))
    found = estimate_variances(cells, z, "per_pupil")
    expected = np.linalg.solve(matrix, moments)
    np.testing.assert_allclose([found.teacher, found.pupil], expected, atol=1e-9)
    assert found.cell == 0


@pytest.mark.parametrize(
    ("moments", "expected"),
    [([3.0, 2.0], [1.0, 0.5]), ([1.0, 2.0], [0.0, 1.0]), ([4.0, 0.5], [2.0, 0.0])],
)
def test_negative_noise_is_zero_and_the_other_has_its_own_moment(moments, expected):
    matrix = np.array([[2.0, 2.0], [1.0, 2.0]])
    np.testing.assert_allclose(_noise(matrix, np.array(moments)), expected)


def test_noise_that_is_negative_altogether_is_missing():
    assert not (_noise(np.array([[2.0]]), np.array([-1.0])) > 0).any()
    cells = tiny(0)
    flat = GradeCells(**{**cells.__dict__, "mean_score": np.zeros(len(cells.pupils))})
    found = joint_estimates(flat, teacher_shares(flat))
    assert np.isnan([found.variances.teacher, found.variances.cell]).all()
    assert np.isnan(found.estimate).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_predictions_and_their_variances_are_those_of_dense_algebra(seed):
    cells = tiny(seed)
    known = NoiseVariances(0.04, 0.01, 0.6)
    found = joint_estimates(cells, teacher_shares(cells), variances=known)
    estimate, variance = prediction(cells, known.teacher, known.noise(cells.pupils))
    np.testing.assert_allclose(found.estimate, estimate, atol=1e-9)
    np.testing.assert_allclose(found.variance, variance, atol=1e-9)


def test_worked_example_of_two_teachers_always_together():
    """Notes, example C: s2_mu = s2_e = 0.04, four cells of mean 0.1."""
    one = without_controls(np.full((4, 2), 0.5), np.full(4, 0.1))
    system = sparse.csc_array(one.gram / 0.04 + sparse.diags_array(np.full(2, 1 / 0.04)))
    scaled = Design(one.maker, one.within / 0.2, one.loading, one.gram, one.residual / 0.2)
    estimate, variance = predictions(scaled, factored(system, elimination_order(system)))
    np.testing.assert_allclose(estimate, 0.1 * 2 / 3, atol=1e-12)
    np.testing.assert_allclose(variance, 0.04 * 2 / 3, atol=1e-12)
    matrix, _ = moment_equations(one, [np.ones(4)])
    np.testing.assert_allclose(matrix, [[4.0, 2.0], [2.0, 4.0]], atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_factor_gives_solutions_and_inverse_of_random_matrices(n):
    rng = np.random.default_rng(n)
    dense = np.where(rng.random((n, n)) < 0.1, rng.integers(-2, 3, (n, n)), 0).astype(float)
    dense = dense @ dense.T + np.eye(n)
    matrix = sparse.csc_array(dense)
    found = factored(matrix, elimination_order(matrix))
    inverse = np.linalg.inv(dense)
    right = rng.normal(size=(n, 3))
    np.testing.assert_allclose(found.solve(right), inverse @ right, atol=1e-10)
    np.testing.assert_allclose(found.inverse_diagonal(), np.diag(inverse), atol=1e-10)
    shifted = factored(sparse.csc_array(dense - 1.3 * np.eye(n)), found.order)
    assert shifted.negative().sum() == (np.linalg.eigvalsh(dense) < 1.3).sum()


def test_entries_that_cancel_do_not_break_the_inverse():
    """SuperLU drops the entry of L that is zero here, which the recursion for the inverse needs."""
    dense = np.array([[4.0, 1, 1, 0], [1, 1, 0.25, 0.3], [1, 0.25, 3, 0.7], [0, 0.3, 0.7, 2]])
    found = factored(sparse.csc_array(dense), np.arange(4))
    assert 0.0 in found.values
    np.testing.assert_allclose(found.inverse_diagonal(), np.diag(np.linalg.inv(dense)), atol=1e-12)


def test_teachers_always_together_have_the_same_estimate():
    cells = tiny(1, Turnover(leaving=0.0, changing=0.0, reshuffling=0.0), also=0.0)
    found = joint_estimates(cells, teacher_shares(cells, "equal"), "constant")
    team = dict(zip(cells.teacher, cells.cell, strict=True))  # her last cell, the same each year
    for j in range(cells.teachers):
        together = [k for k in range(cells.teachers) if team[k] == team[j]]
        np.testing.assert_allclose(found.estimate[together], found.estimate[j], atol=1e-12)
        np.testing.assert_allclose(found.variance[together], found.variance[j], atol=1e-12)
    assert len({round(value, 9) for value in found.estimate}) > 5


def test_estimates_have_no_constant_of_their_own():
    """What is added to a school-year, or goes with composition, changes nothing."""
    cells = tiny(2)
    found = joint_estimates(cells, teacher_shares(cells))
    moved = cells.mean_score + 3.0 * cells.school_year + cells.composition @ [1.0, 2.0, 3.0, 4.0]
    again = joint_estimates(
        GradeCells(**{**cells.__dict__, "mean_score": moved}), teacher_shares(cells)
    )
    np.testing.assert_allclose(again.estimate, found.estimate, atol=1e-9)
    np.testing.assert_allclose(again.variances.teacher, found.variances.teacher, atol=1e-9)


def test_estimates_have_the_units_of_scores():
    cells = tiny(3)
    found = joint_estimates(cells, teacher_shares(cells))
    scaled = GradeCells(**{**cells.__dict__, "mean_score": 50 * cells.mean_score})
    again = joint_estimates(scaled, teacher_shares(scaled))
    np.testing.assert_allclose(again.estimate, 50 * found.estimate, rtol=1e-8)
    np.testing.assert_allclose(again.variance, 2500 * found.variance, rtol=1e-8)


def test_no_variance_of_effects_gives_no_estimates():
    cells = tiny(0)
    one_cell_a_school_year = GradeCells(
        **{**cells.__dict__, "school_year": np.arange(len(cells.pupils))}
    )
    found = joint_estimates(one_cell_a_school_year, teacher_shares(cells))
    assert not found.variances.teacher > 0
    assert np.isnan(found.estimate).all() and np.isnan(found.variance).all()


def test_shares_are_given_equal_or_added_up():
    cells = tiny(4)
    np.testing.assert_allclose(teacher_shares(cells).toarray(), shares(cells), atol=1e-15)
    sums = teacher_shares(cells, "sum").toarray()
    assert set(np.unique(sums)) == {0.0, 1.0}
    number = sums.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(teacher_shares(cells, "equal").toarray(), sums / number)
    with pytest.raises(UserError, match="share 'mean' is unknown; want given, equal, sum"):
        teacher_shares(cells, "mean")
