"""Knapsack with a budget and a capacity: the linear optimum, with a proof, and both prices.

    max  sum_i a_i x_i v_i   with   sum_i a_i x_i c_i <= budget,   sum_i a_i x_i <= capacity,

and 0 <= x_i <= 1. The dual in the prices q of capacity and p of budget is

    min  q capacity + p budget + sum_i a_i max(v_i - q - p c_i, 0)   over   q, p >= 0.
"""

from dataclasses import dataclass

import numpy as np

from welfare_added.assignment.knapsack_loops import dual_bound, solve, to_vertex
from welfare_added.run.errors import UserError

TOLERANCE = 1e-9  # of the gap, and of the constraints, relative


class KnapsackError(RuntimeError):
    """Shares that are not proven optimal."""


@dataclass(frozen=True)
class Knapsack:
    """Items of which a part may be taken, and two constraints.

    Attributes
    ----------
    amount
        (N,) how much of capacity an item takes, not negative. An item of amount 0 takes nothing
        and counts for nothing.
    value, cost
        (N,) a unit of amount. Values may be negative, costs are positive.
    budget, capacity
        Largest sums of amount x share x cost and of amount x share, not negative.

    """

    amount: np.ndarray
    value: np.ndarray
    cost: np.ndarray
    budget: float
    capacity: float

    def check(self) -> None:
        """Raise `UserError` if shapes differ, or numbers are missing or have the wrong sign."""
        for name in ("amount", "value", "cost"):
            column = np.asarray(getattr(self, name))
            if column.shape != np.shape(self.amount) or column.ndim != 1:
                raise UserError(f"knapsack: {name} has shape {column.shape}, want one an item")
            if bad := int((~np.isfinite(column)).sum()):
                raise UserError(f"knapsack: {name} of {bad} items is missing or infinite")
        if bad := int((np.asarray(self.cost) <= 0).sum()):
            raise UserError(f"knapsack: cost of {bad} items is zero or less; want positive costs")
        if bad := int((np.asarray(self.amount) < 0).sum()):
            raise UserError(f"knapsack: amount of {bad} items is negative")
        for name in ("budget", "capacity"):
            if not getattr(self, name) >= 0:
                raise UserError(f"knapsack: {name} is {getattr(self, name):g}; want 0 or more")


@dataclass(frozen=True)
class KnapsackOptimum:
    """Optimal shares, and the prices that prove it.

    Attributes
    ----------
    share
        (N,) of each item, at most two of them between 0 and 1. Of items alike in value and cost
        those with lower numbers come first.
    value, bound
        Of the shares, and of the dual: no shares have a larger value.
    gap
        (bound - value) / bound, or 0 if both are 0.
    capacity_price, budget_price
        Value of one more unit of capacity, and of budget. Where an edge of the dual is flat there
        are several; which one is reported follows from the search.
    used_capacity, used_budget
        Sums of amount x share and of amount x share x cost.
    steps
        Prices of capacity that were tried.

    """

    share: np.ndarray
    value: float
    bound: float
    gap: float
    capacity_price: float
    budget_price: float
    used_capacity: float
    used_budget: float
    steps: int

    @property
    def whole(self) -> np.ndarray:
        """Items that are taken in full (N,): the published floor of the shares."""
        return self.share == 1.0


def solve_knapsack(problem: Knapsack) -> KnapsackOptimum:
    """Solve the linear problem, and prove it by its dual to a relative gap of 1e-9.

    Raises
    ------
    UserError
        From `Knapsack.check`.
    KnapsackError
        If the search ended without a proof.

    """
    problem.check()
    amount, value, cost = (
        np.ascontiguousarray(column, dtype=float)
        for column in (problem.amount, problem.value, problem.cost)
    )
    share = np.empty(len(value))
    limits = float(problem.budget), float(problem.capacity)
    capacity_price, budget_price, steps = solve(amount, value, cost, *limits, 0.0, share)
    to_vertex(amount, cost, limits[0], share)
    bound = dual_bound(amount, value, cost, *limits, capacity_price, budget_price)
    used = amount * share
    optimum = KnapsackOptimum(
        share,
        float(used @ value),
        bound,
        0.0,
        capacity_price,
        budget_price,
        float(used.sum()),
        float(used @ cost),
        steps,
    )
    return _certified(problem, optimum)


def _certified(problem: Knapsack, optimum: KnapsackOptimum) -> KnapsackOptimum:
    gap = (optimum.bound - optimum.value) / optimum.bound if optimum.bound else 0.0
    over = max(
        optimum.used_budget - problem.budget * (1 + TOLERANCE),
        optimum.used_capacity - problem.capacity * (1 + TOLERANCE),
    )
    if not (abs(gap) <= TOLERANCE and over <= 0):
        raise KnapsackError(
            f"knapsack of {len(optimum.share)} items: relative gap {gap:.3g}, {over:.3g} over a "
            f"constraint after {optimum.steps} steps; not proven optimal"
        )
    return KnapsackOptimum(**{**vars(optimum), "gap": gap})
