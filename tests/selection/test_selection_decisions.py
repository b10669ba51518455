"""Utilities given decisions: compiled draws against scipy, worked examples, and the lists used."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from selection_cases import world

from welfare_added.run.errors import UserError
from welfare_added.selection import decision_loops as loops
from welfare_added.selection.demand import first_values, used

U = np.linspace(0.0005, 0.9995, 41)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (-np.inf, np.inf),
        (-1.0, 0.5),
        (0.3, np.inf),
        (6.0, np.inf),
        (20.0, 20.1),
        (-np.inf, -8.0),
        (-3.0, -2.9),
        (2.0, 2.0001),
        (-24.0, 3.0),
    ],
)
def test_truncated_normals_invert_the_distribution_function(low, high):
    drawn = [loops.normal_between(low, high, u) for u in U]
    np.testing.assert_allclose(drawn, stats.truncnorm.ppf(U, low, high), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("low", "high"), [(25.5, np.inf), (60.0, np.inf), (30.0, 30.01)])
def test_far_tails_too(low, high):
    def log_chance(x):
        return stats.norm.logsf(x)

    share = 0.0 if high == np.inf else np.exp(log_chance(high) - log_chance(low))
    for sign in (1, -1):
        bounds = (low, high) if sign > 0 else (-high, -low)
        x = np.array([sign * loops.normal_between(*bounds, u) for u in U])
        reached = -np.expm1(log_chance(x) - log_chance(low)) / (1 - share)
        np.testing.assert_allclose(reached, U, atol=2e-8)


def test_quantiles_are_those_of_scipy():
    chance = np.concatenate([10.0 ** -np.arange(1, 300, 7), np.linspace(0.01, 0.99, 33)])
    found = [loops.normal_quantile(c) for c in chance]
    np.testing.assert_allclose(found, stats.norm.ppf(chance), rtol=1e-13, atol=1e-15)


def menu_draws(sweeps, mean, applied, offer, level=0.0, seed=1):
    """Gibbs draws of one menu's utilities and fallback, whose mean is `level`."""
    first, mean = np.array([0, len(mean)]), np.array(mean, dtype=float)
    applied, offer = np.array(applied), np.array(offer)
    utility = np.where(applied, 1.0, -1.0) + 0.5 * (offer == 2)
    fallback, rng, kept = np.zeros(1), np.random.default_rng(seed), []
    for _ in range(sweeps):
        loops.draw_rows(first, mean, fallback, applied, offer, rng.random(len(mean)), utility)
        loops.draw_fallbacks(first, np.array([level]), utility, applied, rng.random(1), fallback)
        kept.append(np.append(utility, fallback))
    return np.array(kept)


def test_worked_example_menu():
    kept = menu_draws(60_000, [-1.0, 0.5], [False, True], [0, 0])
    assert (kept[:, 0] <= kept[:, 2]).all() and (kept[:, 2] <= kept[:, 1]).all()
    assert kept[:, 2].mean() == pytest.approx(-0.116404, abs=0.015)


def test_offers_respect_the_accepted_one():
    kept = menu_draws(60_000, [0.0, 0.4, 0.1], [True, True, True], [1, 2, 1], seed=2)
    assert (kept[:, 1] >= kept[:, [0, 2]].max(axis=1)).all()
    assert (kept[:, 3] <= kept[:, [0, 2]].min(axis=1)).all()
    free = np.random.default_rng(3).normal([0.0, 0.4, 0.1, 0.0], size=(400_000, 4))
    held = (
        (free[:, 3] < free[:, [0, 2]].min(axis=1))
        & (free[:, 1] > free[:, 0])
        & (free[:, 1] > free[:, 2])
    )
    np.testing.assert_allclose(kept.mean(axis=0), free[held].mean(axis=0), atol=0.03)
    np.testing.assert_allclose(kept.std(axis=0), free[held].std(axis=0), atol=0.03)


@pytest.mark.parametrize(
    ("rank", "floor", "holds"),
    [
        ([1, 2], -np.inf, lambda v: v[:, 0] > v[:, 1]),
        ([1, 2], 0.0, lambda v: (v[:, 0] > v[:, 1]) & (v[:, 1] > 0)),
        (
            [1, 2, 0, 0],
            0.0,
            lambda v: (v[:, 0] > v[:, 1]) & (v[:, 1] > 0) & (v[:, 2:] < 0).all(axis=1),
        ),
        (
            [1, 2, 3, 0],
            0.0,
            lambda v: (
                (v[:, 0] > v[:, 1]) & (v[:, 1] > v[:, 2]) & (v[:, 2] > np.maximum(v[:, 3], 0))
            ),
        ),
    ],
)
def test_lists_are_draws_given_the_ranks(rank, floor, holds):
    mean = np.array([1.0, 0.0, 0.3, -0.2])[: len(rank)]
    sd = np.array([1.0, 1.5, 0.7, 1.2])[: len(rank)]
    value = np.array([3.0, 2.0, 1.0, -1.0])[: len(rank)]
    if len(rank) == 4 and rank[2] == 0:
        value[2] = -0.5
    rng, kept = np.random.default_rng(4), []
    first, rank = np.array([0, len(rank)]), np.array(rank)
    for _ in range(40_000):
        loops.draw_lists(first, mean, sd, rank, floor, 3, rng.random(len(rank)), value)
        kept.append(value.copy())
    kept = np.array(kept)
    assert holds(kept).all()
    free = sd * rng.standard_normal((400_000, len(rank))) + mean
    free = free[holds(free)]
    np.testing.assert_allclose(kept.mean(axis=0), free.mean(axis=0), atol=0.03)
    np.testing.assert_allclose(kept.std(axis=0), free.std(axis=0), atol=0.03)


def test_worked_example_list():
    order = stats.norm.cdf(1 / np.sqrt(2))
    assert order == pytest.approx(0.760250, abs=5e-7)

    def both(v):  # the second is v, positive, and the first above it
        return stats.norm.pdf(v) * stats.norm.sf(v - 1)

    chance = quad(both, 0, np.inf)[0]
    assert chance == pytest.approx(0.288990, abs=5e-7)
    mean = quad(lambda v: v * both(v), 0, np.inf)[0] / chance
    rng, value, kept = np.random.default_rng(4), np.array([2.0, 1.0]), []
    for _ in range(40_000):
        first, means = np.array([0, 2]), np.array([1.0, 0.0])
        loops.draw_lists(first, means, np.ones(2), np.array([1, 2]), 0.0, 4, rng.random(2), value)
        kept.append(value[1])
    assert np.mean(kept) == pytest.approx(mean, abs=0.015)


def test_lists_used_by_each_likelihood():
    demand = world().system.demand
    place = np.arange(len(demand.rank)) - np.repeat(demand.first[:-1], np.diff(demand.first))
    length = np.repeat(np.diff(demand.first), np.diff(demand.first))
    demand = replace(demand, rank=np.where(place < np.minimum(length - 1, 4), place + 1, 0))
    positive = used(demand, "positive")
    assert (positive.rank > 0).all()
    assert len(positive.rank) == (demand.rank > 0).sum()
    assert (np.diff(positive.first) > 0).all()
    assert used(demand, "full") is demand
    for rankings, floor in (("positive", 0.0), ("order", -np.inf), ("full", 0.0)):
        rows = used(demand, rankings)
        values = first_values(rows, floor)
        again = values.copy()
        ones, half = np.ones(len(values)), np.full(len(values), 0.5)
        loops.draw_lists(rows.first, values, ones, rows.rank, floor, 4, half, again)
        assert np.isfinite(again).all()


def test_what_order_cannot_tell_is_named():
    demand = world().system.demand
    place = np.arange(len(demand.rank)) - np.repeat(demand.first[:-1], np.diff(demand.first))
    number = np.repeat(np.arange(len(demand.first) - 1), np.diff(demand.first))
    demand = replace(
        demand,
        rank=np.where(place < 4, place + 1, 0),
        names=("education", "number"),
        regressors=np.column_stack([demand.regressors[:, 0], number]),
    )
    with pytest.raises(UserError, match="under `order` nothing tells of number, the same for all"):
        used(demand, "order")
    with pytest.raises(UserError, match="rankings: best, want one of positive, order, full"):
        used(demand, "best")
