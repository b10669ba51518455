"""Searches that end so near a maximum that its digits do not depend on the machine.

Steps are those of Berndt, Hall, Hall and Hausman (1974), by products of scores, with the
extrapolation of Anderson (1965) over the last few.
"""

import logging
from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from welfare_added.choice.maximum import TOLERANCE, Maximum, Model, information
from welfare_added.choice.panel import PanelLogit

PRECISE = 1e-13  # decrement at which estimates are within a millionth of a standard error
STEPS = 25
MEMORY = 8  # earlier steps from which the next one is extrapolated
GROWN = 10  # times the least decrement, at which steps have failed
SEARCH_STEPS = 100
NEAR = 5.0  # decrement below which the inverse Hessian is updated, and not made anew
CLOSE = 1.0  # decrement below which the error of simulation hides what a step gains
SUFFICIENT = 1e-4  # share of the expected gain that a step must have
SHORTEST = 1e-3

log = logging.getLogger(__name__)


def polished(model: Model, maximum: Maximum) -> Maximum:
    """Take further steps from where a search converged, until estimates are exact to six digits.

    A search that did not converge is returned as it is; one whose steps do not shrink, at the
    best of them.
    """
    if not maximum.converged:
        return maximum
    at, best, used = maximum.parameters, replace(maximum, decrement=np.inf), 0
    points, steps = [], []
    while used < STEPS:
        used += 1
        value, step, decrement = _step(model, at)
        if decrement > GROWN * best.decrement:
            break
        if decrement <= best.decrement:
            best = replace(best, parameters=at, decrement=decrement, log_likelihood=value)
        if decrement < PRECISE:
            break
        points, steps = [*points[-MEMORY:], at], [*steps[-MEMORY:], step]
        at = _extrapolated(points, steps)
    message = f"decrement {best.decrement:.1e}"
    return replace(best, message=message, evaluations=maximum.evaluations + used)


def settled(model: PanelLogit, start: np.ndarray) -> tuple[PanelLogit, Maximum]:
    """Find the maximum of a simulated likelihood whose proposals are renewed at every step.

    Proposals that stay while parameters move are too narrow where these end, and a search then
    climbs the error of simulation. What is found is where the scores at renewed proposals sum to
    zero, which does not depend on the way there. Far from it, steps are halved until the
    log-likelihood rises; near it, until the gradient does not grow.

    Parameters
    ----------
    model
        Of `choice.binary_logit`, with an adaptive integrator.
    start
        (D,) parameters.

    Returns
    -------
    tuple
        The model with its last proposals, and the maximum, which says whether it converged.

    """
    here = _Place(model, np.asarray(start, dtype=float))
    inverse, used, length = here.inverse(), 1, 1.0
    while used < SEARCH_STEPS and here.decrement >= PRECISE:
        direction = inverse @ here.gradient
        there = _Place(model, here.at + length * direction)
        used += 1
        log.info("step %d: %s", used, there)
        if not there.better(here, length * (here.gradient @ direction)) and length > SHORTEST:
            length /= 2
            continue
        if there.decrement > NEAR and length == 1.0:
            inverse = there.inverse()
        else:
            inverse = _updated(inverse, there.at - here.at, here.gradient - there.gradient)
        here, length = there, 1.0
    converged = bool(here.decrement < TOLERANCE)
    message = f"decrement {here.decrement:.1e} after {used} steps"
    found = Maximum(converged, message, model.names, here.at, here.value, here.decrement, used)
    return here.model, found


class _Place:
    """The log-likelihood and its derivatives with proposals at a point's own modes."""

    def __init__(self, model: PanelLogit, at: np.ndarray):
        self.model, self.at = model.renewed(at), at
        values, scores = self.model.evaluate(at)
        self.value, self.gradient = float(values.sum()), scores.sum(axis=0)
        self._factor = cho_factor(information(model, scores))
        self.decrement = float(0.5 * self.gradient @ cho_solve(self._factor, self.gradient))

    def __str__(self) -> str:
        return f"log-likelihood {self.value:.4f}, decrement {self.decrement:.1e}"

    def inverse(self) -> np.ndarray:
        """Inverse of the sum of products of scores."""
        return cho_solve(self._factor, np.eye(len(self.at)))

    def better(self, other: "_Place", expected: float) -> bool:
        """Whether a step from another place, of so much expected gain, is to be taken."""
        if other.decrement > CLOSE:
            return self.value > other.value + SUFFICIENT * expected
        return self.decrement < GROWN * other.decrement


def _updated(inverse: np.ndarray, moved: np.ndarray, fallen: np.ndarray) -> np.ndarray:
    """Inverse Hessian after a step in which the gradient has fallen (BFGS)."""
    curvature = moved @ fallen
    if curvature <= 0:
        return inverse
    left = np.eye(len(moved)) - np.outer(moved, fallen) / curvature
    return left @ inverse @ left.T + np.outer(moved, moved) / curvature


def _step(model: Model, at: np.ndarray) -> tuple[float, np.ndarray, float]:
    """Log-likelihood, step B^-1 g and decrement g' B^-1 g / 2."""
    value, scores = model.evaluate(at)
    gradient = scores.sum(axis=0)
    step = cho_solve(cho_factor(information(model, scores)), gradient)
    return float(value.sum()), step, float(0.5 * gradient @ step)


def _extrapolated(points: list[np.ndarray], steps: list[np.ndarray]) -> np.ndarray:
    """Where the last steps, were they linear in the points, would vanish (Anderson 1965)."""
    if len(points) == 1:
        return points[0] + steps[0]
    of_steps = np.stack([one - steps[-1] for one in steps[:-1]], axis=1)
    of_points = np.stack([one - points[-1] for one in points[:-1]], axis=1)
    size = np.abs(steps[-1]) + np.abs(of_steps).max(axis=1) + 1e-300
    weights = np.linalg.lstsq(of_steps / size[:, None], -steps[-1] / size, rcond=1e-10)[0]
    return points[-1] + steps[-1] + (of_points + of_steps) @ weights
