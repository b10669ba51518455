"""Maximum of a log-likelihood with kinks: continuous, with a slope that jumps.

A district's price is zero until its constraint binds, and so is its derivative. The maximum may
lie where a constraint just begins to bind; the slope there is zero from neither side.
"""

from dataclasses import replace

import numpy as np

from welfare_added.choice.maximum import Maximum, Model, information, maximise

NEAR = 0.02  # decrement: at most 0.2 standard errors from the maximum
STEPS = 6
HALVINGS = 8
SUFFICIENT = 1e-4  # rise, relative to what the slope promises


def maximise_kinked(model: Model, start: np.ndarray, tolerance: float) -> Maximum:
    """Maximise by steps of Berndt, Hall, Hall and Hausman; a kink ends the search where it must.

    `choice.maximum` searches until the decrement is below 0.02. From there steps are halved until
    the log-likelihood rises. The search has converged when the decrement is below ``tolerance``,
    or when no step raises it any more: then the message names the kink, and what it could still
    gain at most. Raises `UserError` as `choice.maximum.maximise`.
    """
    near = maximise(model, start, max(NEAR, tolerance))
    if not near.converged:
        return near
    at, evaluations = near.parameters, near.evaluations
    for _ in range(STEPS):
        value, score = model.evaluate(at)
        gradient = score.sum(axis=0)
        direction = np.linalg.solve(information(model, score), gradient)
        decrement = float(0.5 * gradient @ direction)
        evaluations += 1
        if decrement < tolerance:
            message = f"decrement {decrement:.1e}"
            break
        length = 1.0
        for _ in range(HALVINGS):
            trial = at + length * direction
            gain = model.evaluate(trial)[0].sum() - value.sum()
            evaluations += 1
            if gain > SUFFICIENT * length * decrement:
                break
            length *= 0.5
        else:
            message = f"a kink: no step raises the log-likelihood; decrement {decrement:.1e}"
            break
        at = trial
    else:
        message = f"decrement {decrement:.1e} after {STEPS} more steps"
    total = float(model.evaluate(at)[0].sum())
    return replace(
        near,
        converged=decrement < NEAR,
        message=message,
        parameters=at,
        log_likelihood=total,
        decrement=decrement,
        evaluations=evaluations,
    )
