"""Sorting of the synthetic teachers to classes of lower- or higher-scoring students.

The slopes of value added on a class's composition (figure 3) are pooled: what lies between schools
and what lies within them cannot be told apart. ``within_school_share`` is the part of the
covariance that lies within school-grade-years; pooled slopes hold, about, at each value of it.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from welfare_added.district.parameters import DIMENSIONS, EffectParameters
from welfare_added.district.synthetic_effects import stationary_covariance

PROPORTIONAL = "proportional"
HIGHEST_CORRELATION = 0.95  # between a teacher's index and rank: beyond it all are in order
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Composition:
    """How a year's classes differ in their share of higher-scoring students.

    Attributes
    ----------
    within_share
        Share of the variance that lies within school-grades.
    on_achievement
        Covariance with the school's achievement.
    on_rank
        Covariance, within school-grades, with the expected normal order statistic of the rank.

    """

    within_share: float
    on_achievement: float
    on_rank: float


def composition(
    classes: pd.DataFrame, higher: np.ndarray, place: np.ndarray, achievement: np.ndarray
) -> Composition:
    """Composition of a year's classes; those of a few students of another grade do not count.

    Parameters
    ----------
    classes
        From `draw_classes`, of one year.
    higher : (C,) array
        Share of higher-scoring students, mean of the subjects; missing without students.
    place : (C,) array
        Classes of a school and grade in ascending order of their students' scores.
    achievement : (S,) array
        Mean achievement of the schools [SD over schools].

    """
    table = classes[["school", "grade"]].assign(higher=higher, place=place)
    table = table[~classes["fragment"].to_numpy() & ~np.isnan(higher)]
    cells = table.groupby(["school", "grade"])
    size = cells["place"].transform("size")
    score = ndtri((cells["place"].rank() - 0.375) / (size + 0.25))  # Blom (1958)
    total = table["higher"] - table["higher"].mean()
    within = table["higher"] - cells["higher"].transform("mean")
    variance = float((total**2).mean())
    return Composition(
        within_share=float((within**2).mean()) / variance if variance > 0 else 0.0,
        on_achievement=float((total * achievement[table["school"]]).mean()),
        on_rank=float((within * score).mean()),
    )


@dataclass(frozen=True)
class Sorting:
    """Sorting within schools.

    Attributes
    ----------
    share
        Part of the covariance of value added and composition that lies within school-grade-years.
    index : (4,) array
        Weights of the dimensions of value added, in ``DIMENSIONS`` order, in an index of SD one
        by which teachers are ordered.
    correlation
        Of the index and what orders a school's teachers of a grade.

    """

    share: float
    index: np.ndarray
    correlation: float

    def order(self, effects: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What orders teachers: index and noise, (C,), from value added ``effects`` (C, 4)."""
        noise = np.sqrt(1 - self.correlation**2) * rng.standard_normal(len(effects))
        return self.correlation * (effects @ self.index) + noise


UNSORTED = Sorting(0.0, np.zeros(len(DIMENSIONS)), 0.0)


def sorting(found: Composition, parameters: EffectParameters) -> Sorting:
    """Sorting within schools that gives the chosen share of the covariance with composition.

    ``sorting_on_achievement`` a, times the covariance B of composition and achievement, is the
    covariance of value added and composition if all sorting is between schools. A share s of it
    lies within schools if teachers are ordered by the index S^-1 a / sqrt(a' S^-1 a) of their
    value added, of covariance S, with a correlation of s B sqrt(a' S^-1 a) / C, where C is the
    covariance of composition and rank. Where that exceeds what order can do, the share is less.
    """
    loadings = np.array([parameters.sorting_on_achievement[name] for name in DIMENSIONS])
    weights = np.linalg.solve(stationary_covariance(parameters), loadings)
    strength = float(np.sqrt(loadings @ weights))
    chosen = parameters.within_school_share
    share = found.within_share if chosen == PROPORTIONAL else float(chosen)
    if strength == 0 or share == 0:
        return UNSORTED
    most = max(HIGHEST_CORRELATION * found.on_rank, 0.0)
    wanted = share * found.on_achievement * strength
    if abs(wanted) > most:
        log.warning(
            "teachers in order of their value added carry %.2f of its covariance with classes' "
            "composition within schools, not %.2f: the rest lies between schools",
            share * most / abs(wanted),
            share,
        )
        share, wanted = share * most / abs(wanted), np.copysign(most, wanted)
    correlation = wanted / found.on_rank if most > 0 else 0.0
    return Sorting(share, weights / strength, float(correlation))
