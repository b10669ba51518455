"""Assignment with side constraints: a mixed-integer programme with a proven optimality gap.

    max  sum_jc s_jc x_jc   over matchings x with   sum_jc a^i_jc x_jc >= b^i   for each side i

HiGHS solves the linear relaxation by column generation, over a subset of arcs (the window) that
grows by arcs of positive reduced cost. It then solves the integer programme without the arcs whose
reduced cost is so negative that no matching with one can be better than the best matching found.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csc_array, vstack

from welfare_added.assignment.lsa import recover_duals

PRICED = 1e-9  # arcs of larger reduced cost, relative to the largest score, join the window
SLACK = 1e-7  # by which a scaled constraint may fall short: HiGHS's own feasibility tolerance
NEAR = 0.003  # first window of the relaxation: arcs of reduced cost above minus this
CLOSE = 0.0003  # the same for the integer programme
WIDER = 4.0  # factor by which the latter grows while a better matching may use other arcs


class Infeasible(ValueError):
    """No matching satisfies all constraints."""


class Unsolved(RuntimeError):
    """The time limit passed without a matching, or without a proof that there is none."""


@dataclass(frozen=True)
class Side:
    """A constraint sum_jc a_jc x_jc >= least.

    name: for messages and prices. coefficients: a (n, n), row by column.
    """

    name: str
    coefficients: np.ndarray
    least: float


@dataclass(frozen=True)
class Constrained:
    """A matching that satisfies the constraints, and how far from optimal it can be.

    matching: (n,) row of each column. value: its score. bound: upper bound on the score of any
    matching that satisfies the constraints. optimality_gap: (bound - value) / the larger of the sum
    of absolute matched scores and the largest absolute score.
    prices: (sides,) marginal loss of score per unit of each ``least`` (duals of the relaxation).
    arcs: number of arcs in the integer programme, out of n x n.
    """

    matching: np.ndarray
    value: float
    bound: float
    optimality_gap: float
    prices: np.ndarray
    arcs: int


def solve_constrained(
    scores: np.ndarray,
    sides: Sequence[Side],
    allowed: np.ndarray,
    optimality_gap: float = 1e-6,
    seconds: float = 60.0,
) -> Constrained:
    """Best matching, proven to a relative ``optimality_gap`` unless ``seconds`` run out first.

    scores: (n, n) row by column. allowed: (n, n) bool, which pairs may be matched.
    Raises Infeasible where no matching satisfies the constraints, Unsolved where none was found in
    time.
    """
    return _Cell(scores, sides, allowed).solve(optimality_gap, seconds)


class _Cell:
    """The problem, with the scores and each constraint divided by their largest absolute term."""

    def __init__(self, scores: np.ndarray, sides: Sequence[Side], allowed: np.ndarray):
        self.n, self.allowed, self.scores = len(scores), allowed, scores
        self.scale = float(np.abs(scores).max()) or 1.0
        self.worth = scores / self.scale
        units = np.array([float(np.abs(side.coefficients).max()) or 1.0 for side in sides])
        self.units = units
        self.coefficients = np.array(
            [s.coefficients.ravel() / u for s, u in zip(sides, units, strict=True)]
        )
        self.coefficients = self.coefficients.reshape(len(sides), self.n**2)
        self.least = np.array([side.least for side in sides]) / units

    def solve(self, optimality_gap: float, seconds: float) -> Constrained:
        """Best matching; see `solve_constrained`."""
        matching, reduced = self._unconstrained()
        if self._keeps(matching):
            value = self.worth[matching, np.arange(self.n)].sum()
            return self._result(matching, value, np.zeros(len(self.coefficients)), self.n)
        window = reduced >= -NEAR
        window[np.flatnonzero(np.eye(self.n).ravel() * self.allowed.ravel())] = True
        top, prices, reduced = self._relax(window)
        return self._search(top, prices, reduced, optimality_gap, seconds)

    def _search(
        self,
        top: float,
        prices: np.ndarray,
        reduced: np.ndarray,
        optimality_gap: float,
        seconds: float,
    ) -> Constrained:
        """Integer programmes over larger and larger windows, until no arc outside can matter.

        top: value of the relaxation.
        """
        prices = prices * self.scale / self.units
        home = np.arange(self.n)
        best = home if self.allowed.diagonal().all() and self._keeps(home) else None
        margin, every, end = CLOSE, self.allowed.sum(), time.monotonic() + seconds
        bound = top
        while True:
            inside = reduced >= -margin
            whole = inside.sum() == every
            if best is not None:
                inside[best * self.n + home] = True
            left = end - time.monotonic()
            limit = max(left if whole else left / 2, 1.0)
            best, within = self._integer(inside, best, optimality_gap, limit)
            if best is None and whole and within == -np.inf:
                raise Infeasible("no matching satisfies the constraints")
            value = -np.inf if best is None else self.worth[best, home].sum()
            outside = -np.inf if whole else top - margin  # bound for matchings with another arc
            bound = max(value, min(bound, max(within, outside)))
            proven = best is not None and outside <= max(within, value)
            if proven or (best is not None and time.monotonic() >= end):
                return self._result(best, bound, prices, int(inside.sum()))
            if time.monotonic() >= end and whole:
                raise Unsolved(
                    f"no matching that satisfies the constraints was found in {seconds:g} s; raise "
                    "constrained.seconds in config.yaml"
                )
            margin = min(margin * WIDER, max((top - value) * (1 + 1e-9), margin))

    def _result(self, matching, bound, prices, arcs) -> Constrained:
        matched = self.scores[matching, np.arange(self.n)]
        value, bound = float(matched.sum()), float(bound * self.scale)
        size = max(float(np.abs(matched).sum()), self.scale)
        return Constrained(matching, value, bound, (bound - value) / size, prices, arcs)

    def _unconstrained(self) -> tuple[np.ndarray, np.ndarray]:
        """Best matching without side constraints, and reduced costs (n * n,)."""
        worth = np.where(self.allowed, self.worth, -np.inf)
        try:
            rows, columns = linear_sum_assignment(worth, maximize=True)
        except ValueError:
            raise Infeasible("the allowed pairs leave some column without a row") from None
        matching = np.empty(self.n, dtype=int)
        matching[columns] = rows
        u, v = recover_duals(worth, matching, np.zeros(self.n))
        return matching, (worth - u[:, None] - v).ravel()

    def _relax(self, window: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Upper bound on the relaxation, prices of the constraints, and reduced costs (n * n,).

        window: (n * n,) bool, arcs to begin with. Where they cannot satisfy the constraints, the
        shortfall is minimised first; if it is positive over all arcs, the relaxation is infeasible.
        """
        master = _Master(self, np.flatnonzero(window))
        worth = self.worth.ravel()
        possible = master.possible(worth)
        if not possible and self._priced(master, np.zeros(self.n**2), 1.0)[0] < -SLACK:
            raise Infeasible("no matching satisfies the constraints, not even a fractional one")
        return self._priced(master, worth, 0.0)

    def _priced(
        self, master: "_Master", worth: np.ndarray, shortfall: float
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Optimum of the relaxation after adding all arcs of positive reduced cost; as `_relax`."""
        master.aim(worth, shortfall)
        while True:
            u, v, prices = master.duals()
            reduced = (worth.reshape(self.n, self.n) - u[:, None] - v).ravel()
            reduced = reduced - prices @ self.coefficients
            reduced = np.where(self.allowed.ravel(), reduced, -np.inf)
            pays = np.setdiff1d(np.flatnonzero(self._paying(reduced)), master.arcs)
            if not len(pays):
                highest = np.maximum(reduced.reshape(self.n, self.n).max(axis=1), 0.0)
                bound = u.sum() + highest.sum() + v.sum() + prices @ self.least
                return float(bound), -prices, reduced
            master.extend(pays, worth)

    def _paying(self, reduced: np.ndarray) -> np.ndarray:
        """Arcs (n * n,) with the largest positive reduced costs of their row or column."""
        matrix = reduced.reshape(self.n, self.n)
        best = (matrix >= matrix.max(axis=1, keepdims=True)) | (matrix >= matrix.max(axis=0))
        return (best & (matrix > PRICED)).ravel()

    def _integer(
        self, inside: np.ndarray, start: np.ndarray | None, optimality_gap: float, seconds: float
    ) -> tuple[np.ndarray | None, float]:
        """Best matching over the arcs ``inside`` (n * n,), from ``start``, and an upper bound.

        The matching is None where none was found, and the bound minus infinity where none exists.
        """
        arcs = np.flatnonzero(inside)
        master = _Master(self, arcs)
        master.integer({"mip_rel_gap": optimality_gap, "time_limit": seconds}, start)
        used, bound = master.incumbent()
        if used is None:
            return None, bound
        matching = np.empty(self.n, dtype=int)
        matching[used % self.n] = used // self.n
        if not np.array_equal(np.sort(matching), np.arange(self.n)) or not self._keeps(matching):
            raise Unsolved("HiGHS returned what is no matching, or breaks a constraint")
        return matching, bound

    def _keeps(self, matching: np.ndarray) -> bool:
        """Whether a matching satisfies all constraints."""
        sums = self.coefficients[:, matching * self.n + np.arange(self.n)].sum(axis=1)
        return bool((sums >= self.least - self.n * SLACK).all())

    def assignment(self, arcs: np.ndarray) -> csc_array:
        """Assignment constraints, (2n, arcs): one per row and column, one variable per arc."""
        rows, columns = np.divmod(arcs, self.n)
        index = np.stack([rows, self.n + columns], axis=1).ravel()
        starts = np.arange(0, 2 * len(arcs) + 1, 2)
        return csc_array((np.ones(2 * len(arcs)), index, starts), shape=(2 * self.n, len(arcs)))


class _Master:
    """The relaxation over a window of arcs: one variable per constraint's shortfall and per arc."""

    def __init__(self, cell: _Cell, arcs: np.ndarray):
        self.cell, self.arcs = cell, np.empty(0, dtype=int)
        self.sides = len(cell.coefficients)
        rows = 2 * cell.n + self.sides
        self.highs = highspy.Highs()
        self.highs.silent()
        for option, value in {"presolve": "off", "threads": 1, "random_seed": 0}.items():
            self.highs.setOptionValue(option, value)
        self.highs.setOptionValue("dual_feasibility_tolerance", PRICED)
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        low = np.concatenate([np.ones(2 * cell.n), cell.least])
        high = np.concatenate([np.ones(2 * cell.n), np.full(self.sides, np.inf)])
        empty = np.empty(0, dtype=np.int32), np.empty(0)
        self.highs.addRows(rows, low, high, 0, np.zeros(rows, dtype=np.int32), *empty)
        index = np.arange(self.sides, dtype=np.int32)
        self.highs.addCols(
            self.sides, np.full(self.sides, -1.0), np.zeros(self.sides), np.zeros(self.sides),
            self.sides, index, 2 * cell.n + index, np.ones(self.sides),
        )  # fmt: skip
        self.extend(arcs, cell.worth.ravel())

    def possible(self, worth: np.ndarray) -> bool:
        """Whether the relaxation over the window is feasible."""
        self.aim(worth, 0.0)
        self.highs.run()
        return self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal

    def aim(self, worth: np.ndarray, shortfall: float) -> None:
        """Set the arcs' scores ``worth``, and whether constraints may fall short (1) or not (0)."""
        first = np.arange(self.sides, dtype=np.int32)
        most = np.full(self.sides, np.inf if shortfall else 0.0)
        self.highs.changeColsBounds(self.sides, first, np.zeros(self.sides), most)
        index = np.arange(self.sides, self.sides + len(self.arcs), dtype=np.int32)
        self.highs.changeColsCost(len(self.arcs), index, worth[self.arcs])

    def extend(self, arcs: np.ndarray, worth: np.ndarray) -> None:
        """Add arcs to the window."""
        side_rows = csc_array(self.cell.coefficients[:, arcs])
        columns = vstack([self.cell.assignment(arcs), side_rows]).tocsc()
        count = len(arcs)
        self.highs.addCols(
            count, worth[arcs], np.zeros(count), np.full(count, np.inf), columns.nnz,
            columns.indptr[:-1].astype(np.int32), columns.indices.astype(np.int32), columns.data,
        )  # fmt: skip
        self.arcs = np.concatenate([self.arcs, arcs])

    def duals(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Duals of rows, columns and constraints at the optimum. Raises Unsolved if none."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise Unsolved(f"the relaxation: {self.highs.modelStatusToString(status)}")
        duals = np.array(self.highs.getSolution().row_dual)
        return tuple(np.split(duals, [self.cell.n, 2 * self.cell.n]))

    def integer(self, options: dict[str, float], start: np.ndarray | None) -> None:
        """Solve the integer programme, from the matching ``start`` if there is one."""
        index = np.arange(self.sides, self.sides + len(self.arcs), dtype=np.int32)
        whole = np.full(len(index), highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(len(index), index, whole)
        self.highs.changeColsBounds(len(index), index, np.zeros(len(index)), np.ones(len(index)))
        for option, value in {"presolve": "choose", **options}.items():
            self.highs.setOptionValue(option, value)
        if start is not None:
            used = np.isin(self.arcs, start * self.cell.n + np.arange(self.cell.n))
            solution = highspy.HighsSolution()
            solution.col_value = np.concatenate([np.zeros(self.sides), used]).tolist()
            self.highs.setSolution(solution)
        self.highs.run()

    def incumbent(self) -> tuple[np.ndarray | None, float]:
        """Arcs of the best matching found, if any, and the upper bound on the value of all."""
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None, -np.inf
        info = self.highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, np.inf
        values = np.array(self.highs.getSolution().col_value)[self.sides :]
        return self.arcs[values > 0.5], float(info.mip_dual_bound)
