"""A plan: the optimum of every cell at every weight, as tables."""

import logging
import sys
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress

from welfare_added.allocation.objectives import Objective, cell_problems
from welfare_added.allocation.problem import Optimum, Problem
from welfare_added.allocation.sweep import SOLVERS

log = logging.getLogger(__name__)


def solve_plan(
    slots: pd.DataFrame,
    objective: Objective,
    scope: str,
    solver: str = "highs",
    tolerance: float = 1e-9,
    prefix: str = "w",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plan and certificates of an objective over all cells.

    Plan: slot (class), then w000, w001, ... the slot of the teacher who takes it, one a weight.
    Certificates: cell, weight, primal, dual, relative_gap, largest_violation, tie_gap (of the
    tie-breaking stage; empty where none), fallback (1 where another solver had to answer).
    Raises CertificateError where an optimum is not proven; ValueError on unknown choices.
    """
    if solver not in SOLVERS:
        raise ValueError(f"allocation.solver: {solver!r} is unknown; want {', '.join(SOLVERS)}.")
    if not np.array_equal(slots["slot"], np.arange(len(slots))):
        raise ValueError("slots: column slot must count 0, 1, 2, ... in row order.")
    slots = slots.reset_index(drop=True)
    plan = np.empty((len(objective.weights), len(slots)), dtype=np.int32)
    cells = sorted(slots.groupby("cell").indices.items())
    problems = list(cell_problems(slots, objective, scope))
    certificates = []
    for (cell, at), problem in zip(cells, progress(problems), strict=True):
        for index, optimum in enumerate(_solve_cell(problem, solver, tolerance)):
            plan[index, at] = at[optimum.matching]
            certificates.append(_certificate_row(cell, objective.weights[index], optimum))
    names = [f"{prefix}{index:03d}" for index in range(len(plan))]
    table = pd.DataFrame(dict(zip(names, plan, strict=True)))
    table.insert(0, "slot", slots["slot"].to_numpy())
    return table, pd.DataFrame(certificates)


def certified(certificates: pd.DataFrame, solver: str) -> dict[str, object]:
    """What the certificates of a plan prove, in a few words for the record of its job."""
    return {
        "solver": solver,
        "optima": len(certificates),
        "largest_gap": float(certificates["relative_gap"].abs().max()),
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


def progress(problems: list[Problem]) -> Iterator[Problem]:
    """A progress bar on a terminal's stderr, else nothing."""
    quiet = not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        yield from bar.track(problems, description="Cells")
