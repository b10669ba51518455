"""Covariances of effects by type and lag: loops that follow the formulas, and the one-type case."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from welfare_added.run.errors import UserError
from welfare_added.value_added.group_model import Choices, group_model
from welfare_added.value_added.type_model import TypeChoices, extrapolate, moments, type_model
from welfare_added.value_added.type_structure import drift_table, parameters, resampled
from welfare_added.value_added.type_years import PAIRS, TypedClasses, pair_sums
from welfare_added.value_added.variance_components import ClassMeans, autocovariances

SLOPES = 5
STUDENT = 0.25


def panel(seed, teachers=60, years=7, two=0.3, correlation=0.8, shock=0.1):
    """Classes by type with gaps, at times two a year, at times of one type; and squares by type."""
    rng = np.random.default_rng(seed)
    root = 0.3 * np.linalg.cholesky([[1, correlation], [correlation, 1]])
    teacher, year, students, means = [], [], [], []
    for j in range(teachers):
        effect = root @ rng.standard_normal(2)
        for t in range(years):
            effect = 0.9 * effect + np.sqrt(1 - 0.81) * root @ rng.standard_normal(2)
            if rng.random() < 0.25 and t > 0:
                continue
            for _ in range(1 + (rng.random() < two)):
                n = rng.integers(0, 15, 2)
                n[n.sum() == 0] = 5
                noise = np.sqrt(STUDENT / np.maximum(n, 1)) * rng.standard_normal(2)
                shocks = shock * (rng.standard_normal() + rng.standard_normal(2))
                teacher.append(j)
                year.append(2000 + t)
                students.append(n)
                means.append(np.where(n > 0, effect + shocks + noise, np.nan))
    students = np.array(students)
    squares = STUDENT * (students - 1).clip(0).sum(axis=0)
    return TypedClasses(np.array(teacher), np.array(year), students, np.array(means)), squares


def covariance(pairs):
    x, y, w = np.array(pairs, float).T
    w = w / w.sum()
    return (w * (x - w @ x) * (y - w @ y)).sum() * len(pairs) / (len(pairs) - 1)


def by_loops(classes, squares):
    """Moments with means of teacher-years weighted by students, from loops over pairs."""
    rows = list(zip(classes.teacher, classes.year, classes.students, classes.mean, strict=True))
    year_mean, year_students = {}, {}
    for j, t in {(j, t) for j, t, _, _ in rows}:
        for m in range(2):
            own = [(n[m], mean[m]) for a, b, n, mean in rows if (a, b) == (j, t) and n[m] > 0]
            if own:
                total = sum(n for n, _ in own)
                year_mean[j, t, m] = sum(n * mean for n, mean in own) / total
                year_students[j, t, m] = total
    found = {}
    for lag, (a, b) in itertools.product(range(1, 7), PAIRS):
        pairs = [
            (
                year_mean[j, t, a],
                year_mean[j, s, b],
                year_students[j, t, a] + year_students[j, s, b],
            )
            for j, t, kind in year_mean
            for s in {t + lag, t - lag if a != b else t + lag}
            if kind == a and (j, s, b) in year_mean
        ]
        found[lag, a, b] = covariance(pairs), len(pairs)
    between = []
    for m in range(2):
        n = np.array([row[2][m] for row in rows if row[2][m] > 0], float)
        mean = np.array([row[3][m] for row in rows if row[2][m] > 0])
        total = (squares[m] + n @ (mean - n @ mean / n.sum()) ** 2) / (n.sum() - SLOPES - 1)
        between.append(total - squares[m] / (n.sum() - len(n) - SLOPES))
    both = [(mean[0], mean[1], n.sum()) for _, _, n, mean in rows if (n > 0).all()]
    two = []
    for (j, t, n, mean), (i, s, k, other) in itertools.permutations(rows, 2):
        if (j, t) == (i, s) and n[0] > 0 and k[1] > 0:
            two.append((mean[0], other[1], n[0] + k[1]))
    return found, [between[0], covariance(both), between[1]], covariance(two)


@pytest.mark.parametrize("seed", [1, 2])
def test_loops_over_pairs_give_the_same(seed):
    classes, squares = panel(seed)
    model = type_model(classes, squares, SLOPES, TypeChoices(drift_limit=None))
    lags, between, _ = by_loops(classes, squares)
    for (lag, a, b), (value, pairs) in lags.items():
        at = (0, lag - 1, PAIRS.index((a, b)))
        assert model.moments.lags[at] == pytest.approx(value, rel=1e-9)
        assert model.moments.pairs[at] == pairs
        assert model.profile[lag, a, b] == model.profile[lag, b, a] == model.moments.lags[at]
    np.testing.assert_allclose(model.moments.between[0], between, rtol=1e-9)
    total = model.profile[0] + model.shock
    np.testing.assert_allclose([total[0, 0], total[0, 1], total[1, 1]], between, rtol=1e-9)


def test_two_classes_of_a_year_tell_effects_from_shocks():
    classes, squares = panel(3, two=1.0)
    model = type_model(classes, squares, SLOPES, TypeChoices(own_year="two_classes"))
    _, _, cross = by_loops(classes, squares)
    assert model.moments.own_year[0, 1] == pytest.approx(cross, rel=1e-9)
    with_one, squares = panel(3, two=0.0)
    with pytest.raises(UserError, match="set it to lags"):
        type_model(with_one, squares, SLOPES, TypeChoices(own_year="two_classes"))


def test_levels_of_the_types_change_no_moment():
    classes, squares = panel(2)
    one = type_model(classes, squares, SLOPES, TypeChoices())
    apart = replace(classes, mean=classes.mean + np.array([2.0, -3.0]))
    other = type_model(apart, squares, SLOPES, TypeChoices())
    np.testing.assert_allclose(other.level - one.level, [2.0, -3.0])
    np.testing.assert_allclose(one.profile, other.profile, atol=1e-11)
    np.testing.assert_allclose(one.shock, other.shock, atol=1e-11)


@pytest.mark.parametrize("years_used", ["past", "all"])
@pytest.mark.parametrize("drift_limit", [None, 3])
@pytest.mark.parametrize("seed", [4, 5])
def test_without_covariance_between_types_it_is_the_estimator_of_one_group(
    seed, drift_limit, years_used
):
    """Eastmond et al. (2024): each group from its own classes, with its own components."""
    classes, squares = panel(seed, two=0.5)
    chosen = TypeChoices(own_year="two_classes", drift_limit=drift_limit, joint=False)
    model = type_model(classes, squares, SLOPES, chosen)
    for kind in range(2):
        rows = classes.students[:, kind] > 0
        means = ClassMeans(
            classes.teacher[rows],
            classes.year[rows],
            classes.mean[rows, kind] - model.level[kind],
            classes.students[rows, kind].astype(float),
        )
        one = group_model(
            means,
            squares[kind],
            SLOPES,
            Choices("leave_year_out", years_used, "precision", drift_limit, 0.5),
            None,
        )
        targets = one.years.teacher, one.years.year
        shock = max(one.components.class_shock, 0.0)
        assert shock == pytest.approx(model.shock[kind, kind], rel=1e-9)
        expected = one.predict(targets).estimate
        found = model.predict(targets, past_only=years_used == "past").estimate[:, kind]
        known = ~np.isnan(expected)
        assert known.sum() > 150
        np.testing.assert_allclose(found[known], expected[known], rtol=1e-8, atol=1e-11)
        table = autocovariances(one.years, equal=False)
        np.testing.assert_allclose(
            model.moments.lags[0, : len(table), PAIRS.index((kind, kind))], table["covariance"]
        )


def test_extrapolation_meets_a_geometric_decline():
    lags = np.empty((1, 5, 3))
    for number, (own, decay) in enumerate([(0.05, 0.9), (0.04, 0.8), (0.06, 1.0)]):
        lags[0, :, number] = own * decay ** np.arange(1, 6)
    pairs = np.array([50.0, 40, 30, 20, 10])[None, :, None] * np.ones(3)
    np.testing.assert_allclose(extrapolate(lags, pairs, 3), [[0.05, 0.04, 0.06]], rtol=1e-12)
    lags[0, 2, 0] = -0.01  # left out of the line
    lags[0, 1:3, 1] = np.nan  # only one lag
    lags[0, 1, 2] = 0.07  # rises
    np.testing.assert_allclose(
        extrapolate(lags, pairs, 3), [[0.05, lags[0, 0, 1], lags[0, 0, 2]]], rtol=1e-12
    )


def test_a_shock_that_is_no_variance_is_set_to_zero_and_said(caplog):
    classes, squares = panel(6, shock=0.0, teachers=25)
    model = type_model(classes, squares, SLOPES, TypeChoices())
    assert "classroom shocks come out negative" in caplog.text
    assert np.linalg.eigvalsh(model.shock)[0] >= -1e-12
    total = model.profile[0] + model.shock
    np.testing.assert_allclose(total[0, 1], model.moments.between[0, 1], rtol=1e-12)


def test_samples_of_teachers_are_those_of_repeated_teachers():
    """Weights of teachers are the same as teachers entered several times."""
    classes, squares = panel(7, teachers=20)
    model = type_model(classes, squares, SLOPES, TypeChoices())
    weights = np.random.default_rng(1).integers(0, 4, 20)
    found = moments(
        model.sums.weighted(weights[None].astype(float)), SLOPES, model.student, model.choices
    )
    rows, codes = [], []
    for copy in range(3):
        for j in np.flatnonzero(weights > copy):
            of_teacher = np.flatnonzero(classes.teacher == j)
            rows.append(of_teacher)
            codes.append(np.full(len(of_teacher), len(codes)))
    at = np.concatenate(rows)
    again = TypedClasses(
        np.concatenate(codes), classes.year[at], classes.students[at], classes.mean[at]
    )
    own = type_model(again, squares, SLOPES, TypeChoices())
    np.testing.assert_allclose(found.lags[0], own.moments.lags[0], rtol=1e-8)
    np.testing.assert_allclose(found.between[0, 1], own.moments.between[0, 1], rtol=1e-8)


def test_sums_over_all_teachers_are_those_of_each():
    classes, squares = panel(3, teachers=15)
    model = type_model(classes, squares, SLOPES, TypeChoices())
    whole = pair_sums(model.classes, model.years, by_teacher=False)
    for name, table in vars(model.sums.total()).items():
        np.testing.assert_allclose(getattr(whole, name), table, rtol=1e-12, atol=1e-12)


def test_intervals_hold_the_estimate_and_depend_on_the_seed_alone():
    classes, squares = panel(8, teachers=300)
    model = type_model(classes, squares, SLOPES, TypeChoices())
    one, two, other = (resampled(model, 60, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.lags, two.lags)
    assert (one.lags != other.lags).any()
    table = drift_table(model, one)
    assert ((table["low"] < table["covariance"]) & (table["covariance"] < table["high"])).all()
    assert table.groupby("pair").size().tolist() == [7, 7, 7]
    drawn, estimate = parameters(one, model.student), parameters(model.moments, model.student)
    assert 0.02 < np.nanstd(drawn["correlation"]) < 0.15
    assert abs(estimate["correlation"][0] - 0.8) < 0.15


def test_one_year_is_refused():
    classes, squares = panel(9, years=1)
    with pytest.raises(UserError, match="study more years"):
        type_model(classes, squares, SLOPES, TypeChoices())


def test_a_type_with_too_few_students_is_refused():
    classes, _ = panel(9, teachers=3)
    with pytest.raises(UserError, match="too few students of one type"):
        type_model(classes, np.zeros(2), 10**6, TypeChoices())
