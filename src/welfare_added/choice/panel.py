"""What panels of binary and of multinomial choices share: parameters, nodes, checks of arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from welfare_added.choice.draws import Nodes
from welfare_added.run.errors import UserError

START = 0.5  # standard deviations at the start: at zero their scores are zero


@dataclass(frozen=True, kw_only=True)
class PanelLogit:
    """A logit of repeated choices of A agents, with P fixed and K random coefficients.

    Utility of row i at agent a's normals v_a is x_i b + z_i C v_a. C (K, K) is diagonal, or lower
    triangular if the coefficients are correlated, and then CC' is their covariance. Parameters
    are b, then C's entries by row. Signs of C's columns are not identified.

    Attributes
    ----------
    names
        Name of each of the D parameters.
    agents
        (A,) labels, in the order of the rows of scores.
    columns, random
        (N, P) and (N, K) covariates x and z.
    at
        (S, 2) row and column of C's free entries.
    points, log_weights
        (A or 1, K, R) nodes and (R,) logs of their weights.

    """

    names: tuple[str, ...]
    agents: np.ndarray = field(repr=False)
    columns: np.ndarray = field(repr=False)
    random: np.ndarray = field(repr=False)
    at: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    log_weights: np.ndarray = field(repr=False)

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) of each agent, and its derivatives (A, D)."""
        parameters = np.asarray(parameters, dtype=float)
        if parameters.shape != (len(self.names),) or not np.isfinite(parameters).all():
            raise UserError(f"parameters: want {len(self.names)} finite numbers")
        fixed = self.columns.shape[1]
        index = self.columns @ parameters[:fixed]
        loadings = np.ascontiguousarray(self.random @ self.root(parameters))
        value, score = np.empty(len(self.agents)), np.empty((len(self.agents), len(self.names)))
        self._compute(index, loadings, value, score)
        return value, score

    def root(self, parameters: np.ndarray) -> np.ndarray:
        """C, the (K, K) root of the covariance of the random coefficients."""
        root = np.zeros((self.random.shape[1],) * 2)
        root[self.at[:, 0], self.at[:, 1]] = np.asarray(parameters)[self.columns.shape[1] :]
        return root

    def covariance(self, parameters: np.ndarray) -> np.ndarray:
        """Covariance CC' (K, K) of the random coefficients."""
        root = self.root(parameters)
        return root @ root.T

    def start(self) -> np.ndarray:
        """Parameters from which to search: fixed coefficients 0, C half the identity."""
        diagonal = np.where(self.at[:, 0] == self.at[:, 1], START, 0.0)
        return np.concatenate([np.zeros(self.columns.shape[1]), diagonal])

    def _compute(self, index, loadings, value, score) -> None:
        raise NotImplementedError


def order_agents(agent: Sequence, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels (A,) of agents, the stable order (N,) of rows by agent, first row (A + 1,) of each."""
    agent = np.asarray(agent)
    if agent.shape != (rows,) or rows == 0:
        raise UserError(f"agent: shape {agent.shape}, want one label for each of {rows} rows")
    labels, code = np.unique(agent, return_inverse=True)
    first = np.concatenate([[0], np.bincount(code).cumsum()])
    return labels, np.argsort(code, kind="stable"), first


def numbers(values: object, rows: int, what: str) -> np.ndarray:
    """A column (N,) of finite numbers."""
    column = _finite(np.asarray(values, dtype=float).reshape(len(values), -1), [what], what)
    if column.shape != (rows, 1):
        raise UserError(
            f"{what}: shape {np.shape(values)}, want one number for each of {rows} rows"
        )
    return column[:, 0]


def coefficients(
    covariates: np.ndarray,
    names: Sequence[str] | None,
    random: np.ndarray | None,
    random_names: Sequence[str] | None,
    correlated: bool,
) -> dict:
    """Checked covariates (N, P) and (N, K), names of parameters, and C's free entries."""
    columns, names = _named(covariates, names, "x", "covariates")
    if random is None:
        random = np.empty((len(columns), 0))
    random, random_names = _named(random, random_names, "z", "random")
    if len(random) != len(columns):
        raise UserError(f"random: {len(random)} rows, and covariates {len(columns)}")
    count = range(len(random_names))
    at = [(k, m) for k in count for m in (range(k + 1) if correlated else [k])]
    named = [f"C[{random_names[k]}, {random_names[m]}]" for k, m in at]
    spread = named if correlated else [f"sd {name}" for name in random_names]
    return {
        "columns": columns,
        "random": random,
        "names": (*names, *spread),
        "at": np.array(at, dtype=np.int64).reshape(-1, 2),
    }


def integral(nodes: Nodes | None, agents: int, dimensions: int) -> dict:
    """Checked points (A or 1, K, R) and logs of their weights."""
    if dimensions == 0:
        if nodes is not None:
            raise UserError("nodes: given, but there are no random coefficients")
        return {"points": np.empty((1, 0, 1)), "log_weights": np.zeros(1)}
    if nodes is None:
        raise UserError("nodes: missing; want those of gauss_hermite, sobol or pseudo_random")
    if len(nodes.points) not in (1, agents) or nodes.points.shape[2] != dimensions:
        raise UserError(
            f"nodes: shape {nodes.points.shape}, want ({agents} or 1, draws, {dimensions})"
        )
    points = np.ascontiguousarray(nodes.points.transpose(0, 2, 1))
    return {"points": points, "log_weights": np.log(nodes.weights)}


def _named(values, names, letter, what):
    values = np.asarray(values, dtype=float)
    if values.ndim != 2:
        raise UserError(f"{what}: shape {values.shape}, want rows and columns")
    names = [f"{letter}{j}" for j in range(values.shape[1])] if names is None else list(names)
    if len(names) != values.shape[1] or len(set(names)) < len(names):
        raise UserError(f"{what}: {values.shape[1]} columns, want as many names, all different")
    return _finite(values, names, what), names


def _finite(values, names, what):
    missing = (~np.isfinite(values)).sum(axis=0)
    if missing.any():
        which = ", ".join(f"{names[j]} ({missing[j]} rows)" for j in np.flatnonzero(missing))
        raise UserError(f"{what}: missing or infinite in {which}; drop the rows or fill them")
    return values
