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
    return sweep(problem, HighsEngine(problem), tolerance)


def lsa(problem: Problem, tolerance: float = 1e-9) -> Iterator[Optimum]:
    """Certified optima of a cell at each weight, by scipy's linear sum assignment.

    Raises CertificateError where optimality is not proven to ``tolerance``.
    """
    return sweep(problem, LsaEngine(problem), tolerance)


SOLVERS: dict[str, Callable[[Problem, float], Iterator[Optimum]]] = {"highs": highs, "lsa": lsa}


def sweep(problem: Problem, engine: HighsEngine | LsaEngine, tolerance: float) -> Iterator[Optimum]:
    """Certified optima by ``engine`` at each weight.

    Where the problem has a second objective, it chooses among the optima: arcs whose reduced cost
    is not zero are shut and the rest solved again, with a certificate of its own. Teachers then
    stay in their own class wherever that costs neither objective.
    """
    same_teacher = equal_rows(problem.blocks[:, None], problem.teachers)
    for index, classes in enumerate(problem.classes):
        where = f"{problem.name}, weight {problem.label(index):.12g}"
        (matching, u, v), fallback = _attempt(problem, engine, classes, None, where)
        scores = problem.arcs.scores(problem.teachers, classes)
        grouping = [problem.blocks[:, None], _rounded(classes)]
        tie_gap = float("nan")
        if index in problem.ties:
            second = problem.ties[index]
            shut = problem.arcs.reduced(scores, u, v) < -TIGHT * largest_score(scores)
            stage, again = _break_ties(problem, engine, second, shut, tolerance, where)
            matching, tie_gap, fallback = stage.matching, stage.relative_gap, fallback or again
            grouping.append(_rounded(second))
        matching = keep_places(matching, equal_rows(*grouping), same_teacher)
        optimum = certify(problem.arcs, scores, matching, u, v, tolerance, where)
        yield replace(optimum, tie_gap=tie_gap, fallback=fallback)


def _break_ties(
    problem: Problem,
    engine: HighsEngine | LsaEngine,
    second: np.ndarray,
    shut: np.ndarray,
    tolerance: float,
    where: str,
) -> tuple[Optimum, bool]:
    """Optimum of the second objective over the arcs that are not shut, certified among them."""
    solution, fallback = _attempt(problem, engine, second, shut, where)
    scores = problem.arcs.scores(problem.teachers, second)
    scores[shut] = -np.inf
    return certify(problem.arcs, scores, *solution, tolerance, f"{where}, tie-break"), fallback


def _attempt(
    problem: Problem,
    engine: HighsEngine | LsaEngine,
    classes: np.ndarray,
    shut: np.ndarray | None,
    where: str,
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], bool]:
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
