"""Plans with one weight, tuned to bring a wanted number of minority or free-lunch students in.

The number is a step function of the weight and need not be monotone where applicants prefer
another school to this one. All its steps are known, so that all weights that match are.
"""

from dataclasses import dataclass

import numpy as np

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.frontiers import PER_POINT, counts, steps
from welfare_added.admissions.local_ranks import local_rank_market, seats_reserved, split_seats
from welfare_added.admissions.pool import Pool, class_in_order
from welfare_added.admissions.quota import Unreachable
from welfare_added.assignment.deferred_acceptance import acceptances
from welfare_added.assignment.growing_weight import ClassSteps

START = 4 * PER_POINT  # weight tried first, doubled until the target is reached
LARGEST = 1 << 36  # weight tried before giving up, in units of keys: some 7,000 points


@dataclass(frozen=True)
class Interval:
    """Whole weights first to last, both included, all of which match."""

    first: int
    last: int


@dataclass(frozen=True)
class Tuned:
    """A plan whose weight gives a school's class the wanted number of students.

    Attributes
    ----------
    weight
        The weight used: of all that match, the smallest whose class has the highest mean key.
    intervals
        All weights that match.
    mean, sd
        Smallest and largest mean and SD of the class's scores over the weights that match.

    """

    weight: int
    intervals: tuple[Interval, ...]
    mean: tuple[float, float]
    sd: tuple[float, float]


class IndexSteps:
    """Classes of a school by the weight of an index, looked at as far as targets need.

    index: (n,) 0 to 1, added to scores. of: (n,) 0 or 1, whom to count.
    """

    def __init__(self, pool: Pool, index: np.ndarray, school: int, of: np.ndarray):
        """Nothing is computed before a target is asked for."""
        self.pool, self.index, self.school, self.of = pool, index, school, of
        self._reached: dict[int, int] = {}
        self._steps: ClassSteps | None = None

    def tuned(self, target: int) -> Tuned:
        """Tune the weight, in units of keys.

        All weights are looked at up to twice the first of `START`, 2 `START`, 4 `START` and so on
        that brings the target in, or up to twice `START` if none does. Raises Unreachable where
        none matches.
        """
        largest = START
        while self._number(largest) < target and largest < LARGEST:
            largest = min(2 * largest, LARGEST)
        reaches = self._number(largest) >= target
        found = self._up_to(min(2 * (largest if reaches else START), LARGEST))
        return _tuned(self.pool, found, self.of, target)

    def _number(self, weight: int) -> int:
        """Students counted at a weight."""
        if weight not in self._reached:
            order = self.pool.index_order(weight, self.index)
            self._reached[weight] = int(
                self.of[class_in_order(self.pool, order, self.school)].sum()
            )
        return self._reached[weight]

    def _up_to(self, largest: int) -> ClassSteps:
        """Steps up to a weight; those of the largest weight so far are kept."""
        if self._steps is None or self._steps.largest < largest:
            self._steps = steps(self.pool, self.index, self.school, largest)
        return self._steps.until(largest)


def tuned_reserve(pool: Pool, rank: np.ndarray, school: int, of: np.ndarray, target: int) -> Tuned:
    """Tune the number of seats reserved for low local ranks (n,); the weight is that number.

    of: (n,) 0 or 1, whom to count. Raises Unreachable where no number matches.
    """
    numbers = range(int(pool.seats[school]) + 1)
    market = local_rank_market(pool, rank, np.zeros_like(pool.seats))
    splits = [split_seats(pool.seats, seats_reserved(pool.seats, school, k)) for k in numbers]
    classes = [
        np.flatnonzero(placement.school(pool.lists) == school)
        for placement in acceptances(market, splits)
    ]
    most = max(map(len, classes))
    rows = np.array([np.pad(row, (0, most - len(row)), constant_values=-1) for row in classes])
    return _tuned(pool, ClassSteps(np.array(numbers), numbers[-1], rows), of, target)


def _tuned(pool: Pool, found: ClassSteps, of: np.ndarray, target: int) -> Tuned:
    number = counts(of, found.classes)
    match = np.flatnonzero(number == target)
    if not len(match):
        raise Unreachable(
            f"weight: none meets {target} students; without it there are {number[0]}, and up to "
            f"a weight of {found.largest} from {number.min()} to {number.max()}"
        )
    last = found.last()
    rows = [found.classes[step] for step in match]
    here = [class_statistics(pool, row[row >= 0]) for row in rows]
    mean, sd = ([one[name] for one in here] for name in ("mean", "sd"))
    sums = [int(pool.keys[row[row >= 0]].sum()) for row in rows]
    weight = int(found.weights[match[int(np.argmax(sums))]])
    intervals = _joined(found.weights[match], last[match])
    return Tuned(weight, intervals, (min(mean), max(mean)), (min(sd), max(sd)))


def _joined(first: np.ndarray, last: np.ndarray) -> tuple[Interval, ...]:
    """Ranges in ascending order, those that touch united."""
    begins = np.append(True, first[1:] > last[:-1] + 1)
    ends = np.append(begins[1:], True)
    return tuple(map(Interval, map(int, first[begins]), map(int, last[ends])))
