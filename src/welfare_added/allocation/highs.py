"""Optimal matchings by HiGHS: primal simplex over a window of arcs, priced against all arcs.

The linear programme has a row a teacher and a row a type of equal classes; an arc is a column.
Along the weights the old basis stays feasible, so the primal simplex continues from it; duals
extrapolated from the last two weights tell which few arcs can matter (the window).
"""

from collections import deque

import highspy
import numpy as np

from welfare_added.allocation.arcs import arcs_between
from welfare_added.allocation.certificate import largest_score
from welfare_added.allocation.places import equal_rows
from welfare_added.allocation.problem import Problem

OPTIONS = {
    "presolve": "off",
    "solver": "simplex",
    "simplex_strategy": 4,
    "simplex_primal_edge_weight_strategy": 0,
    "simplex_scale_strategy": 0,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    "dual_feasibility_tolerance": 1e-10,
    "parallel": "off",
    "threads": 1,
    "random_seed": 0,
}
PRICED = 1e-10  # violation, relative to the largest score, that sends an arc into the window
ROUNDS = 60
STATUS = np.array([highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic])


class SolverStall(RuntimeError):
    """HiGHS did not reach an optimum within its limits."""


class HighsEngine:
    """Solves a cell's problem at one weight after the other, each from the last basis."""

    def __init__(self, problem: Problem, complete: float = 8.0):
        """Merge equal classes; keep every arc if they are at most ``complete`` times the rows."""
        self.teachers = problem.teachers
        n = len(self.teachers)
        layers = [problem.blocks[:, None], *problem.classes, *problem.ties.values()]
        self.type_of = equal_rows(*layers)
        _, self.first, self.supply = np.unique(self.type_of, return_index=True, return_counts=True)
        self.blocks = problem.blocks
        self.type_blocks = problem.blocks[self.first]
        self.arcs = arcs_between(problem.blocks, self.type_blocks)
        self.all_arcs = problem.arcs
        self.classes_by_type = np.argsort(self.type_of, kind="stable")
        self.rows = n + len(self.first)
        self.complete = len(self.arcs.rows) <= complete * self.rows
        self.margin = 0.01
        self.past: deque[np.ndarray] = deque(maxlen=2)
        self.window: np.ndarray | None = None
        self.highs = highspy.Highs()
        self.highs.silent()
        for option, value in OPTIONS.items():
            self.highs.setOptionValue(option, value)
        self.highs.setOptionValue("simplex_iteration_limit", 50 * self.rows + 1000)

    def solve(
        self, classes: np.ndarray, shut: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Matching (n,), u (n,) and v (n,) for class factors (n, k); ``shut`` arcs (A,) are barred.

        Barred arcs are those of the problem at hand, not of types; the present basis must avoid
        them. Raises SolverStall where HiGHS reaches no optimum.
        """
        scores = self.arcs.scores(self.teachers, classes[self.first])
        scale = largest_score(scores) or 1.0
        scores /= scale
        if shut is not None:
            open_arcs = ~shut[self.all_arcs.find(self.arcs.rows, self.first[self.arcs.columns])]
            scores = np.where(open_arcs, scores, -np.inf)
        try:
            self._open_window(scores, classes, shut is not None)
            values, duals = self._price(scores)
        except SolverStall:
            self.window = None
            self.past.clear()
            raise
        if shut is None:
            self.past.append(duals)
        matching = self._matching(values)
        n = len(self.teachers)
        return matching, duals[:n] * scale, (duals[n:] * scale)[self.type_of]

    def _open_window(self, scores: np.ndarray, classes: np.ndarray, restricted: bool) -> None:
        """Choose the arcs to begin with, and hand them to HiGHS with a feasible basis."""
        if self.window is None or (not self.complete and not restricted and _is_sortable(classes)):
            if restricted:
                raise SolverStall("no basis to break ties from")
            basic, logical = self._staircase(classes)
        else:
            variables = self.highs.getBasicVariables()[1]
            basic = self.window[variables[variables >= 0]]
            logical = -1 - variables[variables < 0]
        if not np.isfinite(scores[basic]).all():
            raise SolverStall("the basis uses a barred arc")
        keep = np.zeros(len(scores), dtype=bool)
        keep[basic] = True
        if restricted:
            keep |= np.isfinite(scores) & (np.isfinite(scores).sum() <= 20 * self.rows)
        elif self.complete:
            keep[:] = True
        elif self.window is not None and self.past and not _is_sortable(classes):
            guess = 2 * self.past[-1] - self.past[0]
            keep |= self._reduced(scores, guess) > -self.margin
        window = np.flatnonzero(keep)
        if self.window is not None and np.array_equal(window, self.window):
            index = np.arange(len(window), dtype=np.int32)
            self.highs.changeColsCost(len(window), index, scores[window])
        else:
            self.window = window
            self._load(scores, np.isin(window, basic, assume_unique=True), logical)

    def _load(self, scores: np.ndarray, basic: np.ndarray, logical: np.ndarray) -> None:
        """Pass the window's programme and basis to HiGHS."""
        count = len(self.window)
        right = np.r_[np.ones(len(self.teachers)), self.supply]
        self.highs.passModel(
            count, self.rows, 2 * count, 1, -1, 0.0,
            scores[self.window], np.zeros(count), np.full(count, np.inf), right, right,
            np.arange(0, 2 * count, 2, dtype=np.int32), self._entries(self.window),
            np.ones(2 * count), np.zeros(count, dtype=np.int32),
        )  # fmt: skip
        rows = np.zeros(self.rows, dtype=int)
        rows[logical] = 1
        basis = highspy.HighsBasis()
        basis.col_status = STATUS[basic.astype(int)].tolist()
        basis.row_status = STATUS[rows].tolist()
        basis.valid = True
        self.highs.setBasis(basis)

    def _entries(self, arcs: np.ndarray) -> np.ndarray:
        pairs = [self.arcs.rows[arcs], len(self.teachers) + self.arcs.columns[arcs]]
        return np.stack(pairs, axis=1).astype(np.int32).ravel()

    def _price(self, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Run, add violated arcs until none is left; the window's values and the rows' duals."""
        for rounds in range(1, ROUNDS + 1):
            self.highs.run()
            if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise SolverStall(self.highs.modelStatusToString(self.highs.getModelStatus()))
            solution = self.highs.getSolution()
            duals = np.array(solution.row_dual)
            arcs = self.arcs.violators(self._reduced(scores, duals), PRICED)
            arcs = np.setdiff1d(arcs, self.window, assume_unique=True)
            if len(arcs) == 0:
                if not self.complete:
                    self.margin = float(
                        np.clip(self.margin * (0.8 if rounds == 1 else 1.15), 1e-7, 1.0)
                    )
                return np.array(solution.col_value), duals
            count = len(arcs)
            self.highs.addCols(
                count, scores[arcs], np.zeros(count), np.full(count, np.inf), 2 * count,
                np.arange(0, 2 * count, 2, dtype=np.int32), self._entries(arcs), np.ones(2 * count),
            )  # fmt: skip
            self.window = np.r_[self.window, arcs]
        raise SolverStall(f"{ROUNDS} rounds of pricing")

    def _reduced(self, scores: np.ndarray, duals: np.ndarray) -> np.ndarray:
        n = len(self.teachers)
        return self.arcs.reduced(scores, duals[:n], duals[n:])

    def _matching(self, values: np.ndarray) -> np.ndarray:
        """Teacher of each class from the window's arc values."""
        used = self.window[values > 0.5]
        kinds = self.arcs.columns[used]
        if not np.array_equal(np.bincount(kinds, minlength=len(self.supply)), self.supply):
            raise SolverStall("the vertex is not a matching")
        matching = np.empty(len(self.teachers), dtype=int)
        matching[self.classes_by_type] = self.arcs.rows[used][np.argsort(kinds, kind="stable")]
        return matching

    def _staircase(self, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Feasible basis: within a block the best teachers take the best types (north-west corner).

        Gives its arcs and, one a block, the row whose logical completes it. Optimal where a
        single factor matters.
        """
        factors = classes[self.first]
        main = np.argmax(np.abs(classes).sum(axis=0) * np.abs(self.teachers).sum(axis=0))
        teachers = np.lexsort((self.teachers[:, main], self.blocks))
        types = np.lexsort((factors[:, main], self.type_blocks))
        rows, columns = teachers, np.repeat(types, self.supply[types])
        starts = np.cumsum(self.supply[types])[:-1]
        joined = self.type_blocks[types[1:]] == self.type_blocks[types[:-1]]
        arcs = self.arcs.find(np.r_[rows, rows[starts[joined]]], np.r_[columns, types[:-1][joined]])
        return np.sort(arcs), len(self.teachers) + types[np.r_[True, ~joined]]


def _is_sortable(classes: np.ndarray) -> bool:
    """Whether one factor alone matters, so that sorting is optimal."""
    return np.count_nonzero(np.abs(classes).max(axis=0)) <= 1
