"""Checks of the arrays with which panels of choices are stated."""

from collections.abc import Sequence

import numpy as np

from welfare_added.choice.draws import Integrator, Nodes
from welfare_added.run.errors import UserError


def order_agents(agent: Sequence, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels (A,) of agents, the stable order (N,) of rows by agent, first row (A + 1,) of each."""
    agent = np.asarray(agent)
    if agent.shape != (rows,) or rows == 0:
        raise UserError(f"agent: shape {agent.shape}, want one label for each of {rows} rows")
    labels, code = np.unique(agent, return_inverse=True)
    first = np.concatenate([[0], np.bincount(code).cumsum()])
    return labels, np.argsort(code, kind="stable"), first


def positions(labels: Sequence, agents: np.ndarray, what: str) -> np.ndarray:
    """Position (M,) among the sorted agents (A,) of labels, each of which is one of theirs."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or len(np.unique(labels)) < len(labels):
        raise UserError(f"{what}: want one row an agent")
    place = np.searchsorted(agents, labels).clip(max=len(agents) - 1)
    if strange := int((agents[place] != labels).sum()):
        raise UserError(f"{what}: {strange} rows of agents who have no choices")
    return place


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
    correlated: bool | Sequence[str],
) -> dict:
    """Checked covariates (N, P) and (N, K), names of parameters, and C's free entries."""
    columns, names = named(covariates, names, "x", "covariates")
    if random is None:
        random = np.empty((len(columns), 0))
    random, random_names = named(random, random_names, "z", "random")
    if len(random) != len(columns):
        raise UserError(f"random: {len(random)} rows, and covariates {len(columns)}")
    together = random_names if correlated is True else list(correlated or [])
    if strange := [name for name in together if name not in random_names]:
        raise UserError(f"correlated: {', '.join(strange)} has no random coefficient")
    at, spread = [], []
    for k, name in enumerate(random_names):
        for m, other in enumerate(random_names[: k + 1]):
            if name in together and other in together:
                at.append((k, m))
                spread.append(f"C[{name}, {other}]")
            elif k == m:
                at.append((k, k))
                spread.append(f"sd {name}")
    return {
        "columns": columns,
        "random": random,
        "names": (*names, *spread),
        "at": np.array(at, dtype=np.int64).reshape(-1, 2),
    }


def integral(nodes: Nodes | Integrator | None, agents: int, dimensions: int) -> dict:
    """Checked points (A or 1, K, R), logs of their weights, and proposals that are to be moved."""
    given = {
        "points": np.empty((1, 0, 1)),
        "log_weights": np.zeros(1),
        "centres": np.empty((0, dimensions)),
        "spreads": np.empty((0, dimensions, dimensions)),
    }
    if dimensions == 0:
        if nodes is not None:
            raise UserError("nodes: given, but there are no random coefficients")
        return given
    if nodes is None:
        raise UserError(
            "nodes: missing; want an Integrator, or those of gauss_hermite, sobol or pseudo_random"
        )
    if isinstance(nodes, Integrator):
        given["integrator"] = nodes
        if nodes.kind == "adaptive":
            given["centres"] = np.zeros((agents, dimensions))
            given["spreads"] = np.tile(np.eye(dimensions), (agents, 1, 1))
        nodes = nodes.nodes(agents, dimensions)
    if len(nodes.points) not in (1, agents) or nodes.points.shape[2] != dimensions:
        raise UserError(
            f"nodes: shape {nodes.points.shape}, want ({agents} or 1, draws, {dimensions})"
        )
    points = np.ascontiguousarray(nodes.points.transpose(0, 2, 1))
    return given | {"points": points, "log_weights": np.log(nodes.weights)}


def named(values, names, letter, what) -> tuple[np.ndarray, list[str]]:
    """Columns of finite numbers and their names, letters with numbers if missing."""
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
