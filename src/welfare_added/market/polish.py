"""Searches that end so near a maximum that its digits do not depend on the machine.

Steps are those of Berndt, Hall, Hall and Hausman (1974), by products of scores, with the
extrapolation of Anderson (1965) over the last few.
"""

from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from welfare_added.choice.maximum import Maximum, Model, information

PRECISE = 1e-13  # decrement at which estimates are within a millionth of a standard error
STEPS = 25
MEMORY = 8  # earlier steps from which the next one is extrapolated
GROWN = 10  # times the least decrement, at which steps have failed


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
