"""Where the synthetic system starts: who teaches where, and levels that are not printed."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from welfare_added.transfers.synthetic_positions import Positions
from welfare_added.transfers.synthetic_rounds import Tastes


def pick_posts(
    tastes: Tastes,
    positions: Positions,
    licences: np.ndarray,
    seniority: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Teacher (place) of each position: the most senior take the one that they like best.

    They go by observable traits, schools' effects and chance: ``tastes`` are to be without matches
    (eta^u), which the model takes to be independent of where teachers are before its decisions.
    Who finds no position of her licences takes one of those left, and is given its licence.
    """
    school = np.array([one.school for one in positions.all])
    licence = np.array([one.licence for one in positions.all])
    people, posts = np.meshgrid(np.arange(len(seniority)), np.arange(len(school)), indexing="ij")
    observed = tastes.utility(people.ravel(), school[posts.ravel()]).reshape(people.shape)
    observed = observed + rng.standard_normal(observed.shape)
    observed[~licences[:, licence]] = -np.inf
    holder, left = np.full(len(school), -1), []
    for teacher in np.argsort(seniority, kind="stable"):
        value = np.where(holder < 0, observed[teacher], -np.inf)
        best = int(np.argmax(value))
        if np.isfinite(value[best]):
            holder[best] = teacher
        else:
            left.append(teacher)
    for teacher, post in zip(left, np.flatnonzero(holder < 0), strict=False):
        holder[post] = teacher
        licences[teacher, licence[post]] = True
    return holder


def supply_level(tastes: Tastes, fallback: float) -> float:
    """What to add to all schools' effects so that the mean utility of a school is -fallback.

    The value of being displaced is then 0 and ``fallback`` above the mean row of a menu; only the
    difference is in the data. tastes: without matches.
    """
    people, schools = np.indices(tastes.match.shape).reshape(2, -1)
    return float(-fallback - tastes.utility(people, schools).mean())


def demand_constant(tastes: Tastes, spread: float, acceptable: float) -> float:
    """Constant of schools' utility with which they accept a share of all teachers.

    tastes: without matches. spread: SD of what is not observed, errors included.
    """
    people, schools = np.indices(tastes.match.shape).reshape(2, -1)
    mean = tastes.worth(people, schools)
    return float(
        brentq(lambda level: norm.cdf((mean + level) / spread).mean() - acceptable, -50.0, 50.0)
    )
