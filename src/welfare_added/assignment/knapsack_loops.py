"""Compiled search of the linear knapsack with a budget and a capacity, by unsettled items.

For a price c of capacity, the items with the largest (value - c) / cost fill the budget; the ratio
at which it is full is the price of the budget. The capacity then used, R(c), does not increase in
c. A bracket of c, and with it one of the price of the budget, settles every item whose value less
both prices keeps its sign in it. What is left shrinks until no price inside the bracket is better.
"""

import numpy as np
from numba import njit

MARGIN = 1e-11  # of the largest value: an item settles only if clear of zero by as much
FULL = 1e-9  # of an item: a budget that ends so near an item's edge leaves its price open
SAME = 1e-15  # of all values: gain that is rounding
AROUND = np.array([0.98, 1.02])  # a guess
STEPS = 400


@njit(cache=True, nogil=True)
def solve(amount, value, cost, budget, capacity, guess, share):
    """Write the shares (N,) taken; returns price of capacity, price of budget, and steps.

    guess: a price of capacity to be tried around first, 0 for none.

    amount, value, cost: (N,) max sum amount share value, given sums of amount share cost and of
    amount share. All costs are positive; amounts, budget and capacity are not negative.
    """
    n, highest, total = 0, 0.0, 0.0
    left = np.empty(len(value), np.int64)
    money, room = budget, capacity
    for i in range(len(value)):
        share[i] = 0.0
        if value[i] > 0.0 and amount[i] > 0.0:
            left[n] = i
            n += 1
            highest = max(highest, value[i])
            total += amount[i] * value[i]
            money -= amount[i] * cost[i]
            room -= amount[i]
    if money >= 0.0 and room >= 0.0:
        for k in range(n):
            share[left[k]] = 1.0
        return 0.0, 0.0, 0
    if capacity == 0.0:
        return highest, 0.0, 0
    money, room = budget, capacity
    ratio, at = np.empty(n), np.empty(n, np.int64)
    low_share, high_share, new_share = np.zeros(n), np.zeros(n), np.zeros(n)
    low, high = 0.0, highest
    low_used, price, _, low_most = _fill(
        low, left, n, amount, value, cost, money, 0.0, np.inf, ratio, at, low_share
    )
    if low_used <= room:
        _write(left, n, low_share, share)
        return low, price, 1
    high_used, high_least = 0.0, 0.0
    low_slope, high_slope = low_used - room, high_used - room
    stalled, steps, best, before = 0, 1, highest, 2 * n
    while steps < STEPS:
        n, money, room = _settle(
            left, n, amount, value, cost, money, room, share,
            low, high, high_least, low_most, MARGIN * highest, low_share, high_share,
        )  # fmt: skip
        tangent = steps % 2 == 0 or n < 32 or 2 * n > before
        before = n
        gain, more = 0.0, 0.0
        for k in range(n):
            difference = amount[left[k]] * (low_share[k] - high_share[k])
            gain += difference * value[left[k]]
            more += difference
        middle = gain / more if more > 0.0 else low
        if not tangent:
            other = (high * low_slope - low * high_slope) / (low_slope - high_slope)
            if low < other < high:
                middle = other
            else:
                tangent = True
        if steps < 3 and low < guess * AROUND[steps - 1] < high:
            middle, tangent = guess * AROUND[steps - 1], False
        middle = min(max(middle, low), high)
        steps += 1
        used, price, least, most = _fill(
            middle, left, n, amount, value, cost, money, high_least, low_most, ratio, at, new_share
        )
        best = middle
        if tangent:
            better = 0.0
            for k in range(n):
                i = left[k]
                better += amount[i] * (value[i] - middle) * (new_share[k] - low_share[k])
            if better <= SAME * total or middle <= low or middle >= high:
                part = min(max((room - _sum(left, n, amount, high_share)) / more, 0.0), 1.0)
                for k in range(n):
                    if low_share[k] != high_share[k]:
                        low_share[k] = part * low_share[k] + (1.0 - part) * high_share[k]
                break
        if used == room:
            low_share[:n] = new_share[:n]
            break
        if used > room:
            low, low_slope, low_most = middle, used - room, most
            low_share[:n] = new_share[:n]
            high_slope *= 0.5 if stalled == 1 else 1.0
            stalled = 1
        else:
            high, high_slope, high_least = middle, used - room, least
            high_share[:n] = new_share[:n]
            low_slope *= 0.5 if stalled == -1 else 1.0
            stalled = -1
    _write(left, n, low_share, share)
    return best, price, steps


@njit(nogil=True)
def _settle(
    left, n, amount, value, cost, money, room, share,
    low, high, least, most, margin, low_share, high_share,
):  # fmt: skip
    """Drop settled items from the list; returns how many are left, and budget and capacity."""
    kept = 0
    for k in range(n):
        i = left[k]
        if value[i] - low - least * cost[i] < -margin:
            continue
        if most < np.inf and value[i] - high - most * cost[i] > margin:
            share[i] = 1.0
            money -= amount[i] * cost[i]
            room -= amount[i]
            continue
        left[kept], low_share[kept], high_share[kept] = i, low_share[k], high_share[k]
        kept += 1
    return kept, money, room


@njit(nogil=True)
def _fill(price, left, n, amount, value, cost, money, least, most, ratio, at, share):
    """Fill a budget in the order of (value - price) / cost, equal ones by number.

    Writes shares of the n items left; returns the capacity that they use, the price of the budget,
    and the smallest and largest price that the same filling has.
    """
    m = 0
    for k in range(n):
        share[k] = 0.0
        net = value[left[k]] - price
        if net > 0.0:
            ratio[k] = net / cost[left[k]]
            at[m] = k
            m += 1
    start, stop, spent = 0, m, 0.0
    critical = -1.0
    while start < stop:
        pivot = _middle(ratio[at[start]], ratio[at[(start + stop) // 2]], ratio[at[stop - 1]])
        above, below, k = start, stop, start
        money_above, money_equal = 0.0, 0.0
        while k < below:
            item = at[k]
            if ratio[item] > pivot:
                money_above += amount[left[item]] * cost[left[item]]
                at[k], at[above] = at[above], item
                above += 1
                k += 1
            elif ratio[item] < pivot:
                below -= 1
                at[k], at[below] = at[below], item
            else:
                money_equal += amount[left[item]] * cost[left[item]]
                k += 1
        if spent + money_above > money:
            stop = above
        elif spent + money_above + money_equal > money:
            start, stop, critical = above, below, pivot
            spent += money_above
            break
        else:
            spent += money_above + money_equal
            start = below
    for k in range(start):
        share[at[k]] = 1.0
    if critical < 0.0:
        used = _sum(left, n, amount, share)
        if least > 0.0:  # the budget is full but for rounding
            return used, least, least, most
        slack = money - spent > FULL * money
        return used, 0.0, 0.0, 0.0 if slack else most
    equal = np.sort(at[start:stop])
    filled = 0.0
    first, last = True, True
    for k in range(len(equal)):
        need = amount[left[equal[k]]] * cost[left[equal[k]]]
        filled = min(max((money - spent) / need, 0.0), 1.0)
        share[equal[k]] = filled
        first = k == 0 and filled < FULL
        last = k == len(equal) - 1 and filled > 1.0 - FULL
        if filled < 1.0:
            break
        spent += need
    lower, upper = critical, critical
    if first:
        upper = most
        for k in range(start):
            upper = min(upper, ratio[at[k]])
    if last:
        lower = least
        for k in range(stop, m):
            lower = max(lower, ratio[at[k]])
    used = _sum(left, n, amount, share)
    price = min(max(critical, least), most)
    return used, price, min(lower, price), max(upper, price)


@njit(nogil=True)
def _middle(a, b, c):
    """The middle one of three."""
    return max(min(a, b), min(max(a, b), c))


@njit(nogil=True)
def _sum(left, n, amount, share):
    total = 0.0
    for k in range(n):
        total += amount[left[k]] * share[k]
    return total


@njit(nogil=True)
def _write(left, n, found, share):
    for k in range(n):
        share[left[k]] = found[k]


@njit(cache=True, nogil=True)
def to_vertex(amount, cost, budget, share):
    """Leave at most two shares between 0 and 1, where items are tied; value and use stay.

    Of items of equal cost the first in number are raised and the last lowered; of three costs, the
    cheapest and dearest go against the middle one so that the first in number rises.
    """
    number, spent = 0, 0.0
    for i in range(len(share)):
        number += 0.0 < share[i] < 1.0
        spent += amount[i] * share[i] * cost[i]
    if number < 2:
        return
    parts = np.empty(number, np.int64)
    number = 0
    for i in range(len(share)):
        if 0.0 < share[i] < 1.0:
            parts[number] = i
            number += 1
    parts = parts[np.argsort(cost[parts], kind="mergesort")]
    begin = 0
    while begin < number:
        end = begin
        while end < number and cost[parts[end]] == cost[parts[begin]]:
            end += 1
        p, q = begin, end - 1
        while p < q:
            i, j = parts[p], parts[q]
            step = min(amount[i] * (1.0 - share[i]), amount[j] * share[j])
            rises = amount[i] * (1.0 - share[i]) <= step
            falls = amount[j] * share[j] <= step
            share[i] = 1.0 if rises else share[i] + step / amount[i]
            share[j] = 0.0 if falls else share[j] - step / amount[j]
            p += rises
            q -= falls
        begin = end
    partial, count = np.empty(3, np.int64), 0
    for k in range(number):
        if not 0.0 < share[parts[k]] < 1.0:
            continue
        partial[count] = parts[k]
        count += 1
        if count == 3:
            _three(partial, amount, cost, share)
            count = 0
            for place in range(3):
                if 0.0 < share[partial[place]] < 1.0:
                    partial[count] = partial[place]
                    count += 1
    if count == 2:
        _two(partial[0], partial[1], amount, cost, budget - spent, share)


@njit(nogil=True)
def _three(items, amount, cost, share):
    """Move three shares along the line on which neither sum changes, until one is 0 or 1."""
    cheap, middle, dear = items[0], items[1], items[2]
    slope = np.empty(3)
    slope[0] = (cost[dear] - cost[middle]) / amount[cheap]
    slope[1] = -(cost[dear] - cost[cheap]) / amount[middle]
    slope[2] = (cost[middle] - cost[cheap]) / amount[dear]
    if middle < cheap and middle < dear:
        slope *= -1.0
    step = np.inf
    for k in range(3):
        room = (1.0 - share[items[k]]) if slope[k] > 0.0 else share[items[k]]
        step = min(step, room / abs(slope[k]))
    for k in range(3):
        i = items[k]
        room = (1.0 - share[i]) if slope[k] > 0.0 else share[i]
        if room / abs(slope[k]) <= step:
            share[i] = 1.0 if slope[k] > 0.0 else 0.0
        else:
            share[i] += step * slope[k]


@njit(nogil=True)
def _two(cheap, dear, amount, cost, slack, share):
    """Where money is left, move capacity from the cheap to the dear item, of the same value."""
    if slack <= FULL * cost[dear] * amount[dear]:
        return
    step = min(amount[dear] * (1.0 - share[dear]), amount[cheap] * share[cheap])
    step = min(step, slack / (cost[dear] - cost[cheap]))
    full = amount[dear] * (1.0 - share[dear]) <= step
    none = amount[cheap] * share[cheap] <= step
    share[dear] = 1.0 if full else share[dear] + step / amount[dear]
    share[cheap] = 0.0 if none else share[cheap] - step / amount[cheap]


@njit(cache=True, nogil=True)
def dual_bound(amount, value, cost, budget, capacity, capacity_price, budget_price):
    """Value that no shares exceed: prices of both constraints, and what items are worth above."""
    bound = capacity_price * capacity + budget_price * budget
    for i in range(len(value)):
        net = value[i] - capacity_price - budget_price * cost[i]
        if net > 0.0:
            bound += amount[i] * net
    return bound
