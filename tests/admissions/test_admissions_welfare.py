"""Welfare of an assignment, and the two propositions of appendix A.1, on random students."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.admissions.welfare import (
    closest_curriculum,
    optimal_curricula,
    school_variances,
    variance_identity,
    welfare,
)

SCHOOLS = 3


@st.composite
def assignments(draw, most=30):
    """Types, group indicators and schools of some students; a school may be empty."""
    number = draw(st.integers(1, most))
    types = draw(st.lists(st.floats(-5, 5), min_size=number, max_size=number))
    groups = draw(st.lists(st.integers(0, 1), min_size=number, max_size=number))
    schools = draw(st.lists(st.integers(0, SCHOOLS - 1), min_size=number, max_size=number))
    return np.array(types), np.array(groups)[:, None].astype(float), np.array(schools)


def total(types, school, *, k=1.0, d=0.0, groups=None, curricula=None):
    groups = np.zeros((len(types), 1)) if groups is None else groups
    return welfare(
        types,
        groups,
        school,
        curriculum_weight=k,
        diversity_weight=d,
        target=np.array([0.5]),
        curricula=curricula,
    ).total


def test_welfare_of_four_students_by_hand():
    # School 0: types 1 and 3, variance 1, all of group 1; school 1: types 4 and 8, variance 4.
    result = welfare(
        np.array([1.0, 3.0, 4.0, 8.0]),
        np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]),
        np.array([0, 0, 1, 1]),
        curriculum_weight=2.0,
        diversity_weight=3.0,
        target=np.array([0.5, 0.5]),
    )
    np.testing.assert_allclose(result.shares, [0.5, 0.5])
    np.testing.assert_allclose(result.mismatch, [1.0, 4.0])
    np.testing.assert_allclose(result.imbalance, [np.sqrt(0.5), 0.0], atol=1e-15)
    np.testing.assert_allclose(result.of_schools, [-2 - 3 * np.sqrt(0.5), -8.0])
    assert result.total == pytest.approx(-5 - 1.5 * np.sqrt(0.5))


def test_a_school_without_students_counts_for_nothing():
    types, school = np.array([1.0, 3.0]), np.array([0, 2])
    assert total(types, school) == 0.0
    assert np.isnan(optimal_curricula(types, school)[1])
    assert variance_identity(types, school) == pytest.approx((0.0, 0.0))
    assert list(closest_curriculum(types, optimal_curricula(types, school))) == [0, 2]


@given(assignments())
def test_proposition_2_both_sides(case):
    types, _, school = case
    within, between = variance_identity(types, school)
    assert within == pytest.approx(between, abs=1e-10)
    assert within == pytest.approx(total(types, school), abs=1e-10)


@given(assignments(), st.lists(st.floats(-6, 6), min_size=SCHOOLS, max_size=SCHOOLS))
def test_proposition_1_mean_types_are_the_best_curricula(case, other):
    types, groups, school = case
    best = total(types, school, k=2.0, d=1.5, groups=groups)
    assert best >= (
        total(types, school, k=2.0, d=1.5, groups=groups, curricula=np.array(other)) - 1e-10
    )


@given(assignments(), st.lists(st.floats(-6, 6), min_size=SCHOOLS, max_size=SCHOOLS))
def test_proposition_1_the_closest_curriculum_is_best_without_diversity(case, curricula):
    types, _, school = case
    curricula = np.array(curricula)
    closest = closest_curriculum(types, curricula)
    best = total(types, closest, curricula=curricula)
    assert best >= total(types, school, curricula=curricula) - 1e-10


@settings(max_examples=25)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=7))
def test_proposition_1_holds_at_the_optimum_over_all_assignments(types):
    types = np.array(types, dtype=float)
    every = [np.array(one) for one in product(range(2), repeat=len(types))]
    values = [total(types, school) for school in every]
    best = every[int(np.argmax(values))]
    curricula = optimal_curricula(types, best)
    distance = np.abs(types[:, None] - curricula)
    own = distance[np.arange(len(types)), best]
    assert (own <= np.nanmin(distance, axis=1) + 1e-9).all()


def test_variances_divide_by_the_number_of_students():
    variances = school_variances(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]))
    np.testing.assert_allclose(variances, [1.0, 0.0])


@pytest.mark.parametrize(
    ("school", "curricula", "message"),
    [
        ([0, -1], None, "numbers from 0"),
        ([0.0, 1.0], None, "numbers from 0"),
        ([0], None, "2 types, but 1"),
        ([0, 2], [1.0, 2.0], "3 schools, but 2 curricula"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(school, curricula, message):
    with pytest.raises(ValueError, match=message):
        total(np.array([1.0, 2.0]), np.array(school), curricula=curricula)
