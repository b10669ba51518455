"""Columns with equal factors at every weight, merged into types with a supply."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from welfare_added.assignment.places import equal_rows
from welfare_added.assignment.problem import Problem, SolverStall


@dataclass(frozen=True)
class Types:
    """The m types of n columns.

    of: (n,) type of each column. first: (m,) first column of each type. supply: (m,) how many
    columns each type has. An arc from a row to a type is coded ``row * m + type``.
    """

    of: np.ndarray
    first: np.ndarray
    supply: np.ndarray

    @cached_property
    def _order(self) -> np.ndarray:
        """Columns in order of their types."""
        return np.argsort(self.of, kind="stable")

    def matching(self, used: np.ndarray) -> np.ndarray:
        """Row of each column, (n,), from the codes of the n arcs in use.

        Raises SolverStall if they do not use each type as often as its supply.
        """
        rows, types = np.divmod(used, len(self.first))
        if not np.array_equal(np.bincount(types, minlength=len(self.supply)), self.supply):
            raise SolverStall("the vertex is not a matching")
        matching = np.empty(len(self.of), dtype=int)
        matching[self._order] = rows[np.argsort(types, kind="stable")]
        return matching


def merge(problem: Problem) -> Types:
    """Types of the columns of a problem: equal block, and equal factors at all weights."""
    layers = [problem.blocks[:, None], *problem.columns, *problem.ties.values()]
    of = equal_rows(*layers)
    _, first, supply = np.unique(of, return_index=True, return_counts=True)
    return Types(of, first, supply)
