"""What agents' choices say about their random coefficients."""

from dataclasses import dataclass

import numpy as np

from welfare_added.choice.draws import generator
from welfare_added.choice.panel import PanelLogit


@dataclass(frozen=True)
class Posterior:
    """Deviations C v of agents' random coefficients from their means, given their choices.

    Attributes
    ----------
    best
        (A, K) at the draw of the agent under which its choices are likeliest.
    mean
        (A, K) mean under the posterior weights.
    draw
        (A, K) one draw, by the posterior weights.
    effective
        (A,) effective number of draws, 1 / sum w^2 of the weights w.

    """

    best: np.ndarray
    mean: np.ndarray
    draw: np.ndarray
    effective: np.ndarray


def posterior(model: PanelLogit, parameters: np.ndarray, seed: int) -> Posterior:
    """Random coefficients of each agent, in the order of ``model.agents``.

    Draws are those of the model's nodes; agent a's ``draw`` depends on ``seed`` and a alone. Bates
    et al. (2022) take ``best`` for the coefficients of a teacher, among 100 draws of the normals
    themselves; it has more spread than the posterior mean, and less doubt than there is.
    """
    model = _at_rest(model, parameters)
    likelihood, weights = model.by_draw(parameters)
    uniform = [generator(seed, 3, agent).random() for agent in range(len(weights))]
    cumulative = weights.cumsum(axis=1)
    chosen = (cumulative < np.array(uniform)[:, None] * cumulative[:, -1:]).sum(axis=1)
    root = model.root(parameters)
    return Posterior(
        best=_normals(model, likelihood.argmax(axis=1)) @ root.T,
        mean=_mean(model, weights) @ root.T,
        draw=_normals(model, chosen) @ root.T,
        effective=1 / np.square(weights).sum(axis=1),
    )


def _at_rest(model: PanelLogit, parameters: np.ndarray) -> PanelLogit:
    """Return a model whose nodes do not move at each evaluation."""
    return model.renewed(parameters) if getattr(model, "at_modes", False) else model


def _normals(model: PanelLogit, chosen: np.ndarray) -> np.ndarray:
    """Normals (A, K) of each agent at one of its draws (A,)."""
    agents = np.arange(len(chosen))
    return _moved(model, model.points[agents % len(model.points), :, chosen])


def _mean(model: PanelLogit, weights: np.ndarray) -> np.ndarray:
    """Normals (A, K) averaged over draws by weights (A, R)."""
    if len(model.points) == 1:
        return _moved(model, weights @ model.points[0].T)
    return _moved(model, np.einsum("akr,ar->ak", model.points, weights))


def _moved(model: PanelLogit, points: np.ndarray) -> np.ndarray:
    if not len(model.centres):
        return points
    return model.centres + np.einsum("akm,am->ak", model.spreads, points)
