"""Classes that no objective tells apart, merged into types with a supply."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from welfare_added.assignment.places import equal_rows
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.programme import SolverStall


@dataclass(frozen=True)
class Types:
    """The m types of n classes.

    of: (n,) type of each class. first: (m,) a class of each type. supply: (m,) classes of each.
    An arc teacher x type is coded ``teacher * m + type``.
    """

    of: np.ndarray
    first: np.ndarray
    supply: np.ndarray

    @cached_property
    def _order(self) -> np.ndarray:
        """Classes in order of their types."""
        return np.argsort(self.of, kind="stable")

    def matching(self, used: np.ndarray) -> np.ndarray:
        """Teacher of each class, (n,), from the codes of the n arcs in use.

        Raises SolverStall if they do not meet the supplies.
        """
        teachers, types = np.divmod(used, len(self.first))
        if not np.array_equal(np.bincount(types, minlength=len(self.supply)), self.supply):
            raise SolverStall("the vertex is not a matching")
        matching = np.empty(len(self.of), dtype=int)
        matching[self._order] = teachers[np.argsort(types, kind="stable")]
        return matching


def merge(problem: Problem) -> Types:
    """Types of the classes of a cell: equal block, and equal factors at all weights."""
    layers = [problem.blocks[:, None], *problem.classes, *problem.ties.values()]
    of = equal_rows(*layers)
    _, first, supply = np.unique(of, return_index=True, return_counts=True)
    return Types(of, first, supply)
