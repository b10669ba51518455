"""One cell of the planner's problem for all weights, and its certified optimum at one weight."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from welfare_added.assignment.arcs import Arcs, arcs_between


@dataclass(frozen=True)
class Problem:
    """Teachers and classes of a cell; teacher j in class c scores sum_k classes[w, c, k] V[j, k].

    teachers: V (n, k). classes: F (W, n, k), one layer a weight.
    blocks: (n,) int label of slot i, both of its teacher and of its class; a teacher may only
    take a class of her own block.
    ties: weight index -> (n, k) class factors of a second objective that breaks ties there.
    labels: (W,) the weights, for messages; name: the cell, for messages.
    """

    teachers: np.ndarray
    classes: np.ndarray
    blocks: np.ndarray
    ties: Mapping[int, np.ndarray] = field(default_factory=dict)
    labels: np.ndarray | None = None
    name: str = "cell"

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit and factors that are not finite."""
        n, k = self.teachers.shape
        if self.classes.shape[1:] != (n, k) or self.blocks.shape != (n,) or n == 0:
            raise ValueError(
                f"{self.name}: teachers {self.teachers.shape}, classes {self.classes.shape} and "
                f"blocks {self.blocks.shape} do not fit: want (n, k), (W, n, k) and (n,), n > 0."
            )
        factors = (self.teachers, self.classes, *self.ties.values())
        if not all(np.isfinite(part).all() for part in factors):
            raise ValueError(
                f"{self.name}: a factor is missing or infinite; drop such slots first."
            )

    @cached_property
    def arcs(self) -> Arcs:
        """All allowed (teacher, class) pairs."""
        return arcs_between(self.blocks, self.blocks)

    def label(self, index: int) -> float:
        """The weight at ``index``."""
        return float(index if self.labels is None else self.labels[index])


@dataclass(frozen=True)
class Optimum:
    """A certified optimum of one cell at one weight.

    matching: (n,) int, teacher of each class. u, v: (n,) duals of teachers and classes, feasible
    for all allowed arcs. primal: value of the matching; dual: sum of the duals, a bound on any.
    relative_gap: (dual - primal) / sum of absolute matched scores, or a bound on any one score if
    that is larger.
    largest_violation: of the solver's own duals before u was raised to make them feasible.
    tie_gap: relative gap of the tie-breaking stage, NaN where there is none.
    fallback: whether the solver gave up and another one answered.
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
        """The same where a score of one is worth ``unit``."""
        scaled = ("u", "v", "primal", "dual", "largest_violation")
        return replace(self, **{name: getattr(self, name) * unit for name in scaled})
