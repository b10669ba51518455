"""Panels of binary choices, such as applications or ratings: logit with random coefficients."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from welfare_added.choice.binary_loops import binary_panel
from welfare_added.choice.checks import (
    coefficients,
    integral,
    named,
    numbers,
    order_agents,
    positions,
)
from welfare_added.choice.draws import Integrator, Nodes
from welfare_added.choice.mode_loops import modes
from welfare_added.choice.panel import PanelLogit
from welfare_added.choice.quadrature_loops import binary_panel_at_modes
from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class AgentCovariates:
    """Covariates that are the same in all rows of an agent; kept once an agent.

    Attributes
    ----------
    agent
        (A,) labels of all agents, in any order.
    values
        (A, Q) covariates.
    names
        Their names; g0, g1, ... if missing.

    """

    agent: Sequence
    values: np.ndarray
    names: Sequence[str] | None = None


@dataclass(frozen=True)
class PresentPositions:
    """What agents have already, to which what is offered is compared.

    Attributes
    ----------
    agent
        (M,) labels of the agents who have one.
    covariates, random
        (M, P) and (M, K), the columns of the rows' covariates; ``random`` is None if K is 0.

    """

    agent: Sequence
    covariates: np.ndarray
    random: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class BinaryLogit(PanelLogit):
    """The logit of `binary_logit`; its methods are those of `PanelLogit`."""

    first: np.ndarray = field(repr=False)
    taken: np.ndarray = field(repr=False)
    trials: np.ndarray = field(repr=False)
    present: np.ndarray = field(repr=False)
    present_columns: np.ndarray = field(repr=False)
    present_random: np.ndarray = field(repr=False)
    at_modes: bool

    def renewed(self, parameters: np.ndarray) -> Self:
        """As of `PanelLogit`; with ``at_modes``, nodes stay where they are moved to."""
        if self.at_modes:
            return replace(self._moved(parameters, 1.0), at_modes=False)
        return super().renewed(parameters)

    def without_spread(self) -> Self:
        """As of `PanelLogit`."""
        return replace(super().without_spread(), at_modes=False)

    def _loop(self, fixed, root, value, score, kept):
        if self.at_modes:
            return self._loop_at_modes(fixed, root, value, score)

        def work(begin, end):
            binary_panel(
                begin,
                end,
                self.first,
                self.columns,
                self.random,
                self.taken,
                self.trials,
                self.of_agents,
                self.present,
                self.present_columns,
                self.present_random,
                fixed,
                root,
                self.at,
                self.points,
                self.log_weights,
                self.centres,
                self.spreads,
                value,
                score,
                kept,
            )

        return work

    def _index(self, fixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Utility (N,) without random coefficients of the rows, and (A,) of agents' covariates."""
        covariates = self.columns.shape[1]
        return self.columns @ fixed[:covariates], self.of_agents @ fixed[covariates:]

    def _loop_at_modes(self, fixed, root, value, score):
        index, level = self._index(fixed)
        index += np.repeat(level, np.diff(self.first))
        loading = self.random[:, 0] * root[0, 0]
        failed = np.zeros(len(self.agents), dtype=bool)

        def work(begin, end):
            binary_panel_at_modes(
                begin,
                end,
                self.first,
                index,
                loading,
                self.taken,
                self.trials,
                self.points,
                self.log_weights,
                self.columns,
                self.of_agents,
                self.random[:, 0],
                value,
                score,
                failed,
            )
            if count := int(failed[begin:end].sum()):
                raise UserError(
                    f"{count} agents: no mode found; are covariates of a sensible scale?"
                )

        return work

    def _modes(self, parameters, widening, centres, spreads, reached):
        root = self.root(parameters)
        fixed = parameters[: self.fixed]
        index, level = self._index(fixed)
        loadings = np.ascontiguousarray(self.random @ root)
        own_index = self.present_columns @ fixed[: self.columns.shape[1]]
        own_loadings = np.ascontiguousarray(self.present_random @ root)

        def work(begin, end):
            modes(
                begin,
                end,
                self.first,
                np.empty(0, dtype=np.int64),
                index,
                loadings,
                self.taken,
                self.trials,
                level,
                self.present,
                own_index,
                own_loadings,
                self.points,
                widening,
                centres,
                spreads,
                reached,
            )

        return work


def binary_logit(
    covariates: np.ndarray,
    taken: np.ndarray,
    agent: Sequence,
    *,
    names: Sequence[str] | None = None,
    random: np.ndarray | None = None,
    random_names: Sequence[str] | None = None,
    correlated: bool | Sequence[str] = False,
    nodes: Nodes | Integrator | None = None,
    at_modes: bool = False,
    trials: np.ndarray | None = None,
    agent_covariates: AgentCovariates | None = None,
    present: PresentPositions | None = None,
    threads: int = 1,
) -> BinaryLogit:
    """State a logit of repeated binary choices with random coefficients that agents keep.

    An agent's likelihood is the mean, over its normals v, of the product of its rows'
    probabilities: eqs. 13 and 15 of Bates et al. (2022). A row's probability is
    1 / (1 + exp(-V)) with V = x b + g l + z C v; of an agent with a present position c it is
    exp(V) / (1 + exp(V_c) + exp(V)), eq. 12, with the same v and g in V_c.

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
        Whether random coefficients are correlated; or the names of those that are.
    nodes
        An `Integrator`, or nodes of `draws`, in the order of sorted agents where each has its own.
    at_modes
        Adaptive quadrature: ``nodes``, which must be those of `gauss_hermite` in one dimension,
        are moved to each agent's mode and scaled by its curvature at each evaluation.
    trials
        (N,) number of equal choices that a row stands for; 1 if missing.
    agent_covariates
        Covariates g that are the same in all rows of an agent; none if missing.
    present
        Present positions of those agents who have one.
    threads
        Threads over agents, which change no result.

    Raises
    ------
    UserError
        If shapes differ, numbers are missing, choices are outside 0 to ``trials`` or all alike,
        labels of agents do not fit, or ``at_modes`` is asked for in other than one dimension or
        with present positions.

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
    # Rows of as many trials follow one another: the loops take them together.
    order = order[np.lexsort((trials[order], np.repeat(np.arange(len(labels)), np.diff(first))))]
    integrated = integral(nodes, len(labels), given["random"].shape[1])
    if at_modes and (given["random"].shape[1] != 1 or len(integrated["points"]) != 1):
        raise UserError("at_modes: want one random coefficient, and nodes of gauss_hermite")
    if at_modes and present is not None:
        raise UserError("at_modes: not with present positions; want an Integrator of kind adaptive")
    own = _present(present, labels, given)
    given |= _of_agents(agent_covariates, labels, given)
    for name in ("columns", "random"):
        given[name] = np.ascontiguousarray(given[name][order])
    return BinaryLogit(
        agents=labels,
        first=first,
        taken=taken[order],
        trials=trials[order],
        at_modes=at_modes,
        threads=threads,
        **given,
        **own,
        **integrated,
    )


def _of_agents(given: AgentCovariates | None, labels: np.ndarray, coefficients: dict) -> dict:
    """Covariates (A, Q) of the sorted agents, and names of all parameters."""
    if given is None:
        return {"of_agents": np.empty((len(labels), 0))}
    values, names = named(given.values, given.names, "g", "agent_covariates")
    place = positions(given.agent, labels, "agent_covariates")
    if not len(place) == len(values) == len(labels):
        raise UserError(
            f"agent_covariates: {len(values)} rows and {len(place)} labels, want one for each of "
            f"{len(labels)} agents"
        )
    covariates = coefficients["columns"].shape[1]
    before, after = coefficients["names"][:covariates], coefficients["names"][covariates:]
    if twice := set(names) & {*before, *after}:
        raise UserError(f"agent_covariates: names given twice: {', '.join(sorted(twice))}")
    sorted_values = np.empty(values.shape)
    sorted_values[place] = values
    return {"of_agents": sorted_values, "names": (*before, *names, *after)}


def _present(given: PresentPositions | None, labels: np.ndarray, coefficients: dict) -> dict:
    """Rows (M, P) and (M, K) of present positions, and which row (A,) is the agent's."""
    covariates, dimensions = (coefficients[name].shape[1] for name in ("columns", "random"))
    row = np.full(len(labels), -1)
    if given is None:
        empty = {"present_columns": np.empty((0, covariates))}
        return {"present": row, **empty, "present_random": np.empty((0, dimensions))}
    place = positions(given.agent, labels, "present")
    columns, _ = named(given.covariates, None, "x", "present.covariates")
    random = np.empty((len(columns), 0)) if given.random is None else given.random
    random, _ = named(random, None, "z", "present.random")
    wanted = {"covariates": (columns, covariates), "random": (random, dimensions)}
    for name, (values, number) in wanted.items():
        if values.shape != (len(place), number):
            raise UserError(
                f"present.{name}: shape {values.shape}, want {(len(place), number)}: "
                "one row an agent, and the columns of the choices"
            )
    row[place] = np.arange(len(place))
    return {
        "present": row,
        "present_columns": np.ascontiguousarray(columns),
        "present_random": np.ascontiguousarray(random),
    }
