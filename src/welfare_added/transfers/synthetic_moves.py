"""What becomes of the synthetic system's teachers and positions from one year to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.transfers.synthetic_positions import NOBODY, Position, Positions
from welfare_added.transfers.synthetic_teachers import Hiring, Staff

LATE = 38  # years of experience, from which parameters.yaml has another chance of leaving


@dataclass
class Openings:
    """Positions of the next year without a teacher.

    Attributes
    ----------
    free
        By number of the position; those that a hired teacher has taken are gone.
    filled
        Number of the position to the number of its new teacher.
    new
        How many of these are new to the district.

    """

    free: dict[int, Position] = field(default_factory=dict)
    filled: dict[int, int] = field(default_factory=dict)
    new: int = 0

    def add(self, position: Position) -> None:
        """Open a position, whose teacher leaves it."""
        self.free[position.number] = position

    def fill(self, number: int, teacher: int) -> None:
        """Give a position to a teacher."""
        del self.free[number]
        self.filled[number] = teacher


def gives_notice(
    experience: np.ndarray, parameters: Mapping, rng: np.random.Generator
) -> np.ndarray:
    """Who leaves at the end of the year, (n,) bool; by experience alone."""
    late = experience >= LATE
    chance = np.where(late, parameters["notice_from_38_years"], parameters["notice"])
    return rng.random(len(experience)) < chance


def restructured(
    positions: Positions, number: int, staff: Staff, leaving: set[int]
) -> tuple[list[int], list[Position]]:
    """Merge and split positions for the next year: who is displaced, and the new halves.

    Of two merged positions the teacher with less experience is displaced. Positions of teachers who
    leave stay as they are.
    """

    def senior(first: int, second: int) -> bool:
        own, other = staff.experience[first], staff.experience[second]
        return own > other or (own == other and first < second)

    def stays(position: Position) -> bool:
        return position.teacher != NOBODY and position.teacher not in leaving

    displaced = positions.merge(number, stays, senior)
    halves = positions.split(len(displaced), stays)
    return displaced, halves


def scramble(
    openings: Openings,
    unplaced: list[int],
    staff: Staff,
    share_outside: float,
    rng: np.random.Generator,
) -> list[int]:
    """Give left-over positions to displaced teachers without an offer; those who go outside."""
    outside = []
    for teacher in rng.permutation(np.array(sorted(unplaced), dtype=int)).tolist():
        can = [
            number
            for number, one in sorted(openings.free.items())
            if staff.licences[teacher, one.licence]
        ]
        if not can or rng.random() < share_outside:
            outside.append(teacher)
        else:
            openings.fill(can[rng.integers(len(can))], teacher)
    return outside


def hire_outsiders(openings: Openings, staff: Staff, hiring: Hiring, experience: Mapping) -> None:
    """Fill what is left with teachers who are new to the district."""
    left = sorted(openings.free)
    licence = np.array([openings.free[number].licence for number in left], dtype=int)
    first = len(staff)
    staff.add(hiring.draw(licence, experience["mean"], experience["sd"]))
    for place, number in enumerate(left):
        openings.fill(number, first + place)
    openings.new = len(left)


def with_hired(positions: Positions, openings: Openings) -> None:
    """Put new teachers into their positions."""
    filled = openings.filled
    positions.all = [
        replace(one, teacher=filled[one.number]) if one.number in filled else one
        for one in positions.all
    ]
