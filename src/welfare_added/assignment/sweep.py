"""The optimum of a problem at every weight: solve, break ties, keep rows in place, certify."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from welfare_added.assignment.arcs import Arcs, Factors, tight_arcs
from welfare_added.assignment.certificate import certify
from welfare_added.assignment.lsa import LsaEngine
from welfare_added.assignment.network import NetworkEngine
from welfare_added.assignment.places import equal_rows, keep_places
from welfare_added.assignment.problem import Optimum, Problem, SolverStall
from welfare_added.assignment.whole import whole_problem

log = logging.getLogger(__name__)

Engine = NetworkEngine | LsaEngine
# Permutes a matching within groups of equal columns and of equal rows, as `places.keep_places`.
Places = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def network(
    problem: Problem, tolerance: float = 1e-9, places: Places = keep_places
) -> Iterator[Optimum]:
    """Certified optima of a problem at each weight, by our network simplex.

    Where it stalls, scipy solves instead; that is logged and marked in the optimum.
    places: which of the matchings is taken that differ by equal columns and equal rows alone.
    Raises CertificateError where optimality is not proven to ``tolerance``, a relative gap.
    """
    return sweep(problem, NetworkEngine, tolerance, places)


def lsa(
    problem: Problem, tolerance: float = 1e-9, places: Places = keep_places
) -> Iterator[Optimum]:
    """The same by scipy's linear sum assignment."""
    return sweep(problem, LsaEngine, tolerance, places)


SOLVERS: dict[str, Callable[[Problem, float, Places], Iterator[Optimum]]] = {
    "network": network,
    "lsa": lsa,
}


def sweep(
    problem: Problem,
    kind: Callable[[Problem], Engine],
    tolerance: float,
    places: Places = keep_places,
) -> Iterator[Optimum]:
    """Certified optima at each weight, by the class of solver ``kind``.

    Factors are whole numbers (`whole_problem`), so that equal scores compare as equal. Where the
    problem has a second objective, it chooses among the optima: only arcs of reduced cost zero are
    allowed, and the problem is solved and certified again. ``places`` then chooses among matchings
    that differ by equal columns and equal rows alone, at no cost to either objective: by default
    rows keep their own column wherever they can.
    """
    whole = whole_problem(problem)
    problem = whole.problem
    engine = kind(problem)
    same_row = equal_rows(problem.blocks[:, None], problem.rows)
    for index, columns in enumerate(problem.columns):
        where = f"{problem.name}, weight {problem.label(index):.12g}"
        (matching, *duals), fallback = _attempt(problem, engine, columns, None, where)
        factors = Factors(problem.rows, columns, *duals)
        grouping = [problem.blocks[:, None], columns]
        tie_gap = float("nan")
        if index in problem.ties:
            second = problem.ties[index]
            arcs = tight_arcs(problem.arcs, factors)
            solution, again = _attempt(problem, engine, second, arcs, where)
            stage = Factors(problem.rows, second, *solution[1:])
            stage = certify(arcs, stage, solution[0], tolerance, f"{where}, tie-break")
            matching, tie_gap, fallback = stage.matching, stage.relative_gap, fallback or again
            grouping.append(second)
        matching = places(matching, equal_rows(*grouping), same_row)
        optimum = certify(problem.arcs, factors, matching, tolerance, where)
        optimum = replace(optimum, tie_gap=tie_gap, fallback=fallback)
        yield optimum.in_units(whole.units[index])


def _attempt(
    problem: Problem,
    engine: Engine,
    columns: np.ndarray,
    arcs: Arcs | None,
    where: str,
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], bool]:
    """The engine's solution, or scipy's where it stalls; and whether it stalled."""
    try:
        return engine.solve(columns, arcs), False
    except SolverStall as stall:
        log.warning("%s: the solver gave up (%s); scipy solves instead.", where, stall)
        return LsaEngine(problem).solve(columns, arcs), True
