"""Estimates of agents drawn again: standard errors by the bootstrap."""

import logging
from collections.abc import Sequence

import numpy as np

from welfare_added.choice.draws import generator
from welfare_added.choice.maximum import Maximum, Model, maximise
from welfare_added.run.errors import UserError

TOLERANCE = 1e-4  # of the decrement; far below the sampling error, which is of the order of one

log = logging.getLogger(__name__)


def bootstrap(
    model: Model,
    maximum: Maximum,
    replications: int,
    seed: int,
    clusters: Sequence | None = None,
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    """Estimates with agents drawn again with replacement, each search from the maximum.

    Agents keep their draws of normals and their proposals. Replication b depends on ``seed`` and b
    alone.

    Parameters
    ----------
    model, maximum
        The model, and what `maximise` returned.
    replications
        Number of times that agents are drawn.
    seed
        Of the drawing.
    clusters
        (A,) labels of agents that are drawn together, such as a person's years; agents if missing.
    tolerance
        Of `maximise`.

    Returns
    -------
    numpy.ndarray
        (replications, D) parameters; their covariance is that of the estimates.

    Raises
    ------
    UserError
        If the search did not converge, or that of a replication does not.

    """
    maximum.require_converged()
    agents = len(model.evaluate(maximum.parameters)[0])
    labels = np.arange(agents) if clusters is None else np.asarray(clusters)
    if labels.shape != (agents,):
        raise UserError(f"clusters: want one label for each of {agents} agents")
    code = np.unique(labels, return_inverse=True)[1]
    number = code.max() + 1
    estimates = np.empty((replications, len(maximum.parameters)))
    for b in range(replications):
        drawn = generator(seed, 4, b).integers(0, number, number)
        weights = np.bincount(drawn, minlength=number)[code]
        again = maximise(model, maximum.parameters, tolerance, weights)
        if not again.converged:
            raise UserError(f"replication {b} of the bootstrap: {again.message}")
        log.info("replication %d: %d evaluations", b, again.evaluations)
        estimates[b] = again.parameters
    return estimates
