"""The LASSO: optimality, closed form, cross-validation by hand, invariances, refusals."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from lasso_cases import draw_pool
from scipy.linalg import hadamard

from welfare_added.admissions import lasso_path
from welfare_added.admissions.lasso import _first_within, draw_folds, lasso
from welfare_added.admissions.lasso_path import LassoError
from welfare_added.run.errors import UserError


def folds_of(pool, folds=3):
    return draw_folds(len(pool.outcome), folds, np.random.default_rng(0))


def violation(pool, fit):
    """Largest violation of the conditions of an optimum, from inputs and weights alone."""
    x = pool.inputs.to_numpy()
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    weights = fit.coefficients * x.std(axis=0)
    slope = z.T @ (pool.outcome - fit.intercept - x @ fit.coefficients) / len(x)
    inactive = np.maximum(np.abs(slope) - fit.penalty, 0)
    return np.where(weights != 0, np.abs(slope - fit.penalty * np.sign(weights)), inactive).max()


def test_optimal_in_100_pools_and_picks_what_is_planted(monkeypatch):
    """20 of 151 columns planted; shares picked of those and of the others. LARS is enough."""
    monkeypatch.setattr(lasso_path, "_descent", None)
    planted, others = [], []
    penalties = np.geomspace(0.4, 0.004, 100)  # a shorter path than the default takes less time
    for seed in range(100):
        pool = draw_pool(seed)
        fit = lasso(pool.outcome, pool.inputs, folds=folds_of(pool), penalties=penalties)
        assert violation(pool, fit) < 1e-7
        assert fit.kkt_residual < 1e-7
        assert 0 <= fit.duality_gap < 1e-7
        assert fit.undecided == fit.constant == fit.repeated == ()
        assert not fit.validation.is_tied
        picked = fit.coefficients != 0
        assert picked.sum() == fit.picked == fit.validation.picked[fit.validation.one_se]
        is_planted = np.isin(np.arange(151), pool.planted)
        planted.append(picked[is_planted].mean())
        others.append(picked[~is_planted].mean())
    assert np.mean(planted) > 3 * np.mean(others)


def test_orthonormal_columns_have_the_closed_form():
    """Weight sign(c) max(|c| - penalty, 0), c the covariance of a column of -1 and 1."""
    x = hadamard(32)[:, 1:]
    outcome = (np.random.default_rng(4).random(32) < 0.4 + 0.3 * x[:, 2]).astype(float)
    inputs = pd.DataFrame(x).add_prefix("x")
    covariance = x.T @ outcome / 32
    penalties = [0.3, 0.1, 0.05, 0.01]
    for rule in ("one_se", "minimum"):
        fit = lasso(outcome, inputs, folds=np.arange(32) % 4, penalties=penalties, rule=rule)
        soft = np.sign(covariance) * np.maximum(np.abs(covariance) - fit.penalty, 0)
        np.testing.assert_allclose(fit.coefficients, soft, atol=1e-9)
        assert fit.intercept == pytest.approx(outcome.mean())


def test_errors_by_hand():
    """One column of 0 and 1, three folds of unequal size; weights shrink the gap of two means."""
    x = np.array([0, 0, 1, 1, 0, 1, 1, 0, 1, 0])
    y = np.array([0, 1, 1, 1, 0, 0, 1, 0, 1, 0])
    folds = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
    penalty = 0.05
    errors, sizes = [], []
    for k in range(3):
        a, b = x[folds != k], y[folds != k]
        spread = a.std()
        slope = np.cov(a, b, bias=True)[0, 1] / spread
        weight = np.sign(slope) * max(abs(slope) - penalty, 0) / spread
        predicted = b.mean() + weight * (x[folds == k] - a.mean())
        errors.append(np.mean((y[folds == k] - predicted) ** 2))
        sizes.append(np.sum(folds == k))
    errors, shares = np.array(errors), np.array(sizes) / 10
    mean = shares @ errors
    fit = lasso(y, pd.DataFrame({"x": x}), folds=folds, penalties=[penalty])
    assert fit.validation.mean[0] == pytest.approx(mean)
    assert fit.validation.standard_error[0] == pytest.approx(
        np.sqrt(shares @ (errors - mean) ** 2 / 2)
    )


def test_the_rules_take_the_largest_penalty_within_the_bound():
    errors = np.array([0.30, 0.25, 0.21, 0.20, 0.29])
    assert _first_within(errors, 0.20, 3) == (3, pytest.approx(0.05))
    assert _first_within(errors, 0.22, 3) == (2, pytest.approx(1 - 0.21 / 0.22))
    first, margin = _first_within(errors, 0.25 * (1 - 1e-13), 3)
    assert first == 1  # a tie goes to the larger penalty
    assert margin < 1e-12


def test_a_tie_of_penalties_is_reported(caplog):
    """Two penalties at which nothing is picked have the same errors."""
    pool = draw_pool(0, columns=5, true=1)
    fit = lasso(pool.outcome, pool.inputs, folds=folds_of(pool), penalties=[3.0, 2.0])
    assert fit.validation.is_tied
    assert fit.validation.minimum == fit.validation.one_se == 0
    assert "two penalties tie" in caplog.text
    assert fit.picked == 0
    assert fit.intercept == pytest.approx(pool.outcome.mean())


def test_the_grid_ends_where_glmnets_does():
    pool = draw_pool(0, columns=50, true=5)
    for applicants, ratio in ((400, 1e-4), (40, 1e-2)):
        outcome, inputs = pool.outcome[:applicants], pool.inputs[:applicants]
        fit = lasso(outcome, inputs, folds=np.arange(applicants) % 3)
        penalties, picked = fit.validation.penalties, fit.validation.picked
        assert len(penalties) == 100
        assert penalties[-1] / penalties[0] == pytest.approx(ratio)
        assert picked[0] == 0 < picked[1]


def assert_same(one, other):
    """Equal to the last digit, but for what is only a check."""
    for field in fields(one):
        if field.name in ("duality_gap", "kkt_residual", "margin"):
            continue
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if field.name == "validation":
            assert_same(mine, theirs)
        else:
            np.testing.assert_array_equal(mine, theirs, err_msg=field.name)


@pytest.mark.parametrize("rule", ["one_se", "minimum"])
def test_the_order_of_applicants_and_columns_does_not_matter(rule):
    pool = draw_pool(5, columns=60, true=10)
    folds = folds_of(pool, 5)
    fit = lasso(pool.outcome, pool.inputs, folds=folds, rule=rule)
    rows = np.random.default_rng(1).permutation(len(folds))
    columns = np.random.default_rng(2).permutation(60)
    names = [fit.names[j] for j in columns]
    moved = lasso(
        pool.outcome[rows], pool.inputs.iloc[rows][names], folds=folds[rows] * 7, rule=rule
    )
    back = {"fitted": moved.fitted[np.argsort(rows)], "names": fit.names}
    back["coefficients"] = moved.coefficients[np.argsort(columns)]
    assert_same(type(fit)(**{**vars(moved), **back}), fit)


def test_the_scale_and_origin_of_columns_do_not_matter():
    pool = draw_pool(6, columns=60, true=10)
    folds = folds_of(pool, 5)
    fit = lasso(pool.outcome, pool.inputs, folds=folds)
    scale = np.random.default_rng(3).choice([-1, 1], 60) * 10.0 ** np.linspace(-3, 6, 60)
    scaled = lasso(pool.outcome, pool.inputs * scale + 40, folds=folds)
    np.testing.assert_allclose(scaled.coefficients * scale, fit.coefficients, rtol=1e-9)
    np.testing.assert_array_equal(scaled.fitted, fit.fitted)
    np.testing.assert_array_equal(scaled.validation.mean, fit.validation.mean)
    assert scaled.validation.one_se == fit.validation.one_se


def test_columns_that_tell_nothing_more_have_no_weight_and_are_named():
    pool = draw_pool(7, columns=20, true=5)
    folds = folds_of(pool)
    fit = lasso(pool.outcome, pool.inputs, folds=folds)
    x0, x3 = pool.inputs["x0"], pool.inputs["x3"]
    more = pool.inputs.assign(flat=0.1, single_parent=1 - x0, tripled=3 * x3 + 0.7)
    wider = lasso(pool.outcome, more, folds=folds)
    assert wider.constant == ("flat",)
    assert wider.repeated == ("single_parent", "tripled")
    np.testing.assert_array_equal(wider.coefficients, [*fit.coefficients, 0, 0, 0])
    np.testing.assert_array_equal(wider.fitted, fit.fitted)


def test_a_column_may_be_constant_in_all_folds_but_one():
    pool = draw_pool(8, columns=10, true=3)
    folds = folds_of(pool)
    only_there = pool.inputs.assign(rare=np.where(folds == 1, pool.inputs["x0"], 0.5))
    fit = lasso(pool.outcome, only_there, folds=folds)
    assert np.isfinite(fit.validation.mean).all()
    assert fit.constant == ()


def test_coordinate_descent_takes_over_where_columns_tie(monkeypatch):
    """Few 0/1 columns and applicants: many tie, and least-angle regression loses the path."""
    calls, used = [], lasso_path._descent
    monkeypatch.setattr(lasso_path, "_descent", lambda *args: (calls.append(1), used(*args))[1])
    rng = np.random.default_rng(5)
    for _ in range(60):
        x = rng.integers(0, 2, (12, 26)).astype(float)
        y = rng.permutation(np.arange(12) % 2).astype(float)
        data = lasso_path.standardise(x, y)
        penalties = lasso_path.grid(data, x.shape)
        weights = lasso_path.path(data, penalties)
        assert lasso_path.kkt_residual(data, weights, penalties).max() < 1e-9
    assert len(calls) > 5


def test_a_path_that_is_not_optimal_is_refused(monkeypatch):
    pool = draw_pool(9, columns=20, true=5)
    off = {
        name: (lambda used: lambda *args: 1.001 * used(*args))(getattr(lasso_path, name))
        for name in ("_least_angle", "_descent")
    }
    monkeypatch.setattr(lasso_path, "_least_angle", off["_least_angle"])
    data = lasso_path.standardise(pool.inputs.to_numpy(), pool.outcome)
    penalties = lasso_path.grid(data, pool.inputs.shape)
    weights = lasso_path.path(data, penalties)  # coordinate descent is right
    assert lasso_path.kkt_residual(data, weights, penalties).max() < 1e-9
    monkeypatch.setattr(lasso_path, "_descent", off["_descent"])
    with pytest.raises(LassoError, match="violates the conditions of an optimum"):
        lasso(pool.outcome, pool.inputs, folds=folds_of(pool))


def test_the_duality_gap_bounds_the_gain():
    pool = draw_pool(10, columns=20, true=5)
    data = lasso_path.standardise(pool.inputs.to_numpy(), pool.outcome)
    penalty = lasso_path.grid(data, pool.inputs.shape)[40]
    best = lasso_path.path(data, np.array([penalty]))[:, 0]

    def objective(weights):
        squares = np.mean((data.v - data.z @ weights) ** 2) / 2
        return (squares + penalty * np.abs(weights).sum()) / np.mean(data.v**2) * 2

    assert abs(lasso_path.duality_gap(data, best, penalty)) < 1e-13
    worse = best * 1.05 + 1e-4
    gain = objective(worse) - objective(best)
    assert 0 < gain <= lasso_path.duality_gap(data, worse, penalty)


def test_folds_of_persons_and_of_tracts():
    tract = np.repeat(np.arange(23), 5)
    persons = draw_folds(115, 10, np.random.default_rng(1))
    assert set(np.bincount(persons)) == {11, 12}
    tracts = draw_folds(115, 10, np.random.default_rng(1), tract=tract)
    by_tract = pd.Series(tracts).groupby(tract)
    assert (by_tract.nunique() == 1).all()
    assert set(np.bincount(by_tract.first())) == {2, 3}
    again = draw_folds(115, 10, np.random.default_rng(1), tract=tract)
    np.testing.assert_array_equal(tracts, again)


def test_the_table_of_weights():
    pool = draw_pool(11, columns=30, true=5)
    fit = lasso(pool.outcome, pool.inputs, folds=folds_of(pool))
    table = fit.weights()
    assert len(table) == fit.picked > 1
    assert table["weight"].abs().is_monotonic_decreasing
    fitted = fit.intercept + pool.inputs[table["variable"]].to_numpy() @ table["weight"]
    np.testing.assert_allclose(fitted, fit.fitted, atol=1e-8)
    assert pd.Series(fit.fitted).groupby(pool.tract).nunique().eq(1).all()


REFUSED = {
    "no variation of the outcome": (lambda p: {"outcome": np.ones(400)}, "all 400 applicants"),
    "another outcome": (lambda p: {"outcome": p.outcome * 2}, "are neither 0 nor 1 (2)"),
    "no column varies": (lambda p: {"inputs": p.inputs * 0}, "none of 8 columns varies"),
    "missing inputs": (
        lambda p: {"inputs": p.inputs.assign(x2=np.nan)},
        "1 columns lack values of some of the 400 applicants: x2 (400)",
    ),
    "two folds": (lambda p: {"folds": np.arange(400) % 2}, "three or more, and there are 2"),
    "folds of others": (lambda p: {"folds": np.arange(30) % 3}, "30 for 400 applicants"),
    "another rule": (lambda p: {"rule": "one_sd"}, "use one_se or minimum"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case):
    pool = draw_pool(12, columns=8, true=2)
    changed, message = REFUSED[case]
    given = {"outcome": pool.outcome, "inputs": pool.inputs, "folds": folds_of(pool)}
    with pytest.raises(UserError) as error:
        lasso(**{**given, **changed(pool)})
    assert message in str(error.value)
