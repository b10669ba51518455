"""A transportation problem over a subset of arcs, solved and solved again by HiGHS."""

import highspy
import numpy as np

OPTIONS = {
    "presolve": "off",
    "solver": "simplex",
    "simplex_strategy": 4,  # primal: the last weight's basis is feasible at the next
    "simplex_primal_edge_weight_strategy": 0,
    "simplex_scale_strategy": 0,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    "dual_feasibility_tolerance": 1e-10,
    "parallel": "off",
    "threads": 1,
    "random_seed": 0,
}
STATUS = np.array([highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic])


class SolverStall(RuntimeError):
    """A solver did not reach an optimum within its limits."""


class Programme:
    """A linear programme with one constraint per row and per type of column, one variable per arc.

    window: (A,) codes of the arcs in the programme, ``row * types + type``.
    """

    def __init__(self, supply: np.ndarray, rows: int):
        """Take the number of rows (supply 1 each) and the supply (m,) of the types of columns."""
        self.rows, self.types = rows, len(supply)
        self.right = np.concatenate([np.ones(rows), supply])
        self.window = np.empty(0, dtype=int)
        self.highs = highspy.Highs()
        self.highs.silent()
        for option, value in OPTIONS.items():
            self.highs.setOptionValue(option, value)
        self.highs.setOptionValue("simplex_iteration_limit", 50 * len(self.right) + 1000)

    def load(self, arcs: np.ndarray, worth: np.ndarray, basic: np.ndarray, logical: np.ndarray):
        """Set the window to ``arcs`` (ascending), and the basis to some arcs and some slacks.

        worth: (A,) scores. basic: codes of the basic arcs. logical: constraints whose slack is
        basic.
        """
        count = len(arcs)
        self.highs.passModel(
            count, len(self.right), 2 * count, 1, -1, 0.0, worth, np.zeros(count),
            np.full(count, np.inf), self.right, self.right,
            np.arange(0, 2 * count, 2, dtype=np.int32), self._entries(arcs), np.ones(2 * count),
            np.zeros(count, dtype=np.int32),
        )  # fmt: skip
        columns, rows = np.zeros(count, dtype=int), np.zeros(len(self.right), dtype=int)
        columns[np.searchsorted(arcs, basic)] = 1
        rows[logical] = 1
        basis = highspy.HighsBasis()
        basis.col_status = STATUS[columns].tolist()
        basis.row_status = STATUS[rows].tolist()
        basis.valid = True
        self.highs.setBasis(basis)
        self.window = arcs

    def extend(self, arcs: np.ndarray, worth: np.ndarray) -> None:
        """Add ``arcs`` of scores ``worth`` to the window, outside the basis."""
        count = len(arcs)
        self.highs.addCols(
            count, worth, np.zeros(count), np.full(count, np.inf), 2 * count,
            np.arange(0, 2 * count, 2, dtype=np.int32), self._entries(arcs), np.ones(2 * count),
        )  # fmt: skip
        self.window = np.concatenate([self.window, arcs])

    def change(self, worth: np.ndarray) -> None:
        """Change the scores of the window's arcs; the basis stays."""
        count = len(self.window)
        self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), worth)

    def run(self) -> np.ndarray:
        """Optimise over the window; duals of the constraints. Raises SolverStall if not optimal."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverStall(self.highs.modelStatusToString(status))
        return np.array(self.highs.getSolution().row_dual)

    def pivots(self) -> int:
        """Number of pivots of the last run."""
        return self.highs.getInfo().simplex_iteration_count

    def used(self) -> np.ndarray:
        """Codes of the arcs that the optimum uses, ascending."""
        return np.sort(self.window[np.array(self.highs.getSolution().col_value) > 0.5])

    def basis(self) -> tuple[np.ndarray, np.ndarray]:
        """Codes of the basic arcs, ascending, and the constraints whose slack is basic."""
        variables = self.highs.getBasicVariables()[1]
        return np.sort(self.window[variables[variables >= 0]]), -1 - variables[variables < 0]

    def _entries(self, arcs: np.ndarray) -> np.ndarray:
        rows, columns = np.divmod(arcs, self.types)
        return np.stack([rows, self.rows + columns], axis=1).astype(np.int32).ravel()
