"""Binary logits with at most one random intercept, and covariates given by groups of rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from welfare_added.choice.draws import gauss_hermite
from welfare_added.market.intercept_loops import intercept_panel

SPREAD = "random_effect_sd"
START = 0.5
NODES = 31


@dataclass(frozen=True)
class Block:
    """Covariates that are the same for all rows of one code.

    Attributes
    ----------
    codes
        (N,) from zero.
    design
        (C, Q) covariates of each code.
    names
        Of the Q covariates.

    """

    codes: np.ndarray
    design: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True)
class InterceptLogit:
    """A logit with covariates of rows and of groups, and a random intercept of agents or none.

    Scores are by ``score_codes``, groups of which there may be more than agents: their sum is the
    gradient, but sums of their products are the information only where they are agents.
    """

    names: tuple[str, ...]
    order: np.ndarray = field(repr=False)
    first: np.ndarray = field(repr=False)
    columns: np.ndarray = field(repr=False)
    taken: np.ndarray = field(repr=False)
    trials: np.ndarray = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    random: bool
    score_codes: np.ndarray = field(repr=False)

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) of agents, and derivatives (G, D) of their sum by group."""
        value, mean, moment = self.integrated(*self.index(parameters))
        groups = int(self.score_codes.max()) + 1
        parts = [_by_group(mean, self.score_codes, groups, self.columns)]
        for block in self.blocks:
            shape = (groups, len(block.design))
            sums = csr_array((mean, (self.score_codes, block.codes)), shape=shape)
            parts.append(sums @ block.design)
        if self.random:
            parts.append(np.bincount(self.score_codes, moment, groups)[:, None])
        return value, np.hstack(parts)

    def start(self) -> np.ndarray:
        """Parameters from which to search."""
        at = np.zeros(len(self.names))
        if self.random:
            at[-1] = START
        return at

    def index(self, parameters: np.ndarray) -> tuple[np.ndarray, float]:
        """Utility (N,) without the intercept, and the standard deviation of intercepts."""
        at = self.columns.shape[1]
        index = self.columns @ parameters[:at]
        for block in self.blocks:
            width = block.design.shape[1]
            index += (block.design @ parameters[at : at + width])[block.codes]
            at += width
        return index, float(parameters[-1]) if self.random else 0.0

    def integrated(
        self, index: np.ndarray, spread: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log-likelihood (A,), and by row (N,) mean residual, also times the intercept."""
        if not self.random:
            chance = 1 / (1 + np.exp(-index))
            rows = self.taken * index - self.trials * np.logaddexp(0, index)
            left = self.taken - self.trials * chance
            return np.add.reduceat(rows, self.first[:-1]), left, left
        nodes = gauss_hermite(NODES)
        value = np.empty(len(self.first) - 1)
        mean, moment = np.empty(len(index)), np.empty(len(index))
        points, log_weights = nodes.points[0, :, 0].copy(), np.log(nodes.weights)
        intercept_panel(
            self.first, index, spread, self.taken, self.trials, points, log_weights,
            value, mean, moment,
        )  # fmt: skip
        return value, mean, moment


def intercept_logit(
    columns: np.ndarray,
    taken: np.ndarray,
    trials: np.ndarray,
    agent: np.ndarray,
    *,
    names: Sequence[str],
    blocks: Sequence[Block] = (),
    random: bool = True,
    score_codes: np.ndarray | None = None,
) -> InterceptLogit:
    """State a logit of yes or no with covariates of rows, of groups, and an agent's intercept.

    Parameters
    ----------
    columns, taken, trials
        (N, P) covariates, (N,) choices of yes and all choices.
    agent
        (N,) codes of those who have an intercept.
    names
        Of the P covariates.
    blocks
        Covariates of groups of rows, such as teachers' own or indicators of schools.
    random
        Whether agents have a normal intercept.
    score_codes
        (N,) codes of the groups of rows by which scores are given; those of agents if missing.

    """
    order = np.argsort(agent, kind="stable")
    codes = np.unique(agent, return_inverse=True)[1][order]
    groups = codes if score_codes is None else score_codes[order]
    return InterceptLogit(
        names=(*names, *(n for one in blocks for n in one.names), *([SPREAD] if random else [])),
        order=order,
        first=np.concatenate([[0], np.bincount(codes).cumsum()]),
        columns=np.ascontiguousarray(columns[order]),
        taken=taken[order],
        trials=trials[order],
        blocks=tuple(Block(one.codes[order], one.design, one.names) for one in blocks),
        random=random,
        score_codes=groups,
    )


def _by_group(weight, codes, groups, columns) -> np.ndarray:
    sums = [np.bincount(codes, weight * column, groups) for column in columns.T]
    return np.column_stack(sums) if sums else np.empty((groups, 0))
