"""Standard normal draws and Gauss-Hermite nodes over which choice probabilities are averaged."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from welfare_added.run.errors import UserError

# Uniforms are kept within the normal quantiles of this probability, -8.2 and 8.2.
SMALLEST = 1e-16


@dataclass(frozen=True)
class Nodes:
    """Points of K independent standard normals, at which a function is evaluated, and weights.

    Attributes
    ----------
    points
        (A, R, K) points of each of A agents, or (1, R, K) if all agents share them.
    weights
        (R,) weights, which sum to one.

    """

    points: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Integrator:
    """How likelihoods are averaged over normals of each agent.

    Attributes
    ----------
    kind
        ``pseudo_random`` or ``sobol``: draws of the normals themselves, of `pseudo_random` and of
        `sobol`. ``adaptive``: importance sampling from a normal law at the mode of each agent's
        choices and normals, scaled by the curvature there, with draws of `sobol`; `fit` renews
        modes.
    draws
        Number of draws an agent, for ``sobol`` and ``adaptive`` a power of two.
    seed
        Of the draws.
    widening
        Standard deviations of the proposal in those of the curvature; ``adaptive`` alone.

    """

    kind: str
    draws: int
    seed: int
    widening: float = 1.1

    def __post_init__(self):
        """Refuse kinds that there are not."""
        if self.kind not in ("pseudo_random", "sobol", "adaptive"):
            raise UserError(f"integrator {self.kind!r}: want pseudo_random, sobol or adaptive")
        if not self.widening > 0:
            raise UserError(f"widening: {self.widening}, want a positive number")

    def nodes(self, agents: int, dimensions: int) -> "Nodes":
        """Draws of K normals of each agent, of an adaptive one before they are moved."""
        draw = pseudo_random if self.kind == "pseudo_random" else sobol
        return draw(agents, self.draws, dimensions, self.seed)


def pseudo_random(agents: int, draws: int, dimensions: int, seed: int) -> Nodes:
    """Draw pseudo-random standard normals, independent over agents.

    Agent a's draws depend on ``seed`` and a alone, so a division of the agents among processes,
    or more of them, changes none.

    Returns
    -------
    Nodes
        Points (agents, draws, dimensions) of equal weights.

    Raises
    ------
    UserError
        If one of the counts is below one.

    """
    _refuse_empty(agents=agents, draws=draws, dimensions=dimensions)
    points = np.empty((agents, draws, dimensions))
    for agent in range(agents):
        points[agent] = generator(seed, 0, agent).standard_normal((draws, dimensions))
    return Nodes(points, np.full(draws, 1 / draws))


def sobol(agents: int, draws: int, dimensions: int, seed: int) -> Nodes:
    """Spread standard normals evenly: a scrambled Sobol net, shifted at random for each agent.

    All agents have the same net of ``draws`` points. Each moves it, modulo one, by a uniform
    vector of its own before normal quantiles are taken: errors are then independent over agents
    and average out. Agent a's draws depend on ``seed`` and a alone, as in `pseudo_random`.

    Returns
    -------
    Nodes
        Points (agents, draws, dimensions) of equal weights.

    Raises
    ------
    UserError
        If one of the counts is below one, or ``draws`` is not a power of two, without which a
        Sobol sequence is not balanced.

    """
    _refuse_empty(agents=agents, draws=draws, dimensions=dimensions)
    if draws & (draws - 1):
        raise UserError(
            f"{draws} Sobol draws: want a power of two, such as {2 ** draws.bit_length()}"
        )
    net = qmc.Sobol(dimensions, scramble=True, rng=generator(seed, 1)).random(draws)
    points = np.empty((agents, draws, dimensions))
    for agent in range(agents):
        shifted = (net + generator(seed, 2, agent).random(dimensions)) % 1.0
        points[agent] = ndtri(shifted.clip(SMALLEST, 1 - SMALLEST))
    return Nodes(points, np.full(draws, 1 / draws))


def gauss_hermite(number: int, dimensions: int = 1) -> Nodes:
    """Gauss-Hermite nodes and weights of standard normals, the product of one dimension's.

    With ``number`` nodes a dimension, polynomials up to degree 2 * number - 1 in each have their
    exact mean.

    Returns
    -------
    Nodes
        Points (1, number ** dimensions, dimensions), which all agents share.

    Raises
    ------
    UserError
        If one of the counts is below one.

    """
    _refuse_empty(nodes=number, dimensions=dimensions)
    points, weights = np.polynomial.hermite_e.hermegauss(number)
    weights = weights / weights.sum()
    grid = np.stack(np.meshgrid(*[points] * dimensions, indexing="ij"), axis=-1)
    product = np.ones(1)
    for _ in range(dimensions):
        product = np.multiply.outer(product, weights).ravel()
    return Nodes(grid.reshape(1, -1, dimensions), product)


def generator(seed: int, *key: int) -> np.random.Generator:
    """Random numbers that depend on the seed and the key alone."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _refuse_empty(**counts: int) -> None:
    for name, count in counts.items():
        if count < 1:
            raise UserError(f"{name}: {count}, want at least 1")
