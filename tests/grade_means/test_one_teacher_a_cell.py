"""One teacher a cell: the joint estimator is empirical Bayes as `value_added` has it.

Both shrink a teacher's mean residual with the same weights if the variances are the same: those of
`shrunken_means` are s2_mu + s2_theta between classes, of which s2_mu / (s2_mu + s2_theta) are
teachers', and s2_e / n. Beside controls the joint estimator weighs cells by what it knows of their
noise and of their teachers' effects (generalised least squares), and empirical Bayes takes the
residuals it is given; with ordinary ones it is the same only where all teachers have as many cells
and all cells as many pupils. Its variances leave out what controls have cost.
"""

import numpy as np
import pytest
from dense_grade_means import without_controls
from scipy import sparse

from welfare_added.grade_means.cells import GradeCells, teacher_shares
from welfare_added.grade_means.controls import residual_maker
from welfare_added.grade_means.factored import elimination_order, factored
from welfare_added.grade_means.joint import joint_estimates, predictions
from welfare_added.grade_means.moments import Design, NoiseVariances
from welfare_added.grade_means.printed import printed_estimates
from welfare_added.grade_means.worlds import WorldOfCells, draw_cells
from welfare_added.value_added.prediction import ShrunkenMeans, shrunken_means
from welfare_added.value_added.variance_components import ClassMeans, Variances

SPREAD = NoiseVariances(teacher=0.04, cell=0.01, pupil=0.6)


def empirical_bayes(
    cells: GradeCells, residual: np.ndarray, spread: NoiseVariances = SPREAD
) -> ShrunkenMeans:
    """`value_added`'s empirical Bayes of cells in place of classes, with the same variances."""
    cell, between = cells.cell, spread.teacher + spread.cell
    order = np.lexsort((cells.year[cell], cells.teacher))
    classes = ClassMeans(
        cells.teacher[order],
        cells.year[cell][order],
        residual[cell][order],
        cells.pupils[cell][order],
    )
    components = Variances(between + spread.pupil, spread.pupil, np.nan, 0, len(order), 0)
    return shrunken_means(classes, components, spread.teacher / between)


def one_group(seed: int, **changes: object) -> GradeCells:
    """Cells of one teacher each; no effects but a constant, no controls."""
    cells, _ = draw_cells(WorldOfCells(12, years=4), np.random.SeedSequence(seed))
    nothing = np.zeros(len(cells.pupils), int)
    fields = {"school_year": nothing, "grade": nothing, "composition": np.zeros((len(nothing), 0))}
    return GradeCells(**{**cells.__dict__, **fields, **changes})


@pytest.mark.parametrize("seed", range(3))
def test_without_any_control_it_is_empirical_bayes_whatever_the_cells(seed):
    cells = one_group(seed)
    assert len(np.unique(np.bincount(cells.teacher))) > 1 and np.ptp(cells.pupils) > 0
    sd = np.sqrt(SPREAD.noise(cells.pupils))
    whole = without_controls(teacher_shares(cells).toarray(), cells.mean_score)
    z = sparse.csr_array(sparse.diags_array(1 / sd) @ whole.within)
    gram = sparse.csc_array(z.T @ z)
    one = Design(whole.maker, z, whole.loading, gram, cells.mean_score / sd)
    system = sparse.csc_array(gram + sparse.diags_array(np.full(cells.teachers, 1 / 0.04)))
    estimate, variance = predictions(one, factored(system, elimination_order(system)))
    expected = empirical_bayes(cells, cells.mean_score)
    np.testing.assert_allclose(estimate, expected.estimate, atol=1e-12)
    np.testing.assert_allclose(variance, expected.sd**2, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_beside_a_constant_it_is_that_of_generalised_residuals(seed):
    cells = one_group(seed)
    z = teacher_shares(cells).toarray()
    covariance = SPREAD.teacher * z @ z.T + np.diag(SPREAD.noise(cells.pupils))
    weight = np.linalg.solve(covariance, np.ones(len(z)))
    constant = weight @ cells.mean_score / weight.sum()
    found = joint_estimates(cells, teacher_shares(cells), variances=SPREAD)
    expected = empirical_bayes(cells, cells.mean_score - constant)
    np.testing.assert_allclose(found.estimate, expected.estimate, atol=1e-10)
    of_ols = empirical_bayes(cells, cells.mean_score - cells.mean_score.mean())
    assert np.abs(found.estimate - of_ols.estimate).max() > 1e-4
    lost = expected.shrinkage**2 / weight.sum()  # to the error of the constant
    np.testing.assert_allclose(found.variance, expected.sd**2 + lost, atol=1e-10)
    assert lost.min() > 1e-6


def test_where_teachers_and_cells_are_alike_ordinary_residuals_will_do():
    """Everybody has four cells of twenty pupils: the constant is the mean, by whatever weights."""
    count, years = 15, 4
    cell = np.arange(count * years)
    nothing = np.zeros(len(cell), int)
    rng = np.random.default_rng(1)
    cells = GradeCells(
        mean_score=rng.normal(0.3, 0.4, len(cell)),
        pupils=np.full(len(cell), 20.0),
        composition=np.zeros((len(cell), 0)),
        school_year=nothing,
        grade=nothing,
        year=2006 + cell // count,
        cell=cell,
        teacher=cell % count,
        share=np.ones(len(cell)),
        teachers=count,
    )
    residual = residual_maker(cells).residuals(cells.mean_score)
    found = joint_estimates(cells, teacher_shares(cells), variances=SPREAD)
    np.testing.assert_allclose(
        found.estimate, empirical_bayes(cells, residual).estimate, atol=1e-12
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_printed_estimator_is_empirical_bayes_of_its_residuals_and_variances(seed):
    """With school-year effects too, since it takes residuals as they are."""
    cells, _ = draw_cells(WorldOfCells(40), np.random.SeedSequence(seed))
    found = printed_estimates(cells)
    spread = NoiseVariances(found.teacher_variance, found.cell_variance, found.pupil_variance)
    assert spread.teacher > 0 and spread.cell + spread.pupil > 0
    residual = residual_maker(cells).residuals(cells.mean_score)
    expected = empirical_bayes(cells, residual, spread)
    np.testing.assert_allclose(found.estimate, expected.estimate, atol=1e-12)
    np.testing.assert_allclose(found.shrinkage, expected.shrinkage, atol=1e-12)
