"""Compiled search of the prices at which a district's expected hires keep budget and capacity.

Offers go to whom payoff b_i plus a standard normal shock exceeds q + p w_i. The prices minimise

    q H + p B + sum_i h_i E max(b_i + shock - q - p w_i, 0)   over   q, p >= 0,

which is smooth and convex. For a price q of capacity, Newton's method finds the price p at which
the budget is spent; around it, Newton's method finds the q at which capacity is filled. Each step
that leaves its bracket is replaced by the middle of the bracket.
"""

import math

import numpy as np
from numba import njit

PRECISE = 1e-12  # of budget and capacity
STEPS = 200
FAR = 40.0  # shocks, beyond which nobody is offered a post
ROOT_TWO = math.sqrt(2.0)
DENSITY = 1.0 / math.sqrt(2.0 * math.pi)


@njit(cache=True, nogil=True)
def offer_chances(payoff, cost, capacity_price, budget_price, candidate, closed, chance, slope):
    """Write chances (N, J) of offers at prices (J,), and their derivative in the payoff."""
    n, districts = cost.shape
    for i in range(n):
        for j in range(districts):
            chance[i, j], slope[i, j] = 0.0, 0.0
            if candidate[i, j] and not closed[j]:
                z = payoff[i] - capacity_price[j] - budget_price[j] * cost[i, j]
                chance[i, j] = 0.5 * math.erfc(-z / ROOT_TWO)
                slope[i, j] = DENSITY * math.exp(-0.5 * z * z)


@njit(cache=True, nogil=True)
def prices(accepted, payoff, cost, budget, capacity, start):
    """Prices of capacity and of budget of one district, and whether both searches ended.

    accepted: (N,) chance that an offer is accepted, 0 of who is no candidate. start: a guess of
    the two prices.
    """
    use, spent, _, _, _ = _used(accepted, payoff, cost, 0.0, 0.0)
    if use <= capacity and spent <= budget:
        return 0.0, 0.0, True
    count, highest, cheapest = 0, -np.inf, np.inf
    for i in range(len(payoff)):
        if accepted[i] > 0.0:
            count += 1
            highest = max(highest, payoff[i])
            cheapest = min(cheapest, cost[i])
    if capacity == 0.0 or budget == 0.0:
        return max(highest, 0.0) + FAR, 0.0, True
    price, ended = _budget_price(
        accepted, payoff, cost, budget, 0.0, highest, cheapest, start[1] if start[0] == 0.0 else 0.0
    )
    use, _, hires, money, squared = _used(accepted, payoff, cost, 0.0, price)
    if use <= capacity * (1.0 + PRECISE):
        return 0.0, price, ended
    low, high = 0.0, max(highest, 0.0) + FAR
    at, guess = start[0], start[1]
    if not low < at < high:
        at, guess = 0.5, price
    for _ in range(STEPS):
        price, ended = _budget_price(accepted, payoff, cost, budget, at, highest, cheapest, guess)
        use, _, hires, money, squared = _used(accepted, payoff, cost, at, price)
        excess = use - capacity
        if abs(excess) <= PRECISE * capacity or high - low <= PRECISE * high:
            return at, price, ended
        if excess > 0.0:
            low = at
        else:
            high = at
        fall = hires
        if price > 0.0 and squared > 0.0:
            fall -= money * money / squared
        step = excess / fall if fall > 0.0 else np.inf
        guess = price
        if low < at + step < high:
            if price > 0.0 and squared > 0.0:
                guess = max(price - step * money / squared, 0.0)
            at += step
        else:
            at = 0.5 * (low + high)
    return at, price, False


@njit(nogil=True)
def _budget_price(accepted, payoff, cost, budget, capacity_price, highest, cheapest, guess):
    """Price at which the budget is spent, 0 if it is not, and whether the search ended."""
    _, spent, _, _, _ = _used(accepted, payoff, cost, capacity_price, 0.0)
    if spent <= budget:
        return 0.0, True
    low, high = 0.0, max(highest - capacity_price + FAR, FAR) / cheapest
    at = guess if low < guess < high else 0.5 / cheapest
    for _ in range(STEPS):
        _, spent, _, _, squared = _used(accepted, payoff, cost, capacity_price, at)
        excess = spent - budget
        if abs(excess) <= PRECISE * budget or high - low <= PRECISE * high:
            return at, True
        if excess > 0.0:
            low = at
        else:
            high = at
        step = excess / squared if squared > 0.0 else np.inf
        at = at + step if low < at + step < high else 0.5 * (low + high)
    return at, False


@njit(nogil=True)
def _used(accepted, payoff, cost, capacity_price, budget_price):
    """Expected hires and salaries, and sums of h density, h density w and h density w^2."""
    use, spent, hires, money, squared = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(payoff)):
        h = accepted[i]
        if h > 0.0:
            w = cost[i]
            z = payoff[i] - capacity_price - budget_price * w
            part = h * 0.5 * math.erfc(-z / ROOT_TWO)
            use += part
            spent += part * w
            if abs(z) < FAR:
                part = h * DENSITY * math.exp(-0.5 * z * z)
                hires += part
                money += part * w
                squared += part * w * w
    return use, spent, hires, money, squared
