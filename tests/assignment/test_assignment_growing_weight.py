"""Classes of a school at every whole weight, against placing everybody at each of them."""

import numpy as np
import pytest

from welfare_added.assignment import growing_weight
from welfare_added.assignment.growing_weight import class_steps
from welfare_added.assignment.serial_order import serial_order


def random_case(seed, most=60):
    rng = np.random.default_rng(seed)
    n, schools = int(rng.integers(5, most)), int(rng.integers(1, 5))
    longest = int(rng.integers(1, schools + 1))
    start = rng.permutation(20 * n)[:n] * int(rng.choice([1, 7]))
    slope = rng.integers(0, int(rng.choice([2, 5, 50])), n)
    lists = np.argsort(rng.random((n, schools)), axis=1)[:, :longest]
    lists = np.where(np.arange(longest) < rng.integers(1, longest + 1, (n, 1)), lists, -1)
    seats = rng.integers(0 if seed % 5 == 0 else 1, max(2, n // schools + 1), schools)
    return start, slope, lists, seats, int(rng.integers(1, 500))


def class_at(start, slope, lists, seats, school, weight):
    order = np.empty(len(start))
    order[np.lexsort((start, start + weight * slope))] = np.arange(len(start))
    placed = serial_order(order, lists, seats[:, None], np.ones((len(start), 1), dtype=bool))
    return np.flatnonzero(placed.school(lists) == school).tolist()


@pytest.mark.parametrize("seed", range(120))
def test_every_whole_weight_has_its_class(seed):
    start, slope, lists, seats, largest = random_case(seed)
    for school in range(len(seats)):
        expected = []
        for weight in range(largest + 1):
            here = class_at(start, slope, lists, seats, school, weight)
            if not expected or expected[-1][1] != here:
                expected.append((weight, here))
        found = class_steps(start, slope, lists, seats, school, largest)
        rows = [row[row >= 0].tolist() for row in found.classes]
        assert list(zip(found.weights.tolist(), rows, strict=True)) == expected


@pytest.mark.parametrize("windows", [1, 7, 1000])
def test_the_parts_of_the_range_change_nothing(windows, monkeypatch):
    case = random_case(3, most=200)
    whole = class_steps(*case[:4], 0, case[4])
    assert len(whole.weights) > 5
    monkeypatch.setattr(growing_weight, "WINDOWS", windows)
    parts = class_steps(*case[:4], 0, case[4])
    assert np.array_equal(whole.weights, parts.weights)
    assert np.array_equal(whole.classes, parts.classes)


def test_by_hand():
    """One seat; b, who starts 10 behind and gains 3 a unit, is ahead from 4 on; equal at none."""
    start, slope, lists = np.array([10, 0]), np.array([0, 3]), np.zeros((2, 1), dtype=int)
    found = class_steps(start, slope, lists, np.array([1]), 0, 9)
    assert found.weights.tolist() == [0, 4]
    assert found.last().tolist() == [3, 9]
    assert found.classes.tolist() == [[0], [1]]
    tied = class_steps(start, np.array([0, 5]), lists, np.array([1]), 0, 9)
    assert tied.weights.tolist() == [0, 3]  # at 2 the sums are equal and the larger start is first
    assert found.until(3).weights.tolist() == [0] and found.until(3).last().tolist() == [3]


def test_a_class_that_does_not_fill_has_empty_seats():
    found = class_steps(
        np.array([3, 1]), np.array([0, 1]), np.array([[0], [0]]), np.array([3]), 0, 5
    )
    assert found.weights.tolist() == [0]
    assert sorted(found.classes[0].tolist()) == [-1, 0, 1]


def test_what_is_refused():
    lists, seats = np.zeros((2, 1), dtype=int), np.array([1])
    with pytest.raises(ValueError, match="a slope is negative"):
        class_steps(np.array([1, 2]), np.array([0, -1]), lists, seats, 0, 5)
    with pytest.raises(ValueError, match="starts recur"):
        class_steps(np.array([1, 1]), np.array([0, 1]), lists, seats, 0, 5)
    with pytest.raises(ValueError, match="does not fit in 62 bits"):
        class_steps(np.array([1, 2]), np.array([0, 1 << 40]), lists, seats, 0, 1 << 30)
