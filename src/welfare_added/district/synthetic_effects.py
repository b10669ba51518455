"""The synthetic teachers' value added, by subject and group, with drift and sorting."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.parameters import DIMENSIONS, EffectParameters
from welfare_added.run.errors import UserError

STUDENTS_PER_UNIT = 25


def stationary_covariance(parameters: EffectParameters) -> np.ndarray:
    """Covariance (4, 4) of the dimensions in ``DIMENSIONS`` order [student SD squared].

    Raises
    ------
    ValueError
        If the correlation matrix is not positive definite.

    """
    within, cross = parameters.correlation, parameters.correlation["cross"]
    correlation = np.full((4, 4), cross)
    correlation[:2, :2], correlation[2:, 2:] = within["ela"], within["math"]
    np.fill_diagonal(correlation, 1)
    if np.linalg.eigvalsh(correlation).min() <= 0:
        raise UserError(
            f"correlations {within} of value added are not positive definite: "
            "bring them closer together"
        )
    sd = np.array([parameters.sd[name] for name in DIMENSIONS])
    return correlation * np.outer(sd, sd)


def innovation_covariance(parameters: EffectParameters) -> np.ndarray:
    """Covariance (4, 4) of yearly innovations that keeps the stationary covariance.

    Raises
    ------
    ValueError
        If the drifts are too far apart for the correlations, so that there is none.

    """
    drift = np.array([parameters.drift[name] for name in DIMENSIONS])
    innovation = stationary_covariance(parameters) * (1 - np.outer(drift, drift))
    if np.linalg.eigvalsh(innovation).min() < 0:
        raise UserError(
            f"drifts {parameters.drift} of value added are too far apart for its correlations: "
            "bring them closer together"
        )
    return innovation


@dataclass(frozen=True)
class Effects:
    """Teachers' value added by part, in ``DIMENSIONS`` order [student SD].

    Attributes
    ----------
    own : (teachers, years, 4) array
        What does not depend on the teacher's place.
    by_achievement, by_size : (teachers, 4) array
        By the schools' achievement, were no teachers sorted within schools, and by class size.

    """

    own: np.ndarray
    by_achievement: np.ndarray
    by_size: np.ndarray

    def total(self, within_share: float) -> np.ndarray:
        """Value added (teachers, years, 4), if ``within_share`` of sorting is within schools."""
        placed = (1 - within_share) * self.by_achievement + self.by_size
        return self.own + placed[:, None, :]


def draw_effects(
    classes: pd.DataFrame,
    achievement: np.ndarray,
    years: int,
    parameters: EffectParameters,
    rng: np.random.Generator,
) -> Effects:
    """Draw every teacher's value added in every year.

    Each dimension follows a stationary first-order autoregression. Draws are made orthogonal to
    schools' mean achievement and to class size, so that sorting on both is as its parameters say.

    Parameters
    ----------
    classes
        From `draw_classes`.
    achievement : (S,) array
        Mean achievement of the schools [SD over schools].
    """
    traits = _sorting_traits(classes, achievement)
    drift = np.array([parameters.drift[name] for name in DIMENSIONS])
    initial = np.linalg.cholesky(stationary_covariance(parameters)).T
    innovation = np.linalg.cholesky(innovation_covariance(parameters)).T
    effects = np.empty((len(traits), years, 4))
    effects[:, 0] = _orthogonal_draws(traits, rng) @ initial
    for year in range(1, years):
        innovations = _orthogonal_draws(traits, rng) @ innovation
        effects[:, year] = drift * effects[:, year - 1] + innovations
    achievement_slopes = [parameters.sorting_on_achievement[name] for name in DIMENSIONS]
    size_slopes = [parameters.sorting_on_size[name] for name in DIMENSIONS]
    return Effects(
        own=effects,
        by_achievement=np.outer(traits[:, 0], achievement_slopes),
        by_size=np.outer(traits[:, 1], size_slopes),
    )


def _sorting_traits(classes: pd.DataFrame, achievement: np.ndarray) -> np.ndarray:
    """Means over a teacher's classes of school achievement and class size / 25, (teachers, 2)."""
    placed = classes.assign(achievement=achievement[classes["school"]])
    regular = placed[~placed["fragment"]].groupby("teacher", sort=True)
    traits = np.column_stack(
        [regular["achievement"].mean(), regular["expected_seats"].mean() / STUDENTS_PER_UNIT]
    )
    return traits - traits.mean(axis=0)


def _orthogonal_draws(traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Normal draws (teachers, 4) with identity covariance, uncorrelated with the traits."""
    draws = rng.standard_normal((len(traits), 4))
    basis = np.column_stack([np.ones(len(traits)), traits])
    draws -= basis @ np.linalg.lstsq(basis, draws, rcond=None)[0]
    return draws @ np.linalg.inv(np.linalg.cholesky(np.cov(draws.T))).T
