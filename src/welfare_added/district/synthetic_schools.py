"""The synthetic district's schools: sizes, achievement, and the years in which they are open."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from welfare_added.district.parameters import SCHOOLS, SchoolParameters
from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class Schools:
    """Schools open in a year.

    Attributes
    ----------
    share : (S,) array
        Share of the district's classes.
    achievement : (S,) array
        Mean achievement, standardised to mean zero and SD one over schools.
    tracking : (S,) array
        How much a school parts classes by scores, among all: evenly spaced from -1 to 1.
    number : (S, years + 1) int array
        Number of the school in each year, from the one before the first studied. A school that
        closes is followed by another, which has its students and teachers.

    """

    share: np.ndarray
    achievement: np.ndarray
    tracking: np.ndarray
    number: np.ndarray

    @property
    def change(self) -> float:
        """Share of schools that are followed by another from one studied year to the next."""
        studied = self.number[:, 1:]
        return float((studied[:, 1:] != studied[:, :-1]).mean()) if studied.shape[1] > 1 else 0.0


def draw_schools(
    size: str, years: int, parameters: SchoolParameters, rng: np.random.Generator
) -> Schools:
    """Draw schools' sizes (log-normal), achievement (evenly spaced normal quantiles), closures.

    Raises
    ------
    UserError
        If the number of open schools is not between half of all schools and all.

    """
    total, published = SCHOOLS[size], SCHOOLS["full"]
    if not published <= 2 * parameters.open <= 2 * published:
        raise UserError(
            f"schools.open is {parameters.open}; choose a number of schools from "
            f"{-(-published // 2)} to {published}"
        )
    there = -(-parameters.open * total // published)
    share = np.exp(0.3 * rng.standard_normal(there))
    achievement = ndtri(rng.permutation((np.arange(there) + 0.5) / there))
    achievement = (achievement - achievement.mean()) / achievement.std()
    tracking = rng.permutation((2 * np.arange(there) + 1) / there - 1)
    return Schools(share / share.sum(), achievement, tracking, _numbers(there, total, years, rng))


def _numbers(there: int, total: int, years: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of the schools open each year: all ``total`` occur, ``there`` at a time."""
    number = np.tile(np.arange(there)[:, None], (1, years + 1))
    if years < 2:
        return number
    closing = rng.permutation(there)[: total - there]
    # Columns from the second on are studied years, of which a follower has the last at least.
    first = rng.integers(2, years + 1, len(closing))
    for follower, (school, column) in enumerate(zip(closing, first, strict=True), there):
        number[school, column:] = follower
    return number
