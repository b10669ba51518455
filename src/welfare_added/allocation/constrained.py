"""Plans with side constraints: their frontier, what they cost, and what stands in their way."""

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
    """Constraints that cannot hold together."""


def constrained_frontier(
    found: Sequence[Cell],
    lines: Mapping[str, float],
    weights: Sequence[float],
    gap: float,
    seconds: float,
) -> pd.DataFrame:
    """A plan's frontier over the district, every line holding in every cell.

    Columns: weight; gain_lower, gain_higher [student SD a year over the status quo]; index, the
    equal gain of all students that the planner values alike; cost, how much more the index would
    be without the lines; moved, share of teachers who change class; gap, largest relative
    distance of a cell's value from its proven bound; and price_<line>, how much the index of the
    mean cell would grow were the line looser by one unit of its own (missing where the line bars
    pairs). Raises Conflict naming the lines that cannot hold together.
    """
    rows = []
    for weight in weights:
        parts = [_solve(cell, lines, weight, gap, seconds) for cell in progress(found, len(found))]
        rows.append({"weight": weight, **_total(found, parts, lines, weight)})
    return pd.DataFrame(rows)


def _solve(
    cell: Cell, lines: Mapping[str, float], weight: float, gap: float, seconds: float
) -> tuple[Constrained, Constrained]:
    """Best allocation of a cell with the lines and without."""
    every = np.ones((cell.n, cell.n), dtype=bool)
    free = solve_constrained(cell.scores(weight), [], every, gap, seconds)
    try:
        best = solve_constrained(cell.scores(weight), *constraints(cell, lines), gap, seconds)
    except Infeasible:
        raise Conflict(
            f"{cell.name}: no allocation keeps {_named(conflicting(cell, lines, weight, seconds))}"
            " together. Loosen or drop one of them in config.yaml, constrained.plans."
        ) from None
    if best.gap > gap:
        log.warning("%s, weight %g: gap %.2g after %g s", cell.name, weight, best.gap, seconds)
    return best, free


def conflicting(
    cell: Cell, lines: Mapping[str, float], weight: float, seconds: float
) -> dict[str, float]:
    """Fewest of the lines that no allocation of the cell keeps together."""
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
    found: Sequence[Cell],
    parts: Sequence[tuple[Constrained, Constrained]],
    lines: Mapping[str, float],
    weight: float,
) -> dict[str, float]:
    sizes = sum(cell.sizes for cell in found)
    value_of = np.array([weight, 1 - weight])
    gains = np.zeros(2)
    cost = moved = 0.0
    prices = {name: [] for name in lines}
    for cell, (best, free) in zip(found, parts, strict=True):
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
        "moved": moved / sum(cell.n for cell in found),
        "gap": max(best.gap for best, _ in parts),
        **{f"price_{name}": np.mean(values) for name, values in prices.items() if values},
    }


def _prices(cell: Cell, best: Constrained, lines: Mapping[str, float]) -> dict[str, float]:
    """Value of one unit more of each line that is a side constraint."""
    sides, _ = constraints(cell, lines)
    total: dict[str, float] = {}
    for side, price in zip(sides, best.prices, strict=True):
        unit = cell.n if side.name == "most_moves" else 1.0
        total[side.name] = total.get(side.name, 0.0) + price * unit
    return total
