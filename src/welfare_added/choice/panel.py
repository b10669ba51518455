"""What panels of binary and of multinomial choices share: parameters, draws, threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from welfare_added.choice.draws import Integrator
from welfare_added.run.errors import UserError

START = 0.5  # standard deviations at the start: at zero their scores are zero
PARTS = 8  # of the agents, a thread


@dataclass(frozen=True, kw_only=True)
class PanelLogit:
    """A logit of repeated choices of A agents, with fixed and K random coefficients.

    Utility of row i at agent a's normals v_a is x_i b + g_a l + z_i C v_a. C (K, K) is diagonal, or
    lower triangular if the coefficients are correlated, and then CC' is their covariance.
    Parameters are b, l, then C's entries by row. Signs of C's columns are not identified.

    Attributes
    ----------
    names
        Name of each of the D parameters.
    agents
        (A,) labels, in the order of the rows of scores.
    columns, random
        (N, P) and (N, K) covariates x and z.
    of_agents
        (A, Q) covariates g.
    at
        (S, 2) row and column of C's free entries.
    points, log_weights
        (A or 1, K, R) nodes and (R,) logs of their weights.
    integrator
        Where the nodes come from; None if they were given.
    centres, spreads
        (A, K) and (A, K, K) of agents' proposals, to which nodes are moved; of no agents if they
        are not moved.
    threads
        How many agents' likelihoods are computed at a time. Changes no result.

    """

    names: tuple[str, ...]
    agents: np.ndarray = field(repr=False)
    columns: np.ndarray = field(repr=False)
    random: np.ndarray = field(repr=False)
    of_agents: np.ndarray = field(repr=False)
    at: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    log_weights: np.ndarray = field(repr=False)
    integrator: Integrator | None = None
    centres: np.ndarray = field(repr=False)
    spreads: np.ndarray = field(repr=False)
    threads: int = 1

    @property
    def fixed(self) -> int:
        """Number of coefficients that are not C's, P + Q."""
        return len(self.names) - len(self.at)

    @property
    def even(self) -> list[int]:
        """Parameters whose sign changes nothing: entries alone in their column of C."""
        columns = self.at[:, 1].tolist()
        return [self.fixed + s for s, m in enumerate(columns) if columns.count(m) == 1]

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) of each agent, and its derivatives (A, D)."""
        return self._evaluate(parameters, np.empty((2, 0, len(self.log_weights))))

    def by_draw(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A, R) of agents' choices at each draw, and the draws' posterior weights.

        Weights of an agent sum to one.
        """
        kept = np.empty((2, len(self.agents), len(self.log_weights)))
        self._evaluate(parameters, kept)
        return kept[0], kept[1]

    def root(self, parameters: np.ndarray) -> np.ndarray:
        """C, the (K, K) root of the covariance of the random coefficients."""
        root = np.zeros((self.random.shape[1],) * 2)
        root[self.at[:, 0], self.at[:, 1]] = np.asarray(parameters)[self.fixed :]
        return root

    def covariance(self, parameters: np.ndarray) -> np.ndarray:
        """Covariance CC' (K, K) of the random coefficients."""
        root = self.root(parameters)
        return root @ root.T

    def start(self) -> np.ndarray:
        """Parameters from which to search: fixed coefficients 0, C half the identity."""
        diagonal = np.where(self.at[:, 0] == self.at[:, 1], START, 0.0)
        return np.concatenate([np.zeros(self.fixed), diagonal])

    def without_spread(self) -> Self:
        """Return the model with one node, at normals of zero: random coefficients are constant."""
        dimensions = self.random.shape[1]
        nothing = np.empty((0, dimensions)), np.empty((0, dimensions, dimensions))
        return replace(
            self,
            points=np.zeros((1, dimensions, 1)),
            log_weights=np.zeros(1),
            integrator=None,
            centres=nothing[0],
            spreads=nothing[1],
        )

    def renewed(self, parameters: np.ndarray) -> Self:
        """Return the model with proposals at agents' modes given parameters.

        Modes are searched from those of the model's proposals, at first from zero. The same model
        if its nodes are not moved.

        Raises
        ------
        UserError
            If the mode of some agents is not found.

        """
        if not len(self.centres):
            return self
        return self._moved(parameters, self.integrator.widening)

    def _moved(self, parameters: np.ndarray, widening: float) -> Self:
        parameters = self._checked(parameters)
        agents, dimensions = len(self.agents), self.random.shape[1]
        # From the last modes, so that an agent with two keeps to one of them.
        centres = self.centres.copy() if len(self.centres) else np.zeros((agents, dimensions))
        spreads = np.empty((agents, dimensions, dimensions))
        reached = np.empty(agents, dtype=bool)
        self._over_agents(self._modes(parameters, widening, centres, spreads, reached))
        if failed := int((~reached).sum()):
            raise UserError(f"{failed} agents: no mode found; are covariates of a sensible scale?")
        return replace(self, centres=centres, spreads=spreads)

    def _checked(self, parameters: np.ndarray) -> np.ndarray:
        parameters = np.asarray(parameters, dtype=float)
        if parameters.shape != (len(self.names),) or not np.isfinite(parameters).all():
            raise UserError(f"parameters: want {len(self.names)} finite numbers")
        return parameters

    def _evaluate(self, parameters, kept):
        parameters = self._checked(parameters)
        value = np.empty(len(self.agents))
        score = np.empty((len(self.agents), len(self.names)))
        fixed = np.ascontiguousarray(parameters[: self.fixed])
        self._over_agents(self._loop(fixed, self.root(parameters), value, score, kept))
        return value, score

    def _over_agents(self, work: Callable[[int, int], object]) -> None:
        """Do work for all agents, from one to before another."""
        if self.threads == 1:
            work(0, len(self.agents))
            return
        bounds = np.linspace(0, len(self.agents), self.threads * PARTS + 1).astype(int).tolist()
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(work, bounds[:-1], bounds[1:]))

    def _loop(self, fixed, root, value, score, kept) -> Callable[[int, int], object]:
        """Work that writes values and scores, and what is kept by draw."""
        raise NotImplementedError

    def _modes(self, parameters, widening, centres, spreads, reached):
        """Work that writes modes, spreads and whether modes were reached."""
        raise NotImplementedError
