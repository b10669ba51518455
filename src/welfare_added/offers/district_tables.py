"""Prices of posts and of $1,000 by district, and ways in which a district may choose its offers."""

import numpy as np
import pandas as pd

from welfare_added.assignment.critical_item import CORRECTED, PRINTED, solve_by_critical_item
from welfare_added.assignment.knapsack import Knapsack, solve_knapsack
from welfare_added.assignment.knapsack_whole import solve_whole
from welfare_added.offers.discrete import Equilibrium
from welfare_added.offers.market import Prepared
from welfare_added.offers.thresholds import Thresholds


def shadow_prices(prepared: Prepared, equilibrium: Thresholds | Equilibrium) -> pd.DataFrame:
    """A row a district, of either equilibrium.

    Columns market, district, budget, capacity ($1,000 and teachers), left_budget, left_capacity
    (after expected stayers), expected_hires, expected_pay ($1,000, of those hired), capacity_price,
    budget_price (of a post and of $1,000, in SDs of the shock), budget_binds, capacity_binds,
    closed, and gap (relative, of the linear optimum; nan of the threshold form).
    """
    market = prepared.market
    districts = len(market.budget)
    hires = equilibrium.matches(prepared) * prepared.candidate
    gap = equilibrium.gap if isinstance(equilibrium, Equilibrium) else np.full(districts, np.nan)
    return pd.DataFrame(
        {
            "market": market.name,
            "district": np.arange(districts),
            "budget": market.budget,
            "capacity": market.capacity,
            "left_budget": equilibrium.left_budget,
            "left_capacity": equilibrium.left_capacity,
            "expected_hires": hires.sum(axis=0),
            "expected_pay": (hires * market.salary).sum(axis=0),
            "capacity_price": equilibrium.capacity_price,
            "budget_price": equilibrium.budget_price,
            "budget_binds": equilibrium.budget_price > 0,
            "capacity_binds": equilibrium.capacity_price > 0,
            "closed": equilibrium.closed,
            "gap": gap,
        }
    )


def district_problem(
    prepared: Prepared,
    parameters: np.ndarray,
    shocks: np.ndarray,
    equilibrium: Equilibrium,
    district: int,
) -> Knapsack:
    """The knapsack (eqs. 8 to 11) of a district that is not closed, over its candidates.

    parameters: centred (9,). shocks: (N, J), those of the equilibrium.
    """
    who = prepared.candidate[:, district]
    payoff = prepared.payoffs(parameters) + shocks[:, district]
    return Knapsack(
        equilibrium.accepted[who, district],
        payoff[who],
        prepared.market.salary[who, district],
        float(equilibrium.left_budget[district]),
        float(equilibrium.left_capacity[district]),
    )


def ways_to_choose(problem: Knapsack, seconds: float = 60.0) -> pd.DataFrame:
    """A district's offers by five ways: columns way, offers, value, hires, pay, capacity_price.

    The linear optimum (its value bounds the others', its fractions count as offers), its floor,
    the best whole offers, and the search of appendix E as printed and corrected. As printed hires
    or pay may exceed capacity or budget. Raises as `solve_whole`.
    """
    linear = solve_knapsack(problem)
    rows = [
        ("linear", int((linear.share > 0).sum()), linear.value, linear.used_capacity,
         linear.used_budget, linear.capacity_price),
    ]  # fmt: skip
    sets = {"floor": linear.whole, "whole": solve_whole(problem, seconds).taken}
    for way, taken in sets.items():
        amount = problem.amount[taken]
        value, pay = amount @ problem.value[taken], amount @ problem.cost[taken]
        rows.append((way, int(taken.sum()), value, amount.sum(), pay, np.nan))
    for way, reading in {"printed": PRINTED, "corrected": CORRECTED}.items():
        found = solve_by_critical_item(problem, reading)
        rows.append(
            (way, int(found.taken.sum()), found.value, found.used_capacity, found.used_budget,
             found.capacity_price)
        )  # fmt: skip
    columns = ["way", "offers", "value", "hires", "pay", "capacity_price"]
    return pd.DataFrame(rows, columns=columns)
