"""Logit without effects by Newton's method: where searches of larger models start."""

import numpy as np

from welfare_added.run.errors import UserError

STEPS = 50
PRECISE = 1e-12  # decrement at which Newton's method ends
PERFECT = -1e-6  # log-likelihood of choices that covariates decide without error
NEAR = 1e-3  # decrement below which a full step is safe


def plain_logit(
    columns: np.ndarray,
    own: np.ndarray,
    taken: np.ndarray,
    trials: np.ndarray,
    first: np.ndarray,
) -> np.ndarray:
    """Coefficients (P + Q,) of a logit with covariates of rows and of agents.

    Parameters
    ----------
    columns, own
        (N, P) covariates of rows, and (A, Q) of agents.
    taken, trials
        (N,) choices of yes and all choices.
    first
        (A + 1,) first row of each agent, and N.

    Raises
    ------
    UserError
        If the likelihood has no maximum.

    """
    at, split = np.zeros(columns.shape[1] + own.shape[1]), columns.shape[1]
    counts = np.diff(first)

    def index_at(point):
        return columns @ point[:split] + np.repeat(own @ point[split:], counts)

    def value(index):
        return float(taken @ index - trials @ np.logaddexp(0, index))

    index = index_at(at)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-index))
        left, weight = taken - trials * chance, trials * chance * (1 - chance)
        by_agent = np.add.reduceat(columns * weight[:, None], first[:-1])
        gradient = np.append(columns.T @ left, own.T @ np.add.reduceat(left, first[:-1]))
        cross = by_agent.T @ own
        within = own.T @ (own * np.add.reduceat(weight, first[:-1])[:, None])
        matrix = np.block([[columns.T @ (columns * weight[:, None]), cross], [cross.T, within]])
        step = np.linalg.solve(matrix, gradient)
        decrement = 0.5 * gradient @ step
        if decrement < PRECISE:
            if value(index) > PERFECT:
                break
            return at
        size, before = 1.0, value(index)
        index = index_at(at + step)
        while decrement > NEAR and value(index) < before and size > 1e-6:
            size /= 2
            index = index_at(at + size * step)
        at = at + size * step
    raise UserError("logit without effects: no maximum; does a covariate decide the choices?")
