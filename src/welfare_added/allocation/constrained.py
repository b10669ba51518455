"""Plans with side constraints: their frontiers, costs, and which constraints are incompatible."""

import itertools
import logging
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.allocation.constraints import Cell, constraints
from welfare_added.allocation.plans import progress
from welfare_added.assignment.milp import Constrained, Infeasible, solve_constrained

log = logging.getLogger(__name__)


class Conflict(ValueError):
    """Constraints that no allocation satisfies together."""


def constrained_frontier(
    cells: Sequence[Cell],
    lines: Mapping[str, float],
    weights: Sequence[float],
    optimality_gap: float,
    seconds: float,
) -> pd.DataFrame:
    """A plan's frontier over the district, where every constraint holds in every cell.

    lines: value of each constraint by its name in config.yaml. optimality_gap, seconds: when the
    search in a cell stops, as in `solve_constrained`.

    Columns: weight; gain_lower, gain_higher over the status quo [student SD]; index, the gain that,
    given to all students, the planner values alike; cost, how much higher the index would
    be without the constraints; moved, share of teachers who change class; optimality_gap, largest
    relative distance of a cell's value from its proven upper bound; and price_<constraint>, how
    much the mean cell's index would rise if the constraint were looser by one unit (missing where
    it forbids pairs). Raises Conflict with the constraints that cannot hold together.
    """
    rows = []
    for weight in weights:
        parts = [
            _solve(cell, lines, weight, optimality_gap, seconds)
            for cell in progress(cells, len(cells))
        ]
        rows.append({"weight": weight, **_total(cells, parts, lines, weight)})
    return pd.DataFrame(rows)


def _solve(
    cell: Cell, lines: Mapping[str, float], weight: float, optimality_gap: float, seconds: float
) -> tuple[Constrained, Constrained]:
    """Best allocation of a cell with the constraints and without."""
    every, scores = np.ones((cell.n, cell.n), dtype=bool), cell.scores(weight)
    free = solve_constrained(scores, [], every, optimality_gap, seconds)
    try:
        best = solve_constrained(scores, *constraints(cell, lines), optimality_gap, seconds)
    except Infeasible:
        raise Conflict(
            f"{cell.name}: no allocation keeps {_named(conflicting(cell, lines, weight, seconds))}"
            " together. Loosen or drop one of them in config.yaml, constrained.plans."
        ) from None
    if best.optimality_gap > optimality_gap:
        log.warning(
            "%s, weight %g: optimality gap %.2g after %g s",
            cell.name,
            weight,
            best.optimality_gap,
            seconds,
        )
    return best, free


def conflicting(
    cell: Cell, lines: Mapping[str, float], weight: float, seconds: float
) -> dict[str, float]:
    """Smallest set of the constraints that no allocation of the cell satisfies together."""
    for size in range(1, len(lines) + 1):
        for names in itertools.combinations(lines, size):
            some = {name: lines[name] for name in names}
            try:
                solve_constrained(cell.scores(weight), *constraints(cell, some), 1.0, seconds)
            except Infeasible:
                return some
    return dict(lines)


def _named(lines: Mapping[str, float]) -> str:
    return " and ".join(f"{name}: {value}" for name, value in lines.items())


def _total(
    cells: Sequence[Cell],
    parts: Sequence[tuple[Constrained, Constrained]],
    lines: Mapping[str, float],
    weight: float,
) -> dict[str, float]:
    sizes = sum(cell.sizes for cell in cells)
    value_of = np.array([weight, 1 - weight])
    gains = np.zeros(2)
    cost = moved = 0.0
    prices = {name: [] for name in lines}
    for cell, (best, free) in zip(cells, parts, strict=True):
        at = np.arange(cell.n)
        gains += cell.groups[:, best.matching, at].sum(axis=1) - cell.groups[:, at, at].sum(axis=1)
        cost += max(free.value - best.value, 0.0)
        moved += (best.matching != at).sum()
        for name, price in _prices(cell, best, lines).items():
            prices[name].append(price / (value_of @ cell.sizes))
    return {
        "gain_lower": gains[0] / sizes[0],
        "gain_higher": gains[1] / sizes[1],
        "index": value_of @ gains / (value_of @ sizes),
        "cost": cost / (value_of @ sizes),
        "moved": moved / sum(cell.n for cell in cells),
        "optimality_gap": max(best.optimality_gap for best, _ in parts),
        **{f"price_{name}": np.mean(values) for name, values in prices.items() if values},
    }


def _prices(cell: Cell, best: Constrained, lines: Mapping[str, float]) -> dict[str, float]:
    """Marginal gain in the cell's score from loosening each constraint by one unit."""
    sides, _ = constraints(cell, lines)
    total: dict[str, float] = {}
    for side, price in zip(sides, best.prices, strict=True):
        unit = cell.n if side.name == "most_moves" else 1.0
        total[side.name] = total.get(side.name, 0.0) + price * unit
    return total
