"""Applications with one outside option a teacher in a year, as eq. 7 of Bates et al. (2022) says.

Eq. 13 multiplies probabilities as if the errors of the outside option and of the present position
were drawn anew for each position. Here they are drawn once: the model behind the applications.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.choice.binary_panel import BinaryLogit
from welfare_added.choice.draws import Nodes, generator
from welfare_added.choice.posteriors import Posterior
from welfare_added.market.outside_loops import WIDE, WIDE_SHARE, outside_modes, outside_panel
from welfare_added.run.errors import UserError

WIDENING = 1.1


@dataclass(frozen=True)
class CommonOutside:
    """The likelihood of a `BinaryLogit`'s applications with one error of what is given up.

    Attributes
    ----------
    base
        Covariates, choices and parameters; its integrator is not used.
    points, log_weights
        (A, K + 1, R) draws, in units of proposals, of normals and of the outside option; (R,).
    centres, spreads
        (A, K + 1) and (A, K + 1, K + 1) of proposals.

    """

    base: BinaryLogit = field(repr=False)
    points: np.ndarray = field(repr=False)
    log_weights: np.ndarray = field(repr=False)
    centres: np.ndarray = field(repr=False)
    spreads: np.ndarray = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters, those of ``base``."""
        return self.base.names

    @property
    def agents(self) -> np.ndarray:
        """(A,) labels."""
        return self.base.agents

    @property
    def fixed(self) -> int:
        """Number of coefficients that are not of the random coefficients' covariance."""
        return self.base.fixed

    @property
    def at(self) -> np.ndarray:
        """(S, 2) row and column of the free entries of that covariance's root."""
        return self.base.at

    def root(self, parameters: np.ndarray) -> np.ndarray:
        """Root (K, K) of the covariance of random coefficients."""
        return self.base.root(parameters)

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) of each agent, and its derivatives (A, D)."""
        return self._evaluate(parameters, 0)[:2]

    def by_draw(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A, R) at each draw, and the draws' posterior weights."""
        kept = self._evaluate(parameters, len(self.agents))[2]
        return kept[0], kept[1]

    def renewed(self, parameters: np.ndarray) -> "CommonOutside":
        """Return the model with proposals at agents' modes given parameters."""
        agents, dimensions = self.points.shape[:2]
        centres = np.zeros((agents, dimensions))
        spreads = np.empty((agents, dimensions, dimensions))
        reached = np.empty(agents, dtype=bool)
        outside_modes(*self._rows(parameters), self.points, WIDENING, centres, spreads, reached)
        if failed := int((~reached).sum()):
            raise UserError(
                f"{failed} teachers: no mode found; are covariates of a sensible scale?"
            )
        return replace(self, centres=centres, spreads=spreads)

    def _rows(self, parameters) -> tuple:
        base = self.base
        split, fixed = base.columns.shape[1], parameters[: base.fixed]
        root = base.root(parameters)
        level = base.of_agents @ fixed[split:]
        index = base.columns @ fixed[:split] + np.repeat(level, np.diff(base.first))
        own = np.flatnonzero(base.present >= 0)
        own_index = base.present_columns @ fixed[:split]
        own_index[base.present[own]] += level[own]
        loadings = np.ascontiguousarray(base.random @ root)
        own_loadings = np.ascontiguousarray(base.present_random @ root)
        choices = base.taken, base.trials
        return base.first, index, loadings, *choices, base.present, own_index, own_loadings

    def _evaluate(self, parameters, kept_agents):
        base, agents = self.base, len(self.agents)
        value, score = np.empty(agents), np.empty((agents, len(self.names)))
        kept = np.empty((2, kept_agents, len(self.log_weights)))
        outside_panel(
            *self._rows(np.asarray(parameters, dtype=float)),
            self.points,
            self.log_weights,
            self.centres,
            self.spreads,
            base.columns,
            base.random,
            base.of_agents,
            base.present_columns,
            base.present_random,
            base.at,
            value,
            score,
            kept,
        )
        return value, score, kept


def common_outside(base: BinaryLogit, nodes: Nodes) -> CommonOutside:
    """State the likelihood with one outside option an agent.

    Parameters
    ----------
    base
        Of `choice.binary_logit`.
    nodes
        (A, R, K + 1) normals, such as those of `choice.sobol`.

    Raises
    ------
    UserError
        If the nodes do not fit.

    """
    agents, dimensions = len(base.agents), base.random.shape[1] + 1
    if nodes.points.shape[::2] != (agents, dimensions):
        raise UserError(f"nodes: shape {nodes.points.shape}, want ({agents}, draws, {dimensions})")
    points = np.ascontiguousarray(nodes.points.transpose(0, 2, 1))
    points[:, :, : round(WIDE_SHARE * points.shape[2])] *= WIDE
    return CommonOutside(
        base=base,
        points=points,
        log_weights=np.log(nodes.weights),
        centres=np.zeros((agents, dimensions)),
        spreads=np.broadcast_to(np.eye(dimensions), (agents, dimensions, dimensions)).copy(),
    )


def outside_posterior(model: CommonOutside, parameters: np.ndarray, seed: int) -> Posterior:
    """Deviations of agents' random coefficients, as `choice.posterior` gives them."""
    likelihood, weights = model.by_draw(parameters)
    agents = np.arange(len(weights))
    uniform = np.array([generator(seed, 3, agent).random() for agent in agents])
    cumulative = weights.cumsum(axis=1)
    drawn = (cumulative < uniform[:, None] * cumulative[:, -1:]).sum(axis=1)
    root = model.base.root(parameters)

    def at(points):
        moved = model.centres + np.einsum("akm,am->ak", model.spreads, points)
        return moved[:, :-1] @ root.T

    return Posterior(
        best=at(model.points[agents, :, likelihood.argmax(axis=1)]),
        mean=at(np.einsum("akr,ar->ak", model.points, weights)),
        draw=at(model.points[agents, :, drawn]),
        effective=1 / np.square(weights).sum(axis=1),
    )
