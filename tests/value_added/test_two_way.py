"""Teachers' and schools' effects against dense least squares."""

import numpy as np
import pytest

from welfare_added.value_added import two_way
from welfare_added.value_added.two_way import TwoWay, connected_sets


def panel(seed, teachers=25, schools=9, rows=160, sets=1):
    """Random teachers in schools; in several sets none moves between them."""
    rng = np.random.default_rng(seed)
    teacher = np.r_[np.arange(teachers), rng.integers(teachers, size=rows)]
    groups = np.arange(schools) * sets // schools
    school = np.empty(len(teacher), dtype=int)
    for row, one in enumerate(teacher):
        school[row] = rng.choice(np.flatnonzero(groups == one % sets))
    school[np.arange(schools)] = np.arange(schools)  # each occurs
    teacher[np.arange(schools)] = [
        rng.choice(np.flatnonzero(np.arange(teachers) % sets == groups[k])) for k in range(schools)
    ]
    teacher = np.unique(teacher, return_inverse=True)[1]
    return teacher, school, rng.integers(1, 30, len(teacher)).astype(float), rng


def dense(teacher, school, weights, outcomes):
    """Fitted values of weighted least squares on dummies, of minimum norm."""
    design = np.column_stack([np.eye(teacher.max() + 1)[teacher], np.eye(school.max() + 1)[school]])
    root = np.sqrt(weights)[:, None]
    return design @ np.linalg.lstsq(design * root, outcomes * root, rcond=1e-12)[0]


@pytest.mark.parametrize("sets", [1, 2, 3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_residuals_are_those_of_dummies(seed, sets):
    teacher, school, weights, rng = panel(seed, sets=sets)
    outcomes = rng.normal(size=(len(teacher), 3))
    found = TwoWay(teacher, school, weights).residuals(outcomes)
    expected = outcomes - dense(teacher, school, weights, outcomes)
    np.testing.assert_allclose(found, expected, atol=1e-11)


@pytest.mark.parametrize("sets", [1, 3])
def test_each_connected_set_has_its_own_normalisation(sets):
    teacher, school, weights, rng = panel(5, sets=sets)
    design = TwoWay(teacher, school, weights)
    assert len(np.unique(design.sets)) == sets
    effects = design.effects(rng.normal(size=(len(teacher), 1)))
    size = np.bincount(school, weights=weights)
    for one in range(sets):
        inside = design.sets == one
        assert abs(size[inside] @ effects.school[inside, 0]) < 1e-9
    assert np.abs(effects.school).max() > 0.1


def test_planted_effects_without_noise_are_found():
    teacher, school, weights, rng = panel(7, sets=2)
    design = TwoWay(teacher, school, weights)
    of_teacher, of_school = rng.normal(size=25), rng.normal(size=9)
    size = np.bincount(school, weights=weights)
    for one in range(2):
        inside = design.sets == one
        of_school[inside] -= np.average(of_school[inside], weights=size[inside])
    outcome = of_teacher[teacher] + of_school[school]
    effects = design.effects(outcome[:, None])
    np.testing.assert_allclose(effects.teacher[:, 0], of_teacher[: teacher.max() + 1], atol=1e-11)
    np.testing.assert_allclose(effects.school[:, 0], of_school, atol=1e-11)


def test_sets_are_numbered_by_their_first_school():
    teacher = np.array([0, 0, 1, 2, 2, 3])
    school = np.array([0, 3, 1, 1, 4, 2])
    assert connected_sets(teacher, school).tolist() == [0, 1, 2, 0, 1]


def test_one_school_leaves_deviations_from_teachers_means():
    teacher, weights = np.array([0, 0, 1]), np.array([1.0, 3.0, 2.0])
    outcome = np.array([[1.0], [5.0], [7.0]])
    found = TwoWay(teacher, np.zeros(3, dtype=int), weights).residuals(outcome)
    np.testing.assert_allclose(found[:, 0], [-3.0, 1.0, 0.0])


def test_a_wrong_factor_is_told(monkeypatch):
    monkeypatch.setattr(two_way, "REFINEMENTS", 0)
    teacher, school, weights, rng = panel(8)
    design = TwoWay(teacher, school, weights)
    design.factor = two_way.splu((design.system * 1.01).tocsc())
    with pytest.raises(ValueError, match="normal equations are off"):
        design.effects(rng.normal(size=(len(teacher), 1)))
