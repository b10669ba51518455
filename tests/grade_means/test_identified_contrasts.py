"""Components, ranks and teams: against dense ranks and graphs made by hand."""

import numpy as np
import pytest
from dense_grade_means import controls, off, shares, tiny
from scipy import sparse

from welfare_added.grade_means.careers import Turnover
from welfare_added.grade_means.cells import GradeCells, teacher_shares
from welfare_added.grade_means.identified import identified
from welfare_added.grade_means.joint import joint_estimates
from welfare_added.grade_means.moments import NoiseVariances


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("changing", [0.0, 0.1])
def test_rank_is_that_of_the_dense_matrix(seed, changing):
    cells = tiny(seed, Turnover(changing=changing), schools=3 + 2 * seed)
    found = identified(cells, teacher_shares(cells))
    zt = off(controls(cells)) @ shares(cells)
    assert found.rank == np.linalg.matrix_rank(zt, tol=1e-8)
    assert found.unclear == 0
    dummies = (cells.school_year[:, None] == np.unique(cells.school_year)).astype(float)
    within = off(dummies) @ shares(cells)
    for number, rank in enumerate(found.ranks):
        own = within[:, found.component == number]
        assert rank == np.linalg.matrix_rank(own, tol=1e-8)
        others = within[:, found.component != number]
        assert not (np.abs(own).max(axis=1) * np.abs(others).max(axis=1, initial=0)).any()


def test_controls_can_take_all_contrasts_away():
    """In a single school-year, shares of pupils as many as cells leave nothing."""
    cells = tiny(0, schools=1, years=1)
    count = len(cells.pupils)
    fields = {**cells.__dict__, "composition": np.eye(count)}
    found = identified(GradeCells(**fields), teacher_shares(cells))
    assert found.ranks.sum() > 0 and found.rank == 0


def two_schools(**changes) -> GradeCells:
    """Two schools of two grades in two years; teacher 0 moves from the first to the second.

    Cells in the order school, year, grade. Teachers 1 and 2 are always together; teacher 5
    teaches both grades of her school in the second year, all of it.
    """
    teachers = [[0], [1, 2], [3], [1, 2], [4], [6], [0], [4]]
    fields = {
        "mean_score": np.random.default_rng(3).normal(0, 1, 8),
        "pupils": np.full(8, 20.0),
        "composition": np.zeros((8, 0)),
        "school_year": np.repeat(np.arange(4), 2),
        "grade": np.tile([0, 1], 4),
        "year": np.array([2006, 2006, 2007, 2007] * 2),
        "cell": np.concatenate([[at] * len(of) for at, of in enumerate(teachers)]),
        "teacher": np.concatenate(teachers),
    }
    fields |= {"teachers": 7, "share": np.ones(len(fields["cell"])), **changes}
    taught = np.append(fields["teacher"], 5), np.append(fields["cell"], 8)
    fields["teacher"], fields["cell"] = taught
    fields["share"] = np.append(fields["share"], 1.0)
    alone = {"mean_score": 1.0, "pupils": 9.0, "school_year": 4, "grade": 0, "year": 2006}
    for name, value in alone.items():
        fields[name] = np.append(fields[name], value)
    fields["composition"] = np.zeros((9, 0))
    return GradeCells(**fields)


def test_components_teams_and_the_never_compared_by_hand():
    cells = two_schools()
    found = identified(cells, teacher_shares(cells))
    assert found.component.tolist() == [0, 0, 0, 0, 0, 1, 0]
    assert found.team.tolist() == [0, 1, 1, 2, 3, 4, 5]
    assert found.never_compared.tolist() == [False] * 5 + [True, False]
    # Four contrasts of two grades, one of which is the grade effect's.
    assert found.ranks.tolist() == [4, 0] and found.lost == 1 and found.rank == 3


def test_without_the_move_there_are_two_components():
    cells = two_schools(teacher=np.array([0, 1, 2, 3, 1, 2, 4, 6, 6, 4]))
    found = identified(cells, teacher_shares(cells))
    assert found.component.tolist() == [0, 0, 0, 0, 1, 2, 1]
    assert found.ranks.tolist() == [2, 1, 0]


def test_one_who_is_never_compared_keeps_the_prior():
    cells = two_schools()
    known = NoiseVariances(0.04, 0.01, 0.0)
    found = joint_estimates(cells, teacher_shares(cells), variances=known)
    assert found.estimate[5] == 0
    np.testing.assert_allclose(found.variance[5], found.variances.teacher, rtol=1e-12)
    assert (found.variance[:5] < found.variances.teacher).all()


@pytest.mark.parametrize(("apart", "rank", "unclear"), [(0, 1, 0), (2e-4, 2, 1), (0.1, 2, 0)])
def test_a_contrast_as_weak_as_rounding_is_called_unclear(apart, rank, unclear):
    """Teachers 0 and 1 share a grade for three years, and differ in one of them by so much."""
    share = np.tile([0.5, 0.5, 1.0], 3)
    share[0] += apart / 4
    cells = GradeCells(
        mean_score=np.arange(6.0),
        pupils=np.ones(6),
        composition=np.zeros((6, 0)),
        school_year=np.repeat(np.arange(3), 2),
        grade=np.zeros(6, dtype=int),
        year=np.repeat(np.arange(2006, 2009), 2),
        cell=np.repeat(np.arange(6), [2, 1] * 3),
        teacher=np.tile([0, 1, 2], 3),
        share=share,
        teachers=3,
    )
    found = identified(cells, teacher_shares(cells))
    assert found.unclear == unclear and found.rank == rank
    assert len(np.unique(found.team)) == (3 if apart else 2)


def test_a_teacher_of_the_whole_school_is_compared_with_nobody():
    cells = two_schools()
    shares = sparse.csr_array(np.ones((len(cells.pupils), 1)))
    found = identified(GradeCells(**{**cells.__dict__, "teachers": 1}), shares)
    assert found.ranks.tolist() == [0] and found.rank == 0
