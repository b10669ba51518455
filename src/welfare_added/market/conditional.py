"""Conditional logit: applications given how many a teacher makes, without teachers' effects."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from welfare_added.market import preference_loops
from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class ConditionalModel:
    """A conditional logit of A agents who choose some of their alternatives (Chamberlain 1980)."""

    names: tuple[str, ...]
    agents: np.ndarray = field(repr=False)
    first: np.ndarray = field(repr=False)
    columns: np.ndarray = field(repr=False)
    taken: np.ndarray = field(repr=False)
    trials: np.ndarray = field(repr=False)

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) given each agent's number of choices, and derivatives (A, D)."""
        value, score = np.empty(len(self.agents)), np.empty((len(self.agents), len(self.names)))
        index = self.columns @ parameters
        preference_loops.conditional_panel(
            self.first, index, self.taken, self.trials, self.columns, value, score
        )
        return value, score


def conditional_model(
    columns: np.ndarray,
    taken: np.ndarray,
    trials: np.ndarray,
    agent: np.ndarray,
    names: Sequence[str],
) -> ConditionalModel:
    """State a conditional logit; agents who choose all or none are left out.

    Parameters
    ----------
    columns
        (N, D) covariates that vary within agents.
    taken, trials
        (N,) choices of yes and all choices.
    agent
        (N,) codes from zero.
    names
        Of the covariates.

    Raises
    ------
    UserError
        If every agent chooses all or none.

    """
    yes, every = np.bincount(agent, taken), np.bincount(agent, trials)
    used = ((yes > 0) & (yes < every))[agent]
    if not used.any():
        raise UserError("conditional logit: every teacher chose all or none")
    order = np.flatnonzero(used)[np.argsort(agent[used], kind="stable")]
    labels, first = np.unique(agent[order], return_index=True)
    return ConditionalModel(
        tuple(names),
        labels,
        np.append(first, len(order)),
        np.ascontiguousarray(columns[order]),
        taken[order],
        trials[order],
    )
