"""Knapsack of whole items with a budget and a capacity: the exact optimum, and what a floor loses.

The prices of the linear optimum bound what taking or leaving an item costs. Items for which it
costs more than a whole solution at hand is short of the bound are settled; HiGHS chooses the rest.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from welfare_added.assignment.knapsack import (
    TOLERANCE,
    Knapsack,
    KnapsackError,
    KnapsackOptimum,
    solve_knapsack,
)

OPTIONS = {
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-10,
    "primal_feasibility_tolerance": 1e-10,
}


@dataclass(frozen=True)
class WholeOptimum:
    """The best set of whole items, beside the floor of the linear shares.

    Attributes
    ----------
    taken
        (N,) items of the best set.
    value
        Its value.
    floor_value, floor_loss
        Value of the items that the linear optimum takes in full, and how much the best set is
        worth more: at most the values of the two items that the floor drops.
    open_items
        Items that the prices did not settle.
    linear
        The linear optimum; ``linear.bound`` is at least ``value``.

    """

    taken: np.ndarray
    value: float
    floor_value: float
    floor_loss: float
    open_items: int
    linear: KnapsackOptimum


def solve_whole(problem: Knapsack, seconds: float = 60.0) -> WholeOptimum:
    """Best set of whole items.

    Raises
    ------
    UserError
        From `Knapsack.check`.
    KnapsackError
        From `solve_knapsack`, or if HiGHS needs more than ``seconds``, as it may where values are
        nearly proportional to costs.

    """
    linear = solve_knapsack(problem)
    worth = problem.amount * problem.value
    price = linear.capacity_price + linear.budget_price * problem.cost
    net = problem.amount * (problem.value - price)
    taken = _filled_up(problem, linear.whole & (problem.amount > 0), net)
    short = linear.bound - float(worth[taken].sum())
    certain = np.abs(net) > short + TOLERANCE * linear.bound
    left = np.flatnonzero(~certain & (worth > 0))
    best = certain & (net > 0)
    if len(left) and short > TOLERANCE * linear.bound:
        best[left] = _choose(problem, best, left, seconds)
    else:
        best = taken
    _check(problem, best)
    floor_value = float(worth[linear.whole].sum())
    value = float(worth[best].sum())
    return WholeOptimum(best, value, floor_value, value - floor_value, len(left), linear)


def _filled_up(problem: Knapsack, taken: np.ndarray, net: np.ndarray) -> np.ndarray:
    """A set, with items that still fit, from the one that costs least at the prices."""
    taken = taken.copy()
    money = problem.budget - float((problem.amount * problem.cost)[taken].sum())
    room = problem.capacity - float(problem.amount[taken].sum())
    for i in np.argsort(-net, kind="stable"):
        amount = problem.amount[i]
        if taken[i] or amount == 0 or problem.value[i] <= 0:
            continue
        if amount <= room and amount * problem.cost[i] <= money:
            taken[i] = True
            room, money = room - amount, money - amount * problem.cost[i]
    return taken


def _choose(problem: Knapsack, settled: np.ndarray, left: np.ndarray, seconds: float) -> np.ndarray:
    """Which of the items left are in the best set, with those settled (N,) in it."""
    amount, cost = problem.amount[left], problem.cost[left]
    rows = np.stack([amount * cost, amount])
    limits = np.array([problem.budget, problem.capacity])
    limits = limits - [
        (problem.amount * problem.cost)[settled].sum(),
        problem.amount[settled].sum(),
    ]
    scale = rows.max(axis=1)
    highs = highspy.Highs()
    highs.silent()
    for option, value in {**OPTIONS, "time_limit": seconds}.items():
        highs.setOptionValue(option, value)
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
    n = len(left)
    empty = np.empty(0, dtype=np.int32)
    below = np.full(2, -np.inf)
    highs.addRows(2, below, limits / scale, 0, np.zeros(2, dtype=np.int32), empty, np.empty(0))
    starts = np.arange(0, 2 * n, 2, dtype=np.int32)
    index = np.tile(np.arange(2, dtype=np.int32), n)
    worth = amount * problem.value[left]
    highs.addCols(
        n, worth / worth.max(), np.zeros(n), np.ones(n), 2 * n, starts, index,
        (rows / scale[:, None]).T.ravel(),
    )  # fmt: skip
    items = np.arange(n, dtype=np.int32)
    highs.changeColsIntegrality(n, items, np.full(n, highspy.HighsVarType.kInteger))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        status = highs.modelStatusToString(highs.getModelStatus())
        raise KnapsackError(f"knapsack of whole items, {n} left: HiGHS says {status}")
    return np.array(highs.getSolution().col_value) > 0.5


def _check(problem: Knapsack, taken: np.ndarray) -> None:
    amount = problem.amount[taken]
    money = float((amount * problem.cost[taken]).sum())
    room = float(amount.sum())
    if not (
        money <= problem.budget * (1 + TOLERANCE) and room <= problem.capacity * (1 + TOLERANCE)
    ):
        raise KnapsackError(f"knapsack of whole items: the set costs {money:g} and takes {room:g}")
