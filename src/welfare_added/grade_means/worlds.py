"""Synthetic worlds of grade means with planted effects of teachers, for Monte Carlo."""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.grade_means.careers import Turnover, draw_holders
from welfare_added.grade_means.cells import GradeCells

FIRST_YEAR = 2006


@dataclass(frozen=True)
class WorldOfCells:
    """How a world of grade means is drawn.

    Attributes
    ----------
    schools, grades, years
        Numbers of each; every school has every grade in every year.
    most_teachers
        A grade of a school has 1, 2, ... or so many posts, all equally likely.
    sd_teacher
        SD of teachers' effects [student SD], the planted truth.
    sd_school_year, sd_grade, sd_cell, sd_pupil
        SD of effects of school-years and of grades, of a cell's own shock and of a pupil around
        her cell's mean.
    pupils_a_teacher
        Mean number of pupils of a post, drawn by Poisson (at least 1).
    slope
        Effect of the one share of composition, which is uniform on 0 to 1.
    turnover
        Chances that teachers leave their posts.

    """

    schools: int
    grades: int = 3
    years: int = 6
    most_teachers: int = 1
    sd_teacher: float = 0.2
    sd_school_year: float = 0.3
    sd_grade: float = 0.1
    sd_cell: float = 0.05
    sd_pupil: float = 0.9
    pupils_a_teacher: float = 22.0
    slope: float = -0.5
    turnover: Turnover = field(default_factory=Turnover)


def draw_cells(world: WorldOfCells, seed: np.random.SeedSequence) -> tuple[GradeCells, np.ndarray]:
    """Draw cells by the model of appendix D: the cells, and the (J,) true effects of teachers."""
    rng = np.random.default_rng(seed)
    places = world.schools * world.grades
    posts = rng.integers(1, world.most_teachers + 1, size=places)
    place = np.repeat(np.arange(places), posts)
    holders = draw_holders(place // world.grades, world.years, world.turnover, rng)
    teachers = int(holders.max()) + 1
    effect = rng.normal(0.0, world.sd_teacher, teachers)
    years = np.arange(world.years)
    cell = (years[:, None] * places + place).ravel()
    taught = holders.ravel()
    count = places * world.years
    each_place = np.tile(np.arange(places), world.years)
    year = np.repeat(years, places)
    school_year = year * world.schools + each_place // world.grades
    pupils = np.maximum(rng.poisson(world.pupils_a_teacher * posts[each_place]), 1)
    composition = rng.random(count)
    noise_sd = np.sqrt(world.sd_cell**2 + world.sd_pupil**2 / pupils)
    score = (
        world.slope * composition
        + rng.normal(0.0, world.sd_school_year, world.schools * world.years)[school_year]
        + rng.normal(0.0, world.sd_grade, world.grades)[each_place % world.grades]
        + np.bincount(cell, weights=effect[taught]) / posts[each_place]
        + rng.normal(0.0, noise_sd)
    )
    cells = GradeCells(
        mean_score=score,
        pupils=pupils.astype(float),
        composition=composition[:, None],
        school_year=school_year,
        grade=each_place % world.grades,
        year=FIRST_YEAR + year,
        cell=cell,
        teacher=taught,
        share=np.ones(len(cell)),
        teachers=teachers,
    )
    return cells, effect
