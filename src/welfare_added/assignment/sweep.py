"""The optimum of a cell at every weight: solve, break ties, keep teachers in place, certify."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from welfare_added.assignment.arcs import Arcs, Factors, tight_arcs
from welfare_added.assignment.certificate import certify
from welfare_added.assignment.highs import HighsEngine
from welfare_added.assignment.lsa import LsaEngine
from welfare_added.assignment.network import NetworkEngine
from welfare_added.assignment.places import equal_rows, keep_places
from welfare_added.assignment.problem import Optimum, Problem
from welfare_added.assignment.programme import SolverStall
from welfare_added.assignment.whole import whole_problem

log = logging.getLogger(__name__)

Engine = NetworkEngine | HighsEngine | LsaEngine


def network(problem: Problem, tolerance: float = 1e-9) -> Iterator[Optimum]:
    """Certified optima of a cell at each weight, by our network simplex.

    Where it stalls, scipy answers instead; that is logged and marked in the optimum.
    Raises CertificateError where optimality is not proven to ``tolerance``.
    """
    return sweep(problem, NetworkEngine, tolerance)


def highs(problem: Problem, tolerance: float = 1e-9) -> Iterator[Optimum]:
    """The same by HiGHS over a priced window of arcs, from the network simplex's basis."""
    return sweep(problem, HighsEngine, tolerance)


def lsa(problem: Problem, tolerance: float = 1e-9) -> Iterator[Optimum]:
    """The same by scipy's linear sum assignment."""
    return sweep(problem, LsaEngine, tolerance)


SOLVERS: dict[str, Callable[[Problem, float], Iterator[Optimum]]] = {
    "network": network,
    "highs": highs,
    "lsa": lsa,
}


def sweep(
    problem: Problem, kind: Callable[[Problem], Engine], tolerance: float
) -> Iterator[Optimum]:
    """Certified optima at each weight by the engine of that kind, made for the cell.

    All is done in whole numbers (`whole_problem`), so that ties are true ties. Where the problem
    has a second objective, it chooses among the optima: arcs whose reduced cost is not zero are
    shut and the rest solved again, with a certificate of its own. Teachers then stay in their own
    class wherever that costs neither objective.
    """
    whole = whole_problem(problem)
    problem = whole.problem
    engine = kind(problem)
    same_teacher = equal_rows(problem.blocks[:, None], problem.teachers)
    for index, classes in enumerate(problem.classes):
        where = f"{problem.name}, weight {problem.label(index):.12g}"
        (matching, *duals), fallback = _attempt(problem, engine, classes, None, where)
        factors = Factors(problem.teachers, classes, *duals)
        grouping = [problem.blocks[:, None], classes]
        tie_gap = float("nan")
        if index in problem.ties:
            second = problem.ties[index]
            arcs = tight_arcs(problem.arcs, factors)
            solution, again = _attempt(problem, engine, second, arcs, where)
            stage = Factors(problem.teachers, second, *solution[1:])
            stage = certify(arcs, stage, solution[0], tolerance, f"{where}, tie-break")
            matching, tie_gap, fallback = stage.matching, stage.relative_gap, fallback or again
            grouping.append(second)
        matching = keep_places(matching, equal_rows(*grouping), same_teacher)
        optimum = certify(problem.arcs, factors, matching, tolerance, where)
        optimum = replace(optimum, tie_gap=tie_gap, fallback=fallback)
        yield optimum.in_units(whole.units[index])


def _attempt(
    problem: Problem,
    engine: Engine,
    classes: np.ndarray,
    arcs: Arcs | None,
    where: str,
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], bool]:
    """The engine's solution, or scipy's where it stalls; and whether that happened."""
    try:
        return engine.solve(classes, arcs), False
    except SolverStall as stall:
        log.warning("%s: the solver gave up (%s); scipy's answers instead.", where, stall)
        return LsaEngine(problem).solve(classes, arcs), True
