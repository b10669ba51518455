"""Panels of choices among alternatives that are available: logit with random coefficients."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from welfare_added.choice.checks import coefficients, integral, numbers
from welfare_added.choice.draws import Integrator, Nodes
from welfare_added.choice.mode_loops import modes
from welfare_added.choice.multinomial_loops import multinomial_panel
from welfare_added.choice.panel import PanelLogit
from welfare_added.run.errors import UserError


@dataclass(frozen=True, kw_only=True)
class MultinomialLogit(PanelLogit):
    """The logit of `multinomial_logit`; its methods are those of `PanelLogit`."""

    first: np.ndarray = field(repr=False)
    situation: np.ndarray = field(repr=False)
    taken: np.ndarray = field(repr=False)

    def _loop(self, fixed, root, value, score, kept):
        def work(begin, end):
            multinomial_panel(
                begin,
                end,
                self.first,
                self.situation,
                self.columns,
                self.random,
                self.taken,
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

    def _modes(self, parameters, widening, centres, spreads, reached):
        root = self.root(parameters)
        index = self.columns @ parameters[: self.fixed]
        loadings = np.ascontiguousarray(self.random @ root)
        agents, dimensions = centres.shape

        def work(begin, end):
            modes(
                begin,
                end,
                self.first,
                self.situation,
                index,
                loadings,
                self.taken,
                self.taken,
                np.zeros(agents),
                np.full(agents, -1),
                np.empty(0),
                np.empty((0, dimensions)),
                self.points,
                widening,
                centres,
                spreads,
                reached,
            )

        return work


def multinomial_logit(
    covariates: np.ndarray,
    taken: np.ndarray,
    situation: Sequence,
    *,
    agent: Sequence | None = None,
    available: np.ndarray | None = None,
    names: Sequence[str] | None = None,
    random: np.ndarray | None = None,
    random_names: Sequence[str] | None = None,
    correlated: bool | Sequence[str] = False,
    nodes: Nodes | Integrator | None = None,
    threads: int = 1,
) -> MultinomialLogit:
    """State a logit of choices of one among the available alternatives of each situation.

    There is a row for each alternative in each situation. An agent keeps its random coefficients
    in all its situations; its likelihood is the mean of the product of their probabilities.

    Parameters
    ----------
    covariates
        (N, P). What is the same for all alternatives of a situation drops out: multiply it by
        indicators of the alternatives.
    taken
        (N,) 1 at the alternative chosen, 0 at the others of a situation.
    situation
        (N,) labels, in any order of rows.
    agent
        (N,) labels; each situation is an agent if missing.
    available
        (N,) whether the alternative can be chosen; rows where not are left out, so that their
        covariates may be missing. All can if missing.
    names, random_names, random, correlated, nodes, threads
        As in `binary_logit`.

    Raises
    ------
    UserError
        If shapes differ, numbers are missing, a situation has not exactly one choice, all have
        one alternative, or a situation's rows belong to several agents.

    """
    rows = len(covariates)
    situation = np.asarray(situation)
    agent = situation if agent is None else np.asarray(agent)
    kept = np.ones(rows, dtype=bool) if available is None else np.asarray(available, dtype=bool)
    for name, column in {"situation": situation, "agent": agent, "available": kept}.items():
        if column.shape != (rows,):
            raise UserError(f"{name}: shape {column.shape}, want one for each of {rows} rows")
    taken = numbers(taken, rows, "taken")
    if random is not None and len(random) != rows:
        raise UserError(f"random: {len(random)} rows, and covariates {rows}")
    if lost := int((taken[~kept] != 0).sum()):
        raise UserError(f"taken: {lost} rows are chosen, and not available")
    random = None if random is None else np.asarray(random)[kept]
    given = coefficients(np.asarray(covariates)[kept], names, random, random_names, correlated)
    taken, situation, agent = taken[kept], situation[kept], agent[kept]

    labels, code = np.unique(agent, return_inverse=True)
    within = np.unique(situation, return_inverse=True)[1]
    order = np.lexsort((within, code))
    changes = np.diff(within[order], prepend=-1) != 0
    starts = np.flatnonzero(changes | (np.diff(code[order], prepend=-1) != 0))
    _refuse_situations(taken[order], starts, within.max() + 1)
    first = np.searchsorted(code[order][starts], np.arange(len(labels) + 1))
    dimensions = given["random"].shape[1]
    for name in ("columns", "random"):
        given[name] = np.ascontiguousarray(given[name][order])
    return MultinomialLogit(
        agents=labels,
        first=first,
        situation=np.append(starts, len(taken)),
        taken=taken[order],
        of_agents=np.empty((len(labels), 0)),
        threads=threads,
        **given,
        **integral(nodes, len(labels), dimensions),
    )


def _refuse_situations(taken: np.ndarray, starts: np.ndarray, situations: int) -> None:
    """Refuse situations of several agents, and without exactly one choice."""
    if len(starts) > situations:
        raise UserError(f"agent: {len(starts) - situations} situations belong to several agents")
    if not np.isin(taken, (0, 1)).all():
        raise UserError("taken: want 0 and 1")
    chosen = np.add.reduceat(taken, starts)
    if wrong := int((chosen != 1).sum()):
        raise UserError(f"taken: {wrong} of {situations} situations have not exactly one choice")
    if len(taken) == situations:
        raise UserError("situation: all have one alternative; there is nothing to choose")
