"""Maximum of a simulated likelihood whose proposals are renewed at every step."""

import logging

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from welfare_added.choice.maximum import Maximum, information
from welfare_added.choice.panel import PanelLogit
from welfare_added.run.errors import UserError

PRECISE = 1e-12  # decrement at which digits no longer depend on the way
STEPS = 100
NEAR = 5.0  # decrement below which the inverse Hessian is updated, and not made anew
CLOSE = 1.0  # decrement below which the error of simulation hides what a step gains
SUFFICIENT = 1e-4  # rise of the log-likelihood, relative to what its slope promises
GROWN = 10.0  # times the last decrement, above which a step is too long
SHORTEST = 1e-3  # part of a step

log = logging.getLogger(__name__)


def settle(
    model: PanelLogit, start: np.ndarray, tolerance: float
) -> tuple[PanelLogit, Maximum, list[float]]:
    """Search for parameters at which the scores, with proposals made there, sum to zero.

    Proposals that stay while parameters move are too narrow where these end, and a search then
    climbs the error of simulation. Here each step renews them, which costs about as much as an
    evaluation, and where the search ends does not depend on the way there, but for the signs of
    random coefficients, of which draws prefer one. Far from the end, a step
    is B^-1 g, with the gradient g and the sum B of products of scores, and is halved until the
    log-likelihood rises; near it, B^-1 is updated (Broyden, Fletcher, Goldfarb and Shanno), and a
    step is halved until the gradient does not grow.

    Parameters
    ----------
    model
        With an adaptive integrator.
    start
        (D,) parameters.
    tolerance
        Largest decrement g' B^-1 g / 2 that counts as converged.

    Returns
    -------
    tuple
        The model with its last proposals, the maximum, and the log-likelihood after each step.

    Raises
    ------
    UserError
        If scores are collinear at the start, or the modes of some agents are not found.

    """
    here = _Place(model, np.array(start, dtype=float))
    inverse, used, length, totals = here.inverse(), 1, 1.0, [here.total]
    while used < STEPS and here.decrement >= min(PRECISE, tolerance):
        direction = inverse @ here.gradient
        try:
            there = _Place(here.model, here.at + length * direction)
        except UserError as error:
            message = f"no maximum in sight after {used} steps (choices separated?): {error}"
            return here.model, here.maximum(False, message, used), totals
        used += 1
        log.info("step %d: log-likelihood %.4f, decrement %.1e", used, there.total, there.decrement)
        if length > SHORTEST and not there.better(here, length * (here.gradient @ direction)):
            length /= 2
            continue
        if there.decrement > NEAR and length == 1.0:
            inverse = there.inverse()
        else:
            inverse = _updated(inverse, there.at - here.at, here.gradient - there.gradient)
        here, length = there, 1.0
        totals.append(here.total)
    converged = here.decrement < tolerance
    wanted = "" if converged else f", want below {tolerance:.0e}"
    message = f"decrement {here.decrement:.1e} after {used} steps{wanted}"
    return here.model, here.maximum(converged, message, used), totals


class _Place:
    """The log-likelihood and its derivatives with proposals at a point's own modes."""

    def __init__(self, model: PanelLogit, at: np.ndarray):
        self.model, self.at = model.renewed(at), at
        values, scores = self.model.evaluate(at)
        self.total, self.gradient = float(values.sum()), scores.sum(axis=0)
        self._factor = cho_factor(information(model, scores))
        self.decrement = float(0.5 * self.gradient @ cho_solve(self._factor, self.gradient))

    def inverse(self) -> np.ndarray:
        """Inverse of the sum of products of scores."""
        return cho_solve(self._factor, np.eye(len(self.at)))

    def better(self, other: "_Place", expected: float) -> bool:
        """Whether a step from another place, of so much expected gain, is to be taken."""
        if other.decrement > CLOSE:
            return self.total > other.total + SUFFICIENT * expected
        return self.decrement < GROWN * other.decrement

    def maximum(self, converged: bool, message: str, evaluations: int) -> Maximum:
        """Return this place as where the search ended."""
        names = self.model.names
        return Maximum(converged, message, names, self.at, self.total, self.decrement, evaluations)


def _updated(inverse: np.ndarray, moved: np.ndarray, fallen: np.ndarray) -> np.ndarray:
    """Inverse of the negative Hessian after a step in which the gradient has fallen (BFGS)."""
    curvature = moved @ fallen
    if curvature <= 0:
        return inverse
    left = np.eye(len(moved)) - np.outer(moved, fallen) / curvature
    return left @ inverse @ left.T + np.outer(moved, moved) / curvature
