"""A plan: the optimum of every cell at every weight, as tables."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress

from welfare_added.allocation.objectives import Objective, cell_problems, cells_of
from welfare_added.assignment.problem import Optimum, Problem
from welfare_added.assignment.sweep import SOLVERS
from welfare_added.run.errors import UserError

CERTIFICATE = [
    *("cell", "weight", "primal", "dual", "relative_gap"),
    *("largest_violation", "tie_gap", "fallback"),
]
log = logging.getLogger(__name__)


def solve_plan(
    slots: pd.DataFrame,
    objective: Objective,
    scope: str,
    solver: str = "network",
    tolerance: float = 1e-9,
    prefix: str = "w",
    only: tuple[int, int] | None = None,
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Plan and certificates of an objective over all cells, or that of one year and grade.

    Plan, a table a cell: slot (class), then w000, w001, ... the slot of the teacher who takes it,
    one a weight.
    Certificates: cell, weight, primal, dual, relative_gap, largest_violation, tie_gap (of the
    tie-breaking stage; empty where none), fallback (1 where another solver had to answer).
    Raises CertificateError where an optimum is not proven; ValueError on unknown choices.
    """
    if solver not in SOLVERS:
        raise UserError(f"allocation.solver: {solver!r} is unknown; want {', '.join(SOLVERS)}.")
    cells = cells_of(slots, only)
    problems = cell_problems(slots, objective, scope, only)
    none = np.empty(0, dtype=np.int64)
    plan = [] if cells else [_plan(none, [none] * len(objective.weights), prefix)]
    certificates = []
    for (cell, at), problem in zip(cells, progress(problems, len(cells)), strict=True):
        optima = _solve_cell(problem, solver, tolerance)
        plan.append(_plan(at, [at[optimum.matching] for optimum in optima], prefix))
        certificates += [
            _certificate_row(cell, weight, optimum)
            for weight, optimum in zip(objective.weights, optima, strict=True)
        ]
    return plan, pd.DataFrame(certificates, columns=CERTIFICATE)


def _plan(at: np.ndarray, chosen: list[np.ndarray], prefix: str) -> pd.DataFrame:
    columns = {f"{prefix}{index:03d}": one.astype(np.int32) for index, one in enumerate(chosen)}
    return pd.DataFrame({"slot": at, **columns})


def certified(certificates: pd.DataFrame, solver: str) -> dict[str, object]:
    """What the certificates of a plan prove, in a few words for the record of its job."""
    return {
        "solver": solver,
        "optima": len(certificates),
        "largest_gap": float(certificates["relative_gap"].abs().max())
        if len(certificates)
        else None,
        "fallbacks": int(certificates["fallback"].sum()),
    }


def _solve_cell(problem: Problem, solver: str, tolerance: float) -> list[Optimum]:
    start = time.perf_counter()
    optima = list(SOLVERS[solver](problem, tolerance))
    log.info(
        "%s: %d slots, %d weights, largest relative gap %.1e, %d fallbacks, %.2f s",
        problem.name,
        len(problem.blocks),
        len(optima),
        max(optimum.relative_gap for optimum in optima),
        sum(optimum.fallback for optimum in optima),
        time.perf_counter() - start,
    )
    return optima


def _certificate_row(cell: int, weight: float, optimum: Optimum) -> dict[str, float]:
    return {
        "cell": cell,
        "weight": weight,
        "primal": optimum.primal,
        "dual": optimum.dual,
        "relative_gap": optimum.relative_gap,
        "largest_violation": optimum.largest_violation,
        "tie_gap": optimum.tie_gap,
        "fallback": int(optimum.fallback),
    }


def progress(problems: Iterable[Problem], total: int) -> Iterator[Problem]:
    """A progress bar on a terminal's stderr, else nothing."""
    quiet = not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        yield from bar.track(problems, total=total, description="Cells")
