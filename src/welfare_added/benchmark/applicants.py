"""Synthetic applicants of any number to ten schools, of whom some belong to two groups."""

from dataclasses import dataclass

import numpy as np

SCHOOLS, LONGEST = 10, 6
SEATS = 0.0235  # of a school, per applicant
SCORES = 85.0, 9.0  # mean and SD [points]
UNITS = 1 << 23  # of a key in a point
FIRST, SECOND, SECOND_OF_FIRST = 0.5, 0.3, 0.4  # shares in the groups; the last is in addition
LOWER = 6.0, 4.0  # points by which the groups score lower on average
WANTED = 0.4, 0.3  # shares of the groups in the class


@dataclass(frozen=True)
class Applicants:
    """Applicants and seats.

    keys: (n,) scores as whole numbers, `UNITS` a point, all different. first, second: (n,) 0 or 1,
    who is in the groups. lists: (n, L) schools, -1 past a list's end. seats: (S,).
    """

    keys: np.ndarray
    first: np.ndarray
    second: np.ndarray
    lists: np.ndarray
    seats: np.ndarray

    @property
    def target(self) -> tuple[int, int]:
        """Numbers of the two groups that the first school's class should have."""
        return int(WANTED[0] * self.seats[0]), int(WANTED[1] * self.seats[0])


def applicants(n: int, seed: int) -> Applicants:
    """Draw n applicants; the first schools are the most wanted."""
    random = np.random.default_rng(np.random.SeedSequence([seed, n]))
    first = (random.random(n) < FIRST).astype(int)
    second = (random.random(n) < SECOND + SECOND_OF_FIRST * first).astype(int)
    scores = random.normal(SCORES[0] - LOWER[0] * first - LOWER[1] * second, SCORES[1])
    place = np.empty(n, dtype=np.int64)
    place[np.argsort(scores, kind="stable")] = np.arange(n)
    taste = 0.3 * np.arange(SCHOOLS) + random.gumbel(0, 1, (n, SCHOOLS))
    lists = np.argsort(taste, axis=1, kind="stable")[:, :LONGEST]
    listed = np.arange(LONGEST) < random.integers(1, LONGEST + 1, (n, 1))
    return Applicants(
        keys=np.rint(scores * UNITS).astype(np.int64) + place,
        first=first,
        second=second,
        lists=np.where(listed, lists, -1),
        seats=np.full(SCHOOLS, max(int(SEATS * n), 1)),
    )
