"""Hamiltonian move of coefficients, schools' effects, tastes and fallbacks together.

In the coordinates y of `preconditioner` the density is close to standard normal: that part of the
motion is a rotation and exact; only the difference is a force (split of Shahbaba et al. 2014).
A step is two turns of half its length between three kicks, whose shares make the error small
(Blanes, Casas and Sanz-Serna 2014, two stages). A move turns by STEPS x STEP = 1.8 radians: beyond
a quarter turn successive draws lie on opposite sides of the mean, which also makes up for
directions that the coordinates take to be too short.
"""

from dataclasses import replace

import numpy as np

from welfare_added.selection.decision_density import Target, log_density, point_of
from welfare_added.selection.preconditioner import Coordinates
from welfare_added.selection.state import State

STEPS, STEP, JITTER = 4, 0.45, 0.2
FIRST_KICK = 0.21178  # share of a step; the last is as strong, the middle one has the rest


def move(
    target: Target, coordinates: Coordinates, state: State, rng: np.random.Generator
) -> tuple[State, bool]:
    """Move a state; utilities of vacancies must be drawn next, for those of the state are stale.

    Those with concurrent offers have moved along with their fallback.

    Returns
    -------
    State, bool
        The state, and whether the proposal was accepted.

    """
    y = coordinates.from_point(*point_of(state, coordinates.centring))
    speed = rng.standard_normal(len(y))
    step = STEP * (1 + JITTER * (2 * rng.random() - 1))
    chance = rng.random()
    y, _, gain = path(target, coordinates, y, speed, step)
    if not np.log1p(-chance) < gain:
        return state, False
    return _moved(target, coordinates, y, state), True


def path(
    target: Target, coordinates: Coordinates, y: np.ndarray, speed: np.ndarray, step: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """Where a motion of STEPS steps ends; it can be gone back with the opposite speed.

    Returns
    -------
    y, speed, gain
        At the end; the log density less half the square of the speed, less what it was before.

    """
    value, force = _force(target, coordinates, y)
    before = value - 0.5 * (speed @ speed)
    turn, across = np.cos(step / 2), np.sin(step / 2)
    for _ in range(STEPS):
        for kick in (FIRST_KICK, 1 - 2 * FIRST_KICK):
            speed = speed + kick * step * force
            y, speed = turn * y + across * speed, turn * speed - across * y
            value, force = _force(target, coordinates, y)
        speed = speed + FIRST_KICK * step * force
    with np.errstate(over="ignore", invalid="ignore"):
        return y, speed, value - 0.5 * (speed @ speed) - before


def _force(target, coordinates, y):
    """Log density at y, and its derivative less that of a standard normal."""
    with np.errstate(over="ignore", invalid="ignore"):  # a path that diverges is refused
        value, *derivatives = log_density(target, coordinates.centring, *coordinates.to_point(y))
        return value, coordinates.pull_back(*derivatives) + y


def _moved(target, coordinates, y, state):
    parameters, latents = coordinates.to_point(y)
    centring, q = coordinates.centring, target.terms.regressors.shape[1]
    pairs, log_sd = len(centring.weight), parameters[-1]
    z = latents[:pairs] * np.exp(-centring.weight * (log_sd - centring.log_sd))
    fallback, terms = latents[pairs:], target.terms
    utility = state.utility.copy()
    kept = slice(terms.merged, terms.merged + len(terms.offered))
    utility[terms.offered] = fallback[terms.offered_menu] + target.gap[kept]
    return replace(
        state,
        supply=parameters[:q],
        school_effect=parameters[q:-1],
        scales=replace(state.scales, sd_eta_u=float(np.exp(log_sd))),
        eta_u=np.exp(log_sd) * z,
        fallback=fallback,
        utility=utility,
    )
