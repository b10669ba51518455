"""Panels of binary choices, such as applications or ratings: logit with random coefficients."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from welfare_added.choice.compiled_loops import binary_panel, binary_panel_at_modes
from welfare_added.choice.draws import Nodes
from welfare_added.choice.panel import PanelLogit, coefficients, integral, numbers, order_agents
from welfare_added.run.errors import UserError


@dataclass(frozen=True, kw_only=True)
class BinaryLogit(PanelLogit):
    """The logit of `binary_logit`; its methods are those of `PanelLogit`."""

    first: np.ndarray = field(repr=False)
    taken: np.ndarray = field(repr=False)
    trials: np.ndarray = field(repr=False)
    at_modes: bool

    def _compute(self, index, loadings, value, score) -> None:
        rows = self.first, index, loadings, self.taken, self.trials
        rest = self.points, self.log_weights, self.columns, self.random, self.at, value, score
        if not self.at_modes:
            binary_panel(*rows, *rest)
        elif failed := binary_panel_at_modes(*rows, *rest):
            raise UserError(f"{failed} agents: no mode found; are covariates of a sensible scale?")


def binary_logit(
    covariates: np.ndarray,
    taken: np.ndarray,
    agent: Sequence,
    *,
    names: Sequence[str] | None = None,
    random: np.ndarray | None = None,
    random_names: Sequence[str] | None = None,
    correlated: bool = False,
    nodes: Nodes | None = None,
    at_modes: bool = False,
    trials: np.ndarray | None = None,
) -> BinaryLogit:
    """State a logit of repeated binary choices with random coefficients that agents keep.

    An agent's likelihood is the mean, over its normals, of the product of its rows'
    probabilities: eqs. 13 and 15 of Bates et al. (2022) for agents without a present position.

    Parameters
    ----------
    covariates
        (N, P), a constant included if there is to be one.
    taken
        (N,) choices of one: 0 or 1, or up to ``trials``. The binomial coefficient is left out.
    agent
        (N,) labels, in any order of rows.
    names, random_names
        Names of the P covariates and the K random ones; x0, x1, ... and z0, z1, ... if missing.
    random
        (N, K) covariates with random coefficients of mean zero; a column of ones is a random
        intercept. Their means are those of the same covariates in ``covariates``.
    correlated
        Whether random coefficients are correlated.
    nodes
        Of `draws`, in the order of sorted agents where each has its own.
    at_modes
        Adaptive quadrature: ``nodes``, which must be those of `gauss_hermite` in one dimension,
        are moved to each agent's mode and scaled by its curvature.
    trials
        (N,) number of equal choices that a row stands for; 1 if missing.

    Raises
    ------
    UserError
        If shapes differ, numbers are missing, choices are outside 0 to ``trials`` or all alike,
        or ``at_modes`` is asked for in other than one dimension.

    """
    given = coefficients(covariates, names, random, random_names, correlated)
    rows = len(given["columns"])
    taken = numbers(taken, rows, "taken")
    trials = np.ones(rows) if trials is None else numbers(trials, rows, "trials")
    if wrong := int(((taken < 0) | (taken > trials)).sum()):
        raise UserError(f"taken: {wrong} rows below 0 or above the number of trials")
    if taken.sum() in (0, trials.sum()):
        raise UserError("taken: all choices are alike; no coefficient can be estimated")
    labels, order, first = order_agents(agent, rows)
    dimensions = given["random"].shape[1]
    nodes_given = integral(nodes, len(labels), dimensions)
    if at_modes and (dimensions != 1 or len(nodes.points) != 1):
        raise UserError("at_modes: want one random coefficient, and nodes of gauss_hermite")
    for name in ("columns", "random"):
        given[name] = np.ascontiguousarray(given[name][order])
    return BinaryLogit(
        agents=labels,
        first=first,
        taken=taken[order],
        trials=trials[order],
        at_modes=at_modes,
        **given,
        **nodes_given,
    )
