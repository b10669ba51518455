"""One cell's problem with side constraints: a mixed-integer programme, solved with proof.

    max  sum_jc s_jc x_jc   over matchings x with   sum_jc a^i_jc x_jc >= b^i   for each side i

HiGHS solves the linear relaxation over a window of arcs, priced against all arcs;
then the integer programme over the arcs whose reduced cost is not below the distance from the
relaxation's value to the best matching found. An arc left out cannot be part of a better one.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csc_array, vstack

from welfare_added.assignment.lsa import recover_duals

PRICED = 1e-9  # violation, relative to the largest score, that sends an arc into the window
SLACK = 1e-7  # by which a scaled constraint may fall short: HiGHS's own feasibility tolerance
NEAR = 0.003  # first window of the relaxation: arcs of reduced cost above minus this
CLOSE = 0.0003  # the same of the integer programme
WIDER = 4.0  # growth of the latter while a better matching may lie outside


class Infeasible(ValueError):
    """No matching keeps all constraints."""


class Unsolved(RuntimeError):
    """Neither a matching nor a proof that there is none was found in time."""


@dataclass(frozen=True)
class Side:
    """A constraint sum_jc a_jc x_jc >= least.

    name: the line of config.yaml it comes from. coefficients: a (n, n), teacher by class.
    """

    name: str
    coefficients: np.ndarray
    least: float


@dataclass(frozen=True)
class Constrained:
    """A matching that keeps the constraints, and what is proven of it.

    matching: (n,) teacher of each class. value: its score. bound: no matching that keeps the
    constraints scores more. gap: (bound - value) / sum of absolute matched scores.
    prices: (sides,) what a unit more of each bound would cost at the margin (duals of the
    relaxation). arcs: how many of the n x n the integer programme needed.
    """

    matching: np.ndarray
    value: float
    bound: float
    gap: float
    prices: np.ndarray
    arcs: int


def solve_constrained(
    scores: np.ndarray,
    sides: Sequence[Side],
    allowed: np.ndarray,
    gap: float = 1e-6,
    seconds: float = 60.0,
) -> Constrained:
    """Best matching, proven to a relative ``gap`` unless ``seconds`` run out first.

    scores: (n, n) teacher by class. allowed: (n, n) bool, which pairs may be matched.
    Raises Infeasible where no matching keeps the constraints, Unsolved where none was found in
    time.
    """
    return _Cell(scores, sides, allowed).solve(gap, seconds)


class _Cell:
    """The problem with scores and constraints scaled so that the largest term of each is one."""

    def __init__(self, scores: np.ndarray, sides: Sequence[Side], allowed: np.ndarray):
        self.n, self.allowed, self.scores = len(scores), allowed, scores
        self.scale = float(np.abs(scores).max()) or 1.0
        self.worth = scores / self.scale
        units = np.array([float(np.abs(side.coefficients).max()) or 1.0 for side in sides])
        self.units = units
        self.rows = np.array(
            [s.coefficients.ravel() / u for s, u in zip(sides, units, strict=True)]
        )
        self.rows = self.rows.reshape(len(sides), self.n**2)
        self.least = np.array([side.least for side in sides]) / units

    def solve(self, gap: float, seconds: float) -> Constrained:
        """Best matching; see `solve_constrained`."""
        matching, reduced = self._unconstrained()
        if self._keeps(matching):
            value = self.worth[matching, np.arange(self.n)].sum()
            return self._result(matching, value, np.zeros(len(self.rows)), self.n)
        window = reduced >= -NEAR
        window[np.flatnonzero(np.eye(self.n).ravel() * self.allowed.ravel())] = True
        top, prices, reduced = self._relax(window)
        return self._search(top, prices, reduced, gap, seconds)

    def _search(
        self, top: float, prices: np.ndarray, reduced: np.ndarray, gap: float, seconds: float
    ) -> Constrained:
        """Integer programmes over wider and wider windows, until no arc outside can matter."""
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
            best, within = self._integer(inside, best, gap, max(left if whole else left / 2, 1.0))
            if best is None and whole and within == -np.inf:
                raise Infeasible("no matching keeps the constraints")
            value = -np.inf if best is None else self.worth[best, home].sum()
            outside = -np.inf if whole else top - margin  # worth of a matching with another arc
            bound = max(value, min(bound, max(within, outside)))
            proven = best is not None and outside <= max(within, value)
            if proven or (best is not None and time.monotonic() >= end):
                return self._result(best, bound, prices, int(inside.sum()))
            if time.monotonic() >= end and whole:
                raise Unsolved(
                    f"no matching that keeps the constraints was found in {seconds:g} s; raise "
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
            teachers, classes = linear_sum_assignment(worth, maximize=True)
        except ValueError:
            raise Infeasible("the allowed pairs leave some class without a teacher") from None
        matching = np.empty(self.n, dtype=int)
        matching[classes] = teachers
        u, v = recover_duals(worth, matching, np.zeros(self.n))
        return matching, (worth - u[:, None] - v).ravel()

    def _relax(self, window: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Bound on the relaxation, prices of the constraints, and reduced costs (n * n,).

        window: arcs to begin with. Where it cannot keep the constraints, the shortfall is made as
        small as possible first; if it stays, no mixture of matchings keeps them.
        """
        master = _Master(self, np.flatnonzero(window))
        worth = self.worth.ravel()
        possible = master.possible(worth)
        if not possible and self._priced(master, np.zeros(self.n**2), 1.0)[0] < -SLACK:
            raise Infeasible("no mixture of matchings keeps the constraints")
        return self._priced(master, worth, 0.0)

    def _priced(
        self, master: "_Master", worth: np.ndarray, shortfall: float
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Optimum of the master problem after all arcs that pay have joined it."""
        master.aim(worth, shortfall)
        while True:
            u, v, prices = master.duals()
            reduced = (worth.reshape(self.n, self.n) - u[:, None] - v).ravel() - prices @ self.rows
            reduced = np.where(self.allowed.ravel(), reduced, -np.inf)
            pays = np.setdiff1d(np.flatnonzero(self._paying(reduced)), master.arcs)
            if not len(pays):
                highest = np.maximum(reduced.reshape(self.n, self.n).max(axis=1), 0.0)
                bound = u.sum() + highest.sum() + v.sum() + prices @ self.least
                return float(bound), -prices, reduced
            master.extend(pays, worth)

    def _paying(self, reduced: np.ndarray) -> np.ndarray:
        """Arcs (n * n,) with the largest positive reduced costs of their teacher or class."""
        matrix = reduced.reshape(self.n, self.n)
        best = (matrix >= matrix.max(axis=1, keepdims=True)) | (matrix >= matrix.max(axis=0))
        return (best & (matrix > PRICED)).ravel()

    def _integer(
        self, inside: np.ndarray, start: np.ndarray | None, gap: float, seconds: float
    ) -> tuple[np.ndarray | None, float]:
        """Best matching found over some arcs (n * n,) from ``start``, and a bound for them.

        The matching is None, and the bound minus infinity, where there is none.
        """
        arcs = np.flatnonzero(inside)
        master = _Master(self, arcs)
        master.integer({"mip_rel_gap": gap, "time_limit": seconds}, start)
        used, bound = master.incumbent()
        if used is None:
            return None, bound
        matching = np.empty(self.n, dtype=int)
        matching[used % self.n] = used // self.n
        if not np.array_equal(np.sort(matching), np.arange(self.n)) or not self._keeps(matching):
            raise Unsolved("HiGHS returned what is no matching, or breaks a constraint")
        return matching, bound

    def _keeps(self, matching: np.ndarray) -> bool:
        """Whether a matching keeps all constraints."""
        sums = self.rows[:, matching * self.n + np.arange(self.n)].sum(axis=1)
        return bool((sums >= self.least - self.n * SLACK).all())

    def assignment(self, arcs: np.ndarray) -> csc_array:
        """Rows of teachers and classes (2n), a column an arc."""
        teachers, classes = np.divmod(arcs, self.n)
        rows = np.stack([teachers, self.n + classes], axis=1).ravel()
        starts = np.arange(0, 2 * len(arcs) + 1, 2)
        return csc_array((np.ones(2 * len(arcs)), rows, starts), shape=(2 * self.n, len(arcs)))


class _Master:
    """The relaxation over a window of arcs, held by HiGHS with a column a shortfall and an arc."""

    def __init__(self, cell: _Cell, arcs: np.ndarray):
        self.cell, self.arcs = cell, np.empty(0, dtype=int)
        self.sides = len(cell.rows)
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
        """Whether some mixture of the window's matchings keeps all constraints."""
        self.aim(worth, 0.0)
        self.highs.run()
        return self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal

    def aim(self, worth: np.ndarray, shortfall: float) -> None:
        """Set the objective, and whether constraints may fall short (1) or not (0)."""
        first = np.arange(self.sides, dtype=np.int32)
        most = np.full(self.sides, np.inf if shortfall else 0.0)
        self.highs.changeColsBounds(self.sides, first, np.zeros(self.sides), most)
        index = np.arange(self.sides, self.sides + len(self.arcs), dtype=np.int32)
        self.highs.changeColsCost(len(self.arcs), index, worth[self.arcs])

    def extend(self, arcs: np.ndarray, worth: np.ndarray) -> None:
        """Add arcs."""
        side_rows = csc_array(self.cell.rows[:, arcs])
        columns = vstack([self.cell.assignment(arcs), side_rows]).tocsc()
        count = len(arcs)
        self.highs.addCols(
            count, worth[arcs], np.zeros(count), np.full(count, np.inf), columns.nnz,
            columns.indptr[:-1].astype(np.int32), columns.indices.astype(np.int32), columns.data,
        )  # fmt: skip
        self.arcs = np.concatenate([self.arcs, arcs])

    def duals(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Duals of teachers, classes and constraints at the optimum. Raises Unsolved."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise Unsolved(f"the relaxation: {self.highs.modelStatusToString(status)}")
        duals = np.array(self.highs.getSolution().row_dual)
        return tuple(np.split(duals, [self.cell.n, 2 * self.cell.n]))

    def integer(self, options: dict[str, float], start: np.ndarray | None) -> None:
        """Solve for whole arcs, from the matching ``start`` if there is one."""
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
        """Arcs of the best matching found, if any, and the bound on all."""
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None, -np.inf
        info = self.highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, np.inf
        values = np.array(self.highs.getSolution().col_value)[self.sides :]
        return self.arcs[values > 0.5], float(info.mip_dual_bound)
