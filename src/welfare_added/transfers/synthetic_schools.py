"""The synthetic district's schools: kinds, sizes, students' backgrounds, places, positions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

GRADES = {"elementary": (4, 5), "middle": (6, 7, 8), "through": (4, 5, 6, 7, 8)}
LOWER = (4, 5)  # grades taught with an elementary licence
LICENCES = ("elementary", "mathematics", "reading")
ETHNICITIES = ("white", "black", "hispanic", "asian", "other")


@dataclass(frozen=True)
class Schools:
    """Schools of the district.

    Attributes
    ----------
    ids
        (S,) identifiers, sorted.
    kind
        (S,) of `GRADES`.
    size
        (S,) expected students a grade.
    feeds
        (S,) school at which grade 6 is attended: its own, or the middle school.
    ethnicity
        (S,) by 5 log weights of `ETHNICITIES`.
    low_income
        (S,) shift of the log odds of low income.
    place
        (S, 2) [minutes of driving].

    """

    ids: np.ndarray
    kind: np.ndarray
    size: np.ndarray
    feeds: np.ndarray
    ethnicity: np.ndarray = field(repr=False)
    low_income: np.ndarray = field(repr=False)
    place: np.ndarray = field(repr=False)

    def grades(self, school: int) -> tuple[int, ...]:
        """Grades of a school."""
        return GRADES[self.kind[school]]

    @property
    def starts(self) -> np.ndarray:
        """Schools in which students of grade 3 and 4 are."""
        return np.flatnonzero(self.kind != "middle")


def shares_of_students(inputs: Mapping, parameters: Mapping) -> np.ndarray:
    """Shares of `ETHNICITIES` among students."""
    own, asian = inputs["students"], parameters["students"]["asian"]
    first = [own["share_white"], own["share_black"], own["share_hispanic"], asian]
    return np.array([*first, 1.0 - sum(first)])


def grade_size(size: Mapping, years: int, mobility: float) -> float:
    """Students a grade: pairs are those with last year's score, in two subjects and five grades."""
    return size["pairs"] / (years * 2 * 5 * (1.0 - mobility))


def draw_schools(
    size: Mapping, years: int, inputs: Mapping, parameters: Mapping, rng: np.random.Generator
) -> Schools:
    """Draw the schools of a world: two elementary schools feed each middle school."""
    chosen, number = parameters["schools"], size["schools"]
    kinds = chosen["kinds"]
    middle = max(1, round(number * kinds["middle"] / sum(kinds.values())))
    kind = np.repeat(["elementary", "middle", "through"], [2 * middle, middle, number - 3 * middle])
    own = np.exp(chosen["size_sd"] * rng.standard_normal(number))
    own[kind == "middle"] = 0.0
    own *= grade_size(size, years, parameters["students"]["mobility"]) / own.sum()
    feeds = np.arange(number)
    feeds[: 2 * middle] = 2 * middle + np.arange(2 * middle) // 2
    np.add.at(own, feeds[: 2 * middle], own[: 2 * middle])
    shares = shares_of_students(inputs, parameters)
    weights = rng.dirichlet(chosen["segregation"] * shares, number)
    minutes = inputs["geography"]["driving_minutes"]["mean"]
    return Schools(
        ids=np.array([f"s{one:03d}" for one in range(number)]),
        kind=kind,
        size=own,
        feeds=feeds,
        ethnicity=np.log(np.maximum(weights, 1e-4)),
        low_income=chosen["low_income_sd"] * rng.standard_normal(number),
        place=coordinates(number, minutes, rng),
    )


def coordinates(number: int, minutes: float, rng: np.random.Generator) -> np.ndarray:
    """Places (number, 2) whose distances have a mean of ``minutes``, normal in both directions.

    Distances between two such places are Rayleigh: their mean is sqrt(pi) times the SD of one
    coordinate, and their SD 0.52 times their mean.
    """
    return rng.standard_normal((number, 2)) * minutes / np.sqrt(np.pi)
