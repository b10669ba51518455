"""Bonuses for minority and free-lunch students that give a school's class a wanted composition.

Given bonuses, the students who would take a seat at the school are those placed there, at a school
they want less, or nowhere. Of them the best class with the wanted composition is known exactly
(`best_class`), and its dual gives bonuses. Placed again with these, other students may want a seat;
the steps are repeated until the composition is met. The solution need not be unique.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.pool import Pool, class_in_order, with_bonus
from welfare_added.admissions.quota import Unreachable, best_class
from welfare_added.assignment.seats import Placement

ROUNDS = 50
STARTS = 5  # solutions looked for from these many bonuses, and from none
GRID = np.arange(-3, 10) * STEPS_A_POINT * POINT  # bonuses among which starts are chosen
NOT_LISTED = np.iinfo(np.int64).max
Pair = tuple[int, int]  # minority and free lunch: bonuses in units of keys, or numbers of students


@dataclass(frozen=True)
class Benchmark:
    """Bonuses, in units of keys, that meet the wanted composition, and where they place everybody.

    ``optimal``: whether the class is the best of its composition among those who want a seat,
    proven by equal values of primal and dual.
    """

    minority: int
    frpl: int
    placement: Placement
    rounds: int
    optimal: bool


@dataclass(frozen=True)
class Step:
    """What bonuses lead to: the next ones, whether the class is as wanted and if so the best."""

    following: Pair
    met: bool
    optimal: bool


class Seekers:
    """Who is at a school and who would take a seat there, by bonuses; kept for further targets.

    The applicants are arranged by minority, free lunch and falling key, so that any bonuses leave
    four sorted parts, which are merged quickly.
    """

    def __init__(self, pool: Pool, school: int):
        """Nothing is placed before bonuses are asked for."""
        self.school, self.seats = school, int(pool.seats[school])
        self.rows = np.lexsort((-pool.keys, pool.frpl, pool.minority))
        self.pool = pool.rows(self.rows)
        self.place = place_on_list(self.pool.lists, school)
        self._kept: dict[Pair, tuple[np.ndarray, np.ndarray]] = {}

    @cached_property
    def compositions(self) -> dict[Pair, Pair]:
        """Composition of the class by bonuses on `GRID`."""
        pairs = [(int(a), int(b)) for a, b in itertools.product(GRID, repeat=2)]
        orders = (self.pool.order(bonus_of(self.pool, pair)) for pair in pairs)
        classes = (class_in_order(self.pool, order, self.school) for order in orders)
        return {
            pair: composition(self.pool, here) for pair, here in zip(pairs, classes, strict=True)
        }

    def at(self, bonuses: Pair) -> tuple[np.ndarray, np.ndarray]:
        """Whether each applicant is at the school, and whether she would take a seat, (n,)."""
        if bonuses not in self._kept:
            placement = with_bonus(self.pool, bonus_of(self.pool, bonuses))
            both = placement.choice == self.place, _wants(placement, self.place)
            self._kept[bonuses] = tuple(map(np.packbits, both))
        n = len(self.pool)
        return tuple(np.unpackbits(one, count=n).view(bool) for one in self._kept[bonuses])

    def step(self, bonuses: Pair, target: Pair) -> Step:
        """One round of the search for a class of the target's composition."""
        here, wants = self.at(bonuses)
        wanted = np.flatnonzero(wants)
        pool = self.pool
        some = (part[wanted] for part in (pool.keys, pool.minority, pool.frpl))
        best = best_class(*some, self.seats, target)
        met = composition(pool, here) == target
        same = met and np.array_equal(np.flatnonzero(here), wanted[best.admitted])
        return Step((best.minority, best.frpl), met, same and best.value == best.bound)

    def solution(self, bonuses: Pair, rounds: int, optimal: bool) -> Benchmark:
        """The solution with these bonuses, applicants in the pool's own order."""
        arranged = with_bonus(self.pool, bonus_of(self.pool, bonuses))
        choice, kind = np.empty_like(arranged.choice), np.empty_like(arranged.kind)
        choice[self.rows], kind[self.rows] = arranged.choice, arranged.kind
        return Benchmark(*bonuses, Placement(choice, kind), rounds, optimal)


def benchmarks(
    pool: Pool, school: int, target: Pair, seekers: Seekers | None = None
) -> list[Benchmark]:
    """Solutions found from no bonus and from others, of different classes, highest mean key first.

    Of the bonuses on `GRID` those whose class is nearest to the target are tried in turn, until
    `STARTS` have led to a solution or all have been tried. seekers: of this pool and school, so
    that several targets share them. Raises Unreachable as `benchmark` does where none has.
    """
    seekers = seekers or Seekers(pool, school)
    steps: dict[Pair, Step] = {}
    solutions: dict[bytes, tuple[Pair, int, bool]] = {}
    failure: Unreachable | None = None
    reached = 0
    for start in _starts(seekers, target):
        try:
            one = _search(seekers, target, start, steps)
        except Unreachable as error:
            failure = failure or error
            continue
        solutions.setdefault(seekers.at(one[0])[0].tobytes(), one)
        reached += 1
        if reached > STARTS:
            break
    if not solutions:
        raise failure
    found = sorted(solutions.values(), key=lambda one: -_sum_of_keys(seekers, one[0]))
    return [seekers.solution(*one) for one in found]


def _starts(seekers: Seekers, target: Pair) -> list[Pair]:
    """No bonus, then those on the grid by how far their class is from the target."""
    far = {
        pair: sum(abs(a - b) for a, b in zip(own, target, strict=True))
        for pair, own in seekers.compositions.items()
    }
    return [(0, 0), *sorted(far, key=lambda pair: (far[pair], pair))]


def _sum_of_keys(seekers: Seekers, bonuses: Pair) -> int:
    return int(seekers.pool.keys[seekers.at(bonuses)[0]].sum())


def _search(
    seekers: Seekers, target: Pair, start: Pair, steps: dict[Pair, Step]
) -> tuple[Pair, int, bool]:
    """Bonuses that meet the target, rounds, and whether optimal. steps: those known; added to."""
    bonuses = start
    for rounds in range(1, ROUNDS + 1):
        if bonuses not in steps:
            steps[bonuses] = seekers.step(bonuses, target)
        step = steps[bonuses]
        if step.met:
            return bonuses, rounds, step.optimal
        bonuses = step.following
    raise Unreachable(
        f"{ROUNDS} rounds met no class with {target[0]} minority and {target[1]} free-lunch "
        "students; start from other bonuses"
    )


def benchmark(pool: Pool, school: int, target: Pair, start: Pair = (0, 0)) -> Benchmark:
    """Bonuses under which the class at ``school`` has the target numbers.

    target: minority and free-lunch students. start: first bonuses. Raises Unreachable where no
    class has them or `ROUNDS` rounds do not meet them.
    """
    seekers = Seekers(pool, school)
    return seekers.solution(*_search(seekers, target, start, {}))


def bonus_of(pool: Pool, bonuses: Pair) -> np.ndarray:
    """Bonus of each applicant, (n,), given those for minority and for free-lunch students."""
    return bonuses[0] * pool.minority + bonuses[1] * pool.frpl


def composition(pool: Pool, here: np.ndarray) -> Pair:
    """Numbers of minority and of free-lunch students among some."""
    return int(pool.minority[here].sum()), int(pool.frpl[here].sum())


def place_on_list(lists: np.ndarray, school: int) -> np.ndarray:
    """Place of a school on each applicant's list, (n,); `NOT_LISTED` where it is not there."""
    there = lists == school
    return np.where(there.any(axis=1), np.argmax(there, axis=1), NOT_LISTED)


def wants_seat(pool: Pool, placement: Placement, school: int) -> np.ndarray:
    """Whether each applicant is placed at the school or lists it above where she is, (n,)."""
    return _wants(placement, place_on_list(pool.lists, school))


def _wants(placement: Placement, place: np.ndarray) -> np.ndarray:
    return place <= np.where(placement.choice < 0, NOT_LISTED - 1, placement.choice)
