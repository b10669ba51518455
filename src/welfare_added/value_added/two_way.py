"""Weighted least squares on two sets of effects, teachers' and schools', by elimination.

The normal equations of teachers are diagonal and are eliminated; what remains, one equation a
school, is sparse and is factored once for any number of outcomes.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

TOLERANCE = 1e-9  # largest error of the normal equations over their right-hand side
REFINEMENTS = 3


def connected_sets(teacher: np.ndarray, school: np.ndarray) -> np.ndarray:
    """Set of each school, (S,): schools are connected if a chain of teachers links them.

    teacher, school: (N,) codes 0, 1, ... Sets are numbered by their lowest school code.
    """
    teachers, schools = int(teacher.max()) + 1, int(school.max()) + 1
    ones = np.ones(len(teacher))
    links = sparse.coo_array((ones, (teacher, teachers + school)), shape=(teachers + schools,) * 2)
    label = connected_components(links, directed=False)[1][teachers:]
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


@dataclass(frozen=True)
class TwoWayEffects:
    """Effects of J teachers and S schools on q outcomes.

    teacher: (J, q); school: (S, q), with a weighted mean of zero in every connected set.
    """

    teacher: np.ndarray
    school: np.ndarray


class TwoWay:
    """The two-way design of N weighted observations, factored once."""

    def __init__(self, teacher: np.ndarray, school: np.ndarray, weights: np.ndarray) -> None:
        """Codes 0, 1, ..., all of which occur, and positive weights; (N,) each."""
        self.teacher, self.school, self.weights = teacher, school, weights
        self.sets = connected_sets(teacher, school)
        shape = int(teacher.max()) + 1, int(school.max()) + 1
        crossed = sparse.coo_array((weights, (teacher, school)), shape=shape).tocsr()
        self.of_teacher = np.bincount(teacher, weights=weights)
        self.of_school = np.bincount(school, weights=weights)
        shares = sparse.diags_array(1 / self.of_teacher) @ crossed
        system = (sparse.diags_array(self.of_school) - crossed.T @ shares).tocsc()
        heaviest = np.lexsort((-self.of_school, self.sets))
        grounded = heaviest[np.r_[True, np.diff(self.sets[heaviest]) != 0]]
        self.free = np.setdiff1d(np.arange(shape[1]), grounded)
        self.shares, self.system = shares, system[np.ix_(self.free, self.free)]
        self.factor = self._factored() if len(self.free) else None

    def _factored(self):
        symmetric = {"SymmetricMode": True}
        return splu(
            self.system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric
        )

    def effects(self, outcomes: np.ndarray) -> TwoWayEffects:
        """Least-squares effects on (N, q) outcomes.

        Raises
        ------
        ValueError
            If the solution does not solve the normal equations to `TOLERANCE`.

        """
        by_teacher = self._means(outcomes)
        moments = self._sums(self.school, outcomes, len(self.of_school))
        right = (moments - self.shares.T @ (by_teacher * self.of_teacher[:, None]))[self.free]
        school = np.zeros_like(moments)
        school[self.free] = self._solve(right)
        total = np.zeros((int(self.sets.max()) + 1, school.shape[1]))
        np.add.at(total, self.sets, school * self.of_school[:, None])
        school -= (total / np.bincount(self.sets, weights=self.of_school)[:, None])[self.sets]
        return TwoWayEffects(by_teacher - self.shares @ school, school)

    def residuals(self, outcomes: np.ndarray) -> np.ndarray:
        """What the two effects leave of (N, q) outcomes."""
        found = self.effects(outcomes)
        return outcomes - found.teacher[self.teacher] - found.school[self.school]

    def _solve(self, right: np.ndarray) -> np.ndarray:
        if self.factor is None:
            return right
        solution = self.factor.solve(right)
        for _ in range(REFINEMENTS):
            solution += self.factor.solve(right - self.system @ solution)
        error = np.abs(right - self.system @ solution).max(initial=0.0)
        if error > TOLERANCE * max(np.abs(right).max(initial=0.0), 1e-12):
            raise ValueError(f"two-way effects: normal equations are off by {error:.3g}")
        return solution

    def _sums(self, code: np.ndarray, outcomes: np.ndarray, size: int) -> np.ndarray:
        weighted = (outcomes * self.weights[:, None]).T
        return np.column_stack([np.bincount(code, column, size) for column in weighted])

    def _means(self, outcomes: np.ndarray) -> np.ndarray:
        total = self._sums(self.teacher, outcomes, len(self.of_teacher))
        return total / self.of_teacher[:, None]
