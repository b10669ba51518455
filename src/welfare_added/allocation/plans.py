"""A plan: the optimal allocation of every cell at every weight, as tables."""

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress

from welfare_added.allocation.objectives import Objective, cell_problems, cells_of
from welfare_added.assignment.places import keep_places
from welfare_added.assignment.problem import Optimum, Problem
from welfare_added.assignment.sweep import SOLVERS, Places
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
    tie_break: Callable[[int], Places] = lambda cell: keep_places,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plan and certificates for an objective, over all cells or the year and grade ``only``.

    tie_break: how ties are broken in the cell of a number; by default teachers stay where they can.
    Plan: slot (class), then w000, w001, ..., one column per weight with the slot of the teacher
    who takes the class.
    Certificates: cell, weight, primal, dual, relative_gap, largest_violation, tie_gap (of the
    tie-breaking stage; missing where none), fallback (1 where scipy solved in place of the solver).
    Raises CertificateError where an optimum is not proven; UserError on unknown choices.
    """
    if solver not in SOLVERS:
        raise UserError(f"allocation.solver: {solver!r} is unknown; want {', '.join(SOLVERS)}.")
    cells = cells_of(slots, only)
    problems = cell_problems(slots, objective, scope, only)
    chosen = [np.empty((0, 1 + len(objective.weights)), dtype=np.int32)]
    certificates = []
    for (cell, at), problem in zip(cells, progress(problems, len(cells)), strict=True):
        optima = _solve_cell(problem, solver, tolerance, tie_break(cell))
        teachers = [at[optimum.matching] for optimum in optima]
        chosen.append(np.column_stack([at, *teachers]).astype(np.int32))
        certificates += [
            _certificate_row(cell, weight, optimum)
            for weight, optimum in zip(objective.weights, optima, strict=True)
        ]
    names = ["slot", *(f"{prefix}{index:03d}" for index in range(len(objective.weights)))]
    plan = pd.DataFrame(np.concatenate(chosen), columns=names)
    return plan, pd.DataFrame(certificates, columns=CERTIFICATE)


def certificate_summary(certificates: pd.DataFrame, solver: str) -> dict[str, object]:
    """Summary of a plan's certificates, for the record of its job."""
    return {
        "solver": solver,
        "optima": len(certificates),
        "largest_gap": float(certificates["relative_gap"].abs().max())
        if len(certificates)
        else None,
        "fallbacks": int(certificates["fallback"].sum()),
    }


def _solve_cell(problem: Problem, solver: str, tolerance: float, places: Places) -> list[Optimum]:
    start = time.perf_counter()
    optima = list(SOLVERS[solver](problem, tolerance, places))
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
    """Iterate over the problems, with a progress bar if stderr is a terminal."""
    quiet = not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        yield from bar.track(problems, total=total, description="Cells")
