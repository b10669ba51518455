"""A transport problem over a few arcs, held by HiGHS: load, extend, change worth, solve again."""

import highspy
import numpy as np

OPTIONS = {
    "presolve": "off",
    "solver": "simplex",
    "simplex_strategy": 4,  # primal: along the weights the old basis stays feasible
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
    """Rows are teachers (supply 1) and types of classes; columns are the arcs of the window.

    window: (A,) codes of the arcs held, ``teacher * types + type``.
    """

    def __init__(self, supply: np.ndarray, teachers: int):
        """Take the number of teachers and the supply (m,) of the types of classes."""
        self.teachers, self.types = teachers, len(supply)
        self.right = np.concatenate([np.ones(teachers), supply])
        self.window = np.empty(0, dtype=int)
        self.highs = highspy.Highs()
        self.highs.silent()
        for option, value in OPTIONS.items():
            self.highs.setOptionValue(option, value)
        self.highs.setOptionValue("simplex_iteration_limit", 50 * len(self.right) + 1000)

    def load(self, arcs: np.ndarray, worth: np.ndarray, basic: np.ndarray, logical: np.ndarray):
        """Hold ``arcs`` (ascending), starting from the ``basic`` ones and ``logical`` rows."""
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
        """Add ``arcs`` to the window, outside the basis."""
        count = len(arcs)
        self.highs.addCols(
            count, worth, np.zeros(count), np.full(count, np.inf), 2 * count,
            np.arange(0, 2 * count, 2, dtype=np.int32), self._entries(arcs), np.ones(2 * count),
        )  # fmt: skip
        self.window = np.concatenate([self.window, arcs])

    def change(self, worth: np.ndarray) -> None:
        """Give the window's arcs another worth; the basis stays."""
        count = len(self.window)
        self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), worth)

    def run(self) -> np.ndarray:
        """Optimise over the window; the rows' duals. Raises SolverStall."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverStall(self.highs.modelStatusToString(status))
        return np.array(self.highs.getSolution().row_dual)

    def pivots(self) -> int:
        """How many pivots the last run took."""
        return self.highs.getInfo().simplex_iteration_count

    def used(self) -> np.ndarray:
        """Codes of the arcs that the optimum uses, ascending."""
        return np.sort(self.window[np.array(self.highs.getSolution().col_value) > 0.5])

    def basis(self) -> tuple[np.ndarray, np.ndarray]:
        """Codes of the basic arcs, ascending, and the rows whose logical is basic."""
        variables = self.highs.getBasicVariables()[1]
        return np.sort(self.window[variables[variables >= 0]]), -1 - variables[variables < 0]

    def _entries(self, arcs: np.ndarray) -> np.ndarray:
        rows, columns = np.divmod(arcs, self.types)
        return np.stack([rows, self.teachers + columns], axis=1).astype(np.int32).ravel()
