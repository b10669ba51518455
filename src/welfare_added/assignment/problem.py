"""One assignment problem at several weights, and its certified optimum at one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from welfare_added.assignment.arcs import Arcs, arcs_between


class SolverStall(RuntimeError):
    """A solver did not reach an optimum within its limits."""


@dataclass(frozen=True)
class Problem:
    """Match n rows to n columns; row j in column c scores sum_k columns[w, c, k] rows[j, k].

    rows: V (n, k). columns: F (W, n, k), one layer per weight.
    blocks: (n,) int label of row i and of column i; a row may be matched only to columns of its
    own block.
    ties: weight index -> (n, k) column factors of a second objective that breaks ties there.
    labels: (W,) the weights, for messages; name: of the problem, for messages.
    Raises ValueError where shapes do not fit or a factor is not finite.
    """

    rows: np.ndarray
    columns: np.ndarray
    blocks: np.ndarray
    ties: Mapping[int, np.ndarray] = field(default_factory=dict)
    labels: np.ndarray | None = None
    name: str = "cell"

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit and factors that are not finite."""
        n, k = self.rows.shape
        if self.columns.shape[1:] != (n, k) or self.blocks.shape != (n,) or n == 0:
            raise ValueError(
                f"{self.name}: rows {self.rows.shape}, columns {self.columns.shape} and "
                f"blocks {self.blocks.shape} do not fit: want (n, k), (W, n, k) and (n,), n > 0."
            )
        factors = (self.rows, self.columns, *self.ties.values())
        if not all(np.isfinite(part).all() for part in factors):
            raise ValueError(
                f"{self.name}: a factor is missing or infinite; drop such slots first."
            )

    @cached_property
    def arcs(self) -> Arcs:
        """All allowed (row, column) pairs."""
        return arcs_between(self.blocks, self.blocks)

    def label(self, index: int) -> float:
        """The weight at ``index``."""
        return float(index if self.labels is None else self.labels[index])


@dataclass(frozen=True)
class Optimum:
    """A certified optimum of one problem at one weight.

    matching: (n,) int, row of each column. u, v: (n,) dual values of rows and columns, feasible
    for all allowed arcs. primal: value of the matching; dual: sum of the dual values, an upper
    bound on the value of any matching.
    relative_gap: (dual - primal) / sum of absolute matched scores, or / a bound on any one score if
    that is larger.
    largest_violation: of dual feasibility, before u was raised to restore it.
    tie_gap: relative gap of the tie-breaking stage, NaN where there is none.
    fallback: whether the chosen solver stalled and scipy answered instead.
    """

    matching: np.ndarray
    u: np.ndarray
    v: np.ndarray
    primal: float
    dual: float
    relative_gap: float
    largest_violation: float
    tie_gap: float = float("nan")
    fallback: bool = False

    def in_units(self, unit: float) -> "Optimum":
        """The same optimum with scores, values and duals multiplied by ``unit``."""
        scaled = ("u", "v", "primal", "dual", "largest_violation")
        return replace(self, **{name: getattr(self, name) * unit for name in scaled})
