"""Bonuses for minority and free-lunch students that give a school's class a wanted composition.

Given bonuses, the students who would take a seat at the school are those placed there, at a school
they want less, or nowhere. Of them the best class with the wanted composition is known exactly
(`best_class`), and its dual gives bonuses. Placed again with these, other students may want a seat;
the steps are repeated until the composition is met. The solution need not be unique.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.pool import Pool, class_with_bonus, members, with_bonus
from welfare_added.admissions.quota import Unreachable, best_class
from welfare_added.assignment.seats import Placement

ROUNDS = 50
STARTS = 5  # solutions looked for from these many bonuses, and from none
GRID = np.arange(-3, 10) * STEPS_A_POINT * POINT  # bonuses among which starts are chosen


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


def benchmarks(pool: Pool, school: int, target: tuple[int, int]) -> list[Benchmark]:
    """Solutions found from no bonus and from others, of different classes, highest mean key first.

    Of the bonuses on `GRID` those whose class is nearest to the target are tried in turn, until
    `STARTS` have led to a solution or all have been tried. Raises Unreachable as `benchmark` does
    where none has.
    """
    solutions: dict[bytes, Benchmark] = {}
    failure: Unreachable | None = None
    reached = 0
    for start in _starts(pool, school, target):
        try:
            one = benchmark(pool, school, target, start)
        except Unreachable as error:
            failure = failure or error
            continue
        solutions.setdefault(members(one.placement, pool.lists, school).tobytes(), one)
        reached += 1
        if reached > STARTS:
            break
    if not solutions:
        raise failure
    return sorted(solutions.values(), key=lambda one: -_sum_of_keys(pool, one, school))


def _starts(pool: Pool, school: int, target: tuple[int, int]) -> list[tuple[int, int]]:
    """No bonus, then those on the grid by how far their class is from the target."""
    far = {}
    for pair in itertools.product(map(int, GRID), repeat=2):
        here = class_with_bonus(pool, bonus_of(pool, pair), school)
        far[pair] = sum(abs(a - b) for a, b in zip(composition(pool, here), target, strict=True))
    return [(0, 0), *sorted(far, key=lambda pair: (far[pair], pair))]


def _sum_of_keys(pool: Pool, one: Benchmark, school: int) -> int:
    return int(pool.keys[members(one.placement, pool.lists, school)].sum())


def bonus_of(pool: Pool, bonuses: tuple[int, int]) -> np.ndarray:
    """Bonus of each applicant, (n,), given those for minority and for free-lunch students."""
    return bonuses[0] * pool.minority + bonuses[1] * pool.frpl


def benchmark(
    pool: Pool, school: int, target: tuple[int, int], start: tuple[int, int] = (0, 0)
) -> Benchmark:
    """Bonuses under which the class at ``school`` has the target numbers.

    target: minority and free-lunch students. start: first bonuses. Raises Unreachable where no
    class has them or `ROUNDS` rounds do not meet them.
    """
    bonuses = start
    for rounds in range(1, ROUNDS + 1):
        placement = with_bonus(pool, bonus_of(pool, bonuses))
        wanted = np.flatnonzero(wants_seat(pool, placement, school))
        best = best_class(
            pool.keys[wanted],
            pool.minority[wanted],
            pool.frpl[wanted],
            int(pool.seats[school]),
            target,
        )
        here = members(placement, pool.lists, school)
        if composition(pool, here) == target:
            same = np.array_equal(np.flatnonzero(here), wanted[best.admitted])
            return Benchmark(*bonuses, placement, rounds, same and best.value == best.bound)
        bonuses = (best.minority, best.frpl)
    raise Unreachable(
        f"{ROUNDS} rounds met no class with {target[0]} minority and {target[1]} free-lunch "
        "students; start from other bonuses"
    )


def composition(pool: Pool, here: np.ndarray) -> tuple[int, int]:
    """Numbers of minority and of free-lunch students among some."""
    return int(pool.minority[here].sum()), int(pool.frpl[here].sum())


def wants_seat(pool: Pool, placement: Placement, school: int) -> np.ndarray:
    """Whether each applicant is placed at the school or lists it above where she is, (n,)."""
    rank = np.argmax(pool.lists == school, axis=1)
    listed = (pool.lists == school).any(axis=1)
    return listed & ((placement.choice < 0) | (placement.choice >= rank))
