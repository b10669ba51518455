"""Frontiers exact in the weight, against placing everybody at single weights."""

import numpy as np
import pytest
from admissions_cases import random_pool

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.frontiers import counts, frontier, steps
from welfare_added.admissions.keys import POINT
from welfare_added.admissions.pool import class_in_order, in_order, members, with_bonus

LARGEST = 90 * POINT


def index_of(pool, seed, group):
    if group:
        return pool.minority
    return np.clip(0.4 * pool.minority + 0.6 * np.random.default_rng(seed).random(len(pool)), 0, 1)


@pytest.mark.parametrize("group", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_classes_at_and_just_before_each_change(seed, group):
    pool = random_pool(seed, n=200, seats=25)
    index = index_of(pool, seed, group)
    changes = 0
    for school in range(3):
        found = steps(pool, index, school, LARGEST)
        changes += len(found.weights) - 1
        for weight, last, rows in zip(found.weights, found.last(), found.classes, strict=True):
            for one in {int(weight), int((weight + last) // 2), int(last)}:
                placed = in_order(pool, pool.index_order(one, index))
                here = np.flatnonzero(members(placed, pool.lists, school))
                assert np.array_equal(here, rows[rows >= 0])
    assert changes > 10


@pytest.mark.parametrize("seed", range(4))
def test_no_class_is_missed_between_overtakings(seed):
    """Whoever overtakes does so at one of all pairs' weights; everybody is placed at each."""
    pool = random_pool(seed, n=40, seats=6)
    index = index_of(pool, seed, group=False)
    slope = np.rint(index * POINT).astype(np.int64)
    ahead = (pool.keys[:, None] - pool.keys[None]) * POINT
    faster = slope[None] - slope[:, None]
    with np.errstate(divide="ignore"):
        at = (ahead // faster + 1)[(ahead > 0) & (faster > 0)]
    weights = np.unique(np.append(0, at[at <= LARGEST]))
    for school in range(3):
        classes = [
            tuple(np.flatnonzero(class_in_order(pool, pool.index_order(int(w), index), school)))
            for w in weights
        ]
        kept = [i for i in range(len(weights)) if i == 0 or classes[i] != classes[i - 1]]
        found = steps(pool, index, school, LARGEST)
        assert found.weights.tolist() == weights[kept].tolist()
        assert [tuple(row[row >= 0]) for row in found.classes] == [classes[i] for i in kept]


def test_a_frontier_tells_of_each_class():
    pool = random_pool(3)
    table = frontier(pool, pool.minority, 0, LARGEST)
    assert table["first"].iloc[0] == 0 and table["last"].iloc[-1] == LARGEST
    assert (table["first"].iloc[1:].to_numpy() == table["last"].iloc[:-1].to_numpy() + 1).all()
    for row in table.itertuples():
        here = members(with_bonus(pool, row.first * pool.minority), pool.lists, 0)
        one = class_statistics(pool, here)
        assert (row.students, row.minority, row.frpl) == (
            one["students"], pool.minority[here].sum(), pool.frpl[here].sum(),
        )  # fmt: skip
        assert (row.mean, row.sd) == pytest.approx((one["mean"], one["sd"]), abs=1e-9)
    assert table["minority"].iloc[-1] > table["minority"].iloc[0]


def test_a_school_that_nobody_wants_has_no_mean():
    pool = random_pool(1, schools=2, longest=1)
    pool.lists[:] = 0
    table = frontier(pool, pool.minority, 1, POINT)
    assert table["students"].tolist() == [0] and table[["mean", "sd"]].isna().all(axis=None)


def test_equal_sums_of_an_index_are_ordered_by_the_keys():
    pool = random_pool(7, n=2, schools=1, longest=1, seats=1)
    object.__setattr__(pool, "keys", np.array([5, 9]))
    index = np.array([1.0, 0.5])
    assert pool.index_order(8, index).tolist() == [0, 1]  # 13 and 13
    assert pool.index_order(9, index).tolist() == [1, 0]  # 14 and 13.5, which is not cut off
    assert counts(np.array([1, 0]), np.array([[0, 1], [1, -1]])).tolist() == [1, 0]
