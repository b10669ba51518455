"""Numerical derivatives, and panels with planted parameters."""

import numpy as np


def numerical(function, at, step=1e-5):
    """Central differences of a function of D parameters, the last axis of what is returned."""
    at = np.asarray(at, dtype=float)
    sides = [(function(at + step * e), function(at - step * e)) for e in np.eye(len(at))]
    return np.stack([(up - down) / (2 * step) for up, down in sides], axis=-1)


def chance(utility):
    return 1 / (1 + np.exp(-utility))


def binary_world(agents, rows, fixed, root, seed):
    """Choices with random coefficients on a constant and the next covariates; one agent's rows apart."""
    rng = np.random.default_rng(seed)
    fixed, root = np.asarray(fixed, dtype=float), np.atleast_2d(root)
    x = rng.standard_normal((rows * agents, len(fixed)))
    x[:, 0] = 1
    agent = np.tile(np.arange(agents), rows)
    own = rng.standard_normal((agents, len(root))) @ root.T
    utility = x @ fixed + (x[:, : len(root)] * own[agent]).sum(axis=1)
    return x, (rng.random(len(x)) < chance(utility)).astype(float), agent
