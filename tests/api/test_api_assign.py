"""Assignments and frontiers of matrices against all assignments there are."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import welfare_added as wa


def every(scores, allowed=None):
    """Sums of all assignments of the smaller side to the larger; missing where not allowed."""
    scores = np.where(np.isnan(scores), np.nan, scores)
    turned = scores if scores.shape[0] <= scores.shape[1] else scores.T
    n, m = turned.shape
    return np.array(
        [turned[range(n), list(to)].sum() for to in itertools.permutations(range(m), n)]
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10**6), st.booleans())
def test_no_assignment_is_better_and_the_prices_prove_it(n, m, seed, gaps):
    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(size=(n, m)), 3)
    if gaps:
        scores[rng.random((n, m)) < 0.2] = np.nan
    sums = every(scores)
    if np.isnan(sums).all():
        with pytest.raises(wa.UserError):
            wa.assign(scores)
        return
    found = wa.assign(scores)
    assert found.value == pytest.approx(np.nanmax(sums), abs=1e-9)
    assert found.bound == pytest.approx(found.value, abs=1e-9)
    # weak duality: prices that no allowed pair exceeds, of sum ``bound``
    priced = found.row_prices[:, None] + found.column_prices
    assert np.nanmin(priced - scores) >= -1e-12
    assert found.row_prices.sum() + found.column_prices.sum() == pytest.approx(found.bound)
    if n < m:
        assert found.column_prices.min() >= 0
    if n > m:
        assert found.row_prices.min() >= 0
    taken = found.column_of_row[found.column_of_row >= 0]
    assert len(taken) == len(set(taken)) == min(n, m)
    assert found.table["score"].sum() == pytest.approx(found.value)


@pytest.mark.parametrize("unit", [1e-14, 1e-6, 1.0, 1e6])
def test_the_unit_of_the_scores_does_not_matter(unit):
    rng = np.random.default_rng(2)
    scores, values, sizes = rng.normal(size=(6, 6)), rng.normal(size=(2, 6)), rng.random((2, 6))
    sizes[1] *= 30
    plain, other = wa.assign(scores), wa.assign(unit * scores)
    assert other.column_of_row.tolist() == plain.column_of_row.tolist()
    assert other.bound == pytest.approx(unit * plain.bound)
    np.testing.assert_allclose(
        other.row_prices[:, None] + other.column_prices,
        unit * (plain.row_prices[:, None] + plain.column_prices),
        atol=1e-9 * unit,
    )
    pairs = list(zip(values, sizes, strict=True))
    for low, high in (pairs, scores.reshape(2, 3, 6)):
        plain = wa.frontier(low, high)
        times = [(unit * one[0], one[1]) if low is pairs[0] else unit * one for one in (low, high)]
        other = wa.frontier(*times)
        np.testing.assert_array_equal(other.column_of_row, plain.column_of_row)
        weights = [one.points[["weight_from", "weight_to"]] for one in (other, plain)]
        np.testing.assert_allclose(*weights, atol=1e-5)  # values of pairs are kept to 27 bits


def test_labels_stay_with_their_rows_and_columns():
    scores = pd.DataFrame(
        [[1.0, 5.0], [4.0, 2.0], [0.0, 0.0]], index=["Ann", "Bo", "Cy"], columns=["x", "y"]
    )
    table = wa.assign(scores).table
    assert table.to_dict("list") == {"row": ["Ann", "Bo"], "column": ["y", "x"], "score": [5, 4]}


def test_teachers_stay_in_their_schools():
    scores = np.array([[1.0, 9, 2, 9], [9, 1, 9, 3], [4, 9, 1, 9], [9, 5, 9, 1]])
    found = wa.assign(scores, within=(list("abab"), list("abab")))
    # a has rows and columns 0 and 2: 2 + 4; b has 1 and 3: 3 + 5
    assert found.column_of_row.tolist() == [2, 3, 0, 1]
    assert found.value == found.bound == 14
    assert wa.assign(scores).value == 36


def supported(lower, higher, weight):
    n = len(lower)
    both = [
        (lower[range(n), to].sum(), higher[range(n), to].sum())
        for to in (list(one) for one in itertools.permutations(range(n)))
    ]
    return max(weight * a + (1 - weight) * b for a, b in both)


@pytest.mark.parametrize("kind", ["matrices", "pairs", "a pair and a matrix"])
def test_a_frontier_has_the_best_assignment_at_every_weight(kind):
    rng = np.random.default_rng(8)
    values, sizes = rng.normal(size=(2, 5)).round(6), rng.integers(1, 20, size=(2, 5))
    products = np.einsum("gi,gj->gij", values, sizes)
    given_as = [(values[g], sizes[g]) for g in (0, 1)]
    if kind == "matrices":
        products = rng.normal(size=(2, 5, 5))
        given_as = [*products]
    if kind == "a pair and a matrix":
        products[1] = rng.normal(size=(5, 5))
        given_as[1] = products[1]
    found = wa.frontier(*given_as)
    points = found.points
    assert len(points) > 3
    assert points["weight_from"].iloc[0] == 0 and points["weight_to"].iloc[-1] == 1
    assert (points["weight_from"].to_numpy()[1:] == points["weight_to"].to_numpy()[:-1]).all()
    for k, row in points.iterrows():
        to = found.column_of_row[k]
        assert row["lower"] == pytest.approx(products[0][range(5), to].sum())
        assert row["higher"] == pytest.approx(products[1][range(5), to].sum())
        for weight in (row["weight_from"], row["weight_to"]):
            here = weight * row["lower"] + (1 - weight) * row["higher"]
            assert here == pytest.approx(supported(*products, weight), abs=1e-6)
    assert (points["gap"] <= 1e-9).all()
    grid = wa.frontier(*given_as, weights=5)
    assert grid.points["weight_from"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    for _, row in grid.points.iterrows():
        weight = row["weight_from"]
        here = weight * row["lower"] + (1 - weight) * row["higher"]
        assert here == pytest.approx(supported(*products, weight), abs=1e-6)
    for weight in (0.25, 0.5, 0.75):
        both = (one.at(weight) for one in (found, grid))
        pd.testing.assert_frame_equal(*both)


def test_at_the_ends_the_other_objective_breaks_ties():
    nothing, other = np.zeros((3, 3)), np.array([[1.0, 2, 9], [3, 8, 1], [7, 1, 2]])
    for lower, higher, at, name in ((nothing, other, 1, "higher"), (other, nothing, 0, "lower")):
        for weights in (None, [float(at)]):
            found = wa.frontier(lower, higher, weights=weights)
            assert found.points[name].iloc[-at] == 24


def test_where_two_assignments_are_optimal_the_later_one_is_given():
    found = wa.frontier(*np.random.default_rng(1).normal(size=(2, 6, 6)))
    for k in range(1, len(found.points)):
        at = found.at(found.points["weight_from"][k])
        assert at["column"].tolist() == found.column_of_row[k].tolist()


def test_a_pair_that_is_not_allowed_is_not_used_however_much_is_lost():
    scores = np.array([[1.0, np.nan, 0], [100, 2, 0], [0, 0, -50]])
    found = wa.assign(scores)
    # otherwise the second row would take the first column, for 100
    best = np.nanmax(every(scores))
    assert found.value == best
    scores = np.array([[1.0, np.nan], [100.0, 2.0]])
    assert wa.assign(scores).value == 3


def test_a_frontier_of_fewer_classes_than_teachers():
    rng = np.random.default_rng(3)
    lower, higher = rng.normal(size=(2, 5, 3))
    found = wa.frontier(lower, higher)
    for k in range(len(found.points)):
        taken = found.column_of_row[k]
        assert sorted(taken) == [-1, -1, 0, 1, 2]
    middle = found.points[found.points["weight_to"] >= 0.5].iloc[0]
    best = max(every((lower + higher) / 2))
    assert (middle["lower"] + middle["higher"]) / 2 == pytest.approx(best)
    assert len(found.at(0.5)) == 3


def test_teachers_of_a_frontier_stay_in_their_schools():
    rng = np.random.default_rng(4)
    lower, higher = rng.normal(size=(2, 6, 6))
    schools = (list("ababab"), list("bbaaab"))
    found = wa.frontier(lower, higher, within=schools)
    for to in found.column_of_row:
        assert [schools[1][column] for column in to] == schools[0]
    forbidden = np.not_equal.outer(*(np.array(labels) for labels in schools))
    alone = wa.assign(np.where(forbidden, np.nan, (lower + higher) / 2))
    middle = found.at(0.5)
    assert middle["column"].tolist() == alone.column_of_row.tolist()


def test_a_frontier_is_drawn():
    found = wa.frontier(*np.random.default_rng(1).normal(size=(2, 6, 6)))
    (panel,) = found.plot().axes
    (line,) = panel.get_lines()
    np.testing.assert_array_equal(line.get_xdata(), found.points["lower"])
    np.testing.assert_array_equal(line.get_ydata(), found.points["higher"])
