"""Random one-to-one markets and districts of any size, with moments like the published ones."""

from dataclasses import dataclass

import numpy as np

TEACHER_SD, MATCH_SD = 0.14, 0.05  # of value added by type
CLASS_SIZE, SIZE_SD = 22, 4
SEATS = 12  # teachers of a school
TASTE = 0.5  # weight of value added in both sides' preferences


@dataclass(frozen=True)
class Matched:
    """A market of n teachers and positions.

    teachers, positions: (n, n) what each pair is worth to both, teacher by position.
    mu: (n, 2) and students: (n, 2) of teachers and positions; their products are value_added.
    schools: (S, 2) students of a school's classes, seats: (S,) its classes; the sum is n.
    """

    teachers: np.ndarray
    positions: np.ndarray
    mu: np.ndarray
    students: np.ndarray
    schools: np.ndarray
    seats: np.ndarray

    @property
    def value_added(self) -> np.ndarray:
        """Value added of each pair, (n, n)."""
        return self.mu @ self.students.T


def market(n: int, seed: int) -> Matched:
    """A market of n teachers and n positions."""
    random = np.random.default_rng(np.random.SeedSequence([seed, n]))
    mean = random.normal(0, TEACHER_SD, n)
    mu = np.stack([mean, mean + random.normal(0, MATCH_SD, n)], axis=1)
    schools = max(n // SEATS, 1)
    share = random.beta(1.2, 1.0, schools)
    size = np.clip(random.normal(CLASS_SIZE, SIZE_SD, schools), 8, None)
    by_school = size[:, None] * np.stack([1 - share, share], axis=1)
    school = np.arange(n) % schools
    students = by_school[school]
    value_added = mu @ students.T
    return Matched(
        TASTE * value_added - 2 * share[school] + random.gumbel(size=(n, n)),
        TASTE * value_added + random.logistic(size=(n, n)),
        mu,
        students,
        by_school,
        np.bincount(school, minlength=schools),
    )
