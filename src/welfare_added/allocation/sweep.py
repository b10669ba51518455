"""The optimum of a cell at every weight: solve, break ties, keep teachers in place, certify."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from welfare_added.allocation.certificate import certify, largest_score
from welfare_added.allocation.highs import HighsEngine, SolverStall
from welfare_added.allocation.lsa import LsaEngine
from welfare_added.allocation.places import equal_rows, keep_places
from welfare_added.allocation.problem import Optimum, Problem

log = logging.getLogger(__name__)

TIGHT = 1e-10  # reduced cost, relative to the largest score, below which an arc may be optimal


def highs(problem: Problem, tolerance: float = 1e-9) -> Iterator[Optimum]:
    """Certified optima of a cell at each weight, by HiGHS over a priced window of arcs.

    Where HiGHS stalls, scipy answers instead; that is logged and marked in the optimum.
    Raises CertificateError where optimality is not proven to ``tolerance``.
    """
    return _sweep(problem, HighsEngine(problem), tolerance)


def lsa(problem: Problem, tolerance: float = 1e-9) -> Iterator[Optimum]:
    """Certified optima of a cell at each weight, by scipy's linear sum assignment.

    Raises CertificateError where optimality is not proven to ``tolerance``.
    """
    return _sweep(problem, LsaEngine(problem), tolerance)


SOLVERS: dict[str, Callable[[Problem, float], Iterator[Optimum]]] = {"highs": highs, "lsa": lsa}


def _sweep(
    problem: Problem, engine: HighsEngine | LsaEngine, tolerance: float
) -> Iterator[Optimum]:
    same_teacher = equal_rows(problem.blocks[:, None], problem.teachers)
    for index, classes in enumerate(problem.classes):
        where = f"{problem.name}, weight {problem.label(index):.12g}"
        solution, fallback = _attempt(problem, engine, classes, None, where)
        scores = problem.arcs.scores(problem.teachers, classes)
        tie_gap = float("nan")
        grouping = [problem.blocks[:, None], _rounded(classes)]
        matching, u, v = solution
        if index in problem.ties:
            second = problem.ties[index]
            slack = TIGHT * largest_score(scores)
            shut = problem.arcs.reduced(scores, u, v) < -slack
            (matching, *duals), again = _attempt(problem, engine, second, shut, where)
            tie_scores = problem.arcs.scores(problem.teachers, second)
            tie_scores[shut] = -np.inf
            stage = certify(
                problem.arcs, tie_scores, matching, *duals, tolerance, f"{where}, tie-break"
            )
            tie_gap, fallback = stage.relative_gap, fallback or again
            grouping.append(_rounded(second))
        matching = keep_places(matching, equal_rows(*grouping), same_teacher)
        optimum = certify(problem.arcs, scores, matching, u, v, tolerance, where)
        yield replace(optimum, tie_gap=tie_gap, fallback=fallback)


def _attempt(problem, engine, classes, shut, where):
    """The engine's solution, or scipy's where HiGHS stalls; and whether that happened."""
    try:
        return engine.solve(classes, shut), False
    except SolverStall as stall:
        log.warning("%s: HiGHS gave up (%s); scipy's assignment answers instead.", where, stall)
        return LsaEngine(problem).solve(classes, shut), True


def _rounded(classes: np.ndarray) -> np.ndarray:
    """Factors without the rounding noise that would tell equal classes apart."""
    scale = np.abs(classes).max() or 1.0
    return np.round(classes / scale, 12)
