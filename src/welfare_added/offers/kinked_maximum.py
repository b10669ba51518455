"""Maximum of a log-likelihood with kinks: continuous, with a slope that jumps.

A district's price is zero until its constraint binds, and so is its derivative. The maximum may
lie where a constraint just begins to bind; the slope there is zero from neither side, but slopes
from its sides have a mean that is.
"""

import numpy as np
from scipy.optimize import nnls

from welfare_added.choice.maximum import Maximum, Model, information
from welfare_added.run.errors import UserError

AT_KINK = 1e-4  # decrement of the mean slope that counts as zero: 0.014 standard errors
STEPS = 60
HALVINGS = 8
SUFFICIENT = 1e-2  # rise, relative to what the slope promises
HEAVY = 1e4  # weight of the condition that weights sum to one


def maximise_kinked(model: Model, start: np.ndarray, tolerance: float) -> Maximum:
    """Maximise by steps of Berndt, Hall, Hall and Hausman that mix slopes from a kink's sides.

    A step that does not raise the log-likelihood, though halved, adds the slope where it ended;
    the next step follows the shortest mean of slopes. The search has converged when the decrement
    (see `choice.maximum`) is below ``tolerance``, or that of a mean of several slopes below 1e-4;
    the message says which. `choice.maximum.maximise` would search on at a kink. It ends without
    convergence where scores become collinear, and the message names the parameters.

    Raises
    ------
    UserError
        If scores are collinear at the start: names the parameters.

    """
    at, evaluations = np.array(start, dtype=float), 1
    value, score = model.evaluate(at)
    slopes = [score.sum(axis=0)]
    root = _whitening(model, score)
    for _ in range(STEPS):
        short = root.T @ _shortest(np.array(slopes) @ root, np.array(slopes))
        decrement = 0.5 * float(short @ short)
        enough = tolerance if len(slopes) == 1 else max(AT_KINK, tolerance)
        if decrement < enough:
            break
        length = 1.0
        for _ in range(HALVINGS):
            trial = at + length * (root @ short)
            found, score = model.evaluate(trial)
            evaluations += 1
            finite = np.isfinite(score).all()
            if finite and found.sum() - value.sum() > SUFFICIENT * length * decrement:
                at, value, slopes = trial, found, [score.sum(axis=0)]
                try:
                    root = _whitening(model, score)
                except UserError as error:
                    message, total = f"no maximum in sight: {error}", float(value.sum())
                    return Maximum(False, message, model.names, at, total, np.inf, evaluations)
                break
            length *= 0.5
        else:
            if not (finite and np.isfinite(found).all()):
                break
            slopes.append(score.sum(axis=0))
    where = f" at a kink, of {len(slopes)} slopes" if len(slopes) > 1 else ""
    message = f"decrement {decrement:.1e}{where}"
    total = float(value.sum())
    return Maximum(decrement < enough, message, model.names, at, total, decrement, evaluations)


def _whitening(model: Model, score: np.ndarray) -> np.ndarray:
    """Root (D, D) of the inverse sum of products of scores (A, D)."""
    return np.linalg.cholesky(np.linalg.inv(information(model, score)))


def _shortest(whitened: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """The mean of slopes (S, D) that is shortest when whitened (S, D)."""
    if len(slopes) == 1:
        return slopes[0]
    size = np.abs(whitened).max()
    system = np.vstack([whitened.T / size, np.full(len(slopes), HEAVY)])
    weight = nnls(system, np.append(np.zeros(whitened.shape[1]), HEAVY))[0]
    return (weight / weight.sum()) @ slopes
