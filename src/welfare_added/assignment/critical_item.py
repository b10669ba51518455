"""The search for a capacity price among breakpoints, as Biasi (2017) prints it and corrected.

Appendix E of the paper follows Martello and Toth (2003). For a price q of capacity items are taken
in the order of what they are worth above it for their cost, up to the critical one, at which the
budget is full or an item is worth less than q. The price is searched among those at which the
order changes; of the shares found the floor is taken. An item is worth less than q whatever its
amount, so that one of amount 0 is not critical. Four things are misprinted:

- `breakpoints`: two items change places at (v_j c_i - v_i c_j) / (c_i - c_j); printed with the
  other sign of the denominator, so that prices that matter are negative and dropped;
- `key`: the order is that of (v - q) / c, which the main text has (section 7.1.1); appendix E
  multiplies it by the amount;
- `share`: the critical item's share is (B - sum of a c before it) / (a c); printed (eqs. 12, 24)
  is B - (sum of c before it) / c, read here with the budget for its undefined "c";
- `search`: printed are a stop at R(q) = H and the removal of one median where R(q) > H, and nothing
  for R(q) < H, read here as a stop; corrected is the smallest price beyond which R(q) <= H.
"""

from dataclasses import dataclass

import numpy as np

from welfare_added.assignment.knapsack import Knapsack
from welfare_added.run.errors import UserError

MOST_ITEMS = 6000  # its square is the number of breakpoints
BESIDE = 1e-6  # of the largest price: where shares just beside a price are looked at
TINY = 1e-12
READINGS = ("printed", "corrected")


@dataclass(frozen=True)
class Reading:
    """Which parts of the algorithm are as printed; each "printed" or "corrected"."""

    breakpoints: str = "corrected"
    key: str = "corrected"
    share: str = "corrected"
    search: str = "corrected"


PRINTED = Reading("printed", "printed", "printed", "printed")
CORRECTED = Reading()


@dataclass(frozen=True)
class CriticalItemSolution:
    """What the search ended at.

    Attributes
    ----------
    taken
        (N,) items taken in full.
    value, used_budget, used_capacity
        Of the items taken.
    capacity_price
        Price at which the search ended.
    critical_share
        Share of the critical item before the floor, None if there is no such item. As printed it
        may be no number between 0 and 1.
    prices
        Number of prices among which it searched.

    """

    taken: np.ndarray
    value: float
    used_budget: float
    used_capacity: float
    capacity_price: float
    critical_share: float | None
    prices: int


def solve_by_critical_item(problem: Knapsack, reading: Reading = CORRECTED) -> CriticalItemSolution:
    """Run the search of appendix E. Corrected, it ends at the floor of the linear optimum.

    Raises
    ------
    UserError
        From `Knapsack.check`, on an unknown reading, or above 6,000 items, whose pairs are too
        many to list.

    """
    problem.check()
    if bad := [word for word in vars(reading).values() if word not in READINGS]:
        raise UserError(f"reading {bad[0]!r}: want printed or corrected")
    if len(problem.value) > MOST_ITEMS:
        raise UserError(f"{len(problem.value)} items: the algorithm lists all pairs; want fewer")
    prices = _breakpoints(problem, reading.breakpoints)
    if reading.search == "printed":
        price = _printed_search(problem, prices, reading)
        share, critical = _shares(problem, price, reading)
        taken = np.floor(share) >= 1
    else:
        price, before, after = _corrected_search(problem, prices, reading)
        share, critical = _shares(problem, after, reading)
        taken = np.floor(share) >= 1
        if before is not None:
            taken &= np.floor(_shares(problem, before, reading)[0]) >= 1
    amount = problem.amount[taken]
    return CriticalItemSolution(
        taken,
        float(amount @ problem.value[taken]),
        float(amount @ problem.cost[taken]),
        float(amount.sum()),
        price,
        None if critical < 0 else float(share[critical]),
        len(prices),
    )


def _breakpoints(problem: Knapsack, reading: str) -> np.ndarray:
    """The set S: 0, values, and where two items change places, without negative ones."""
    i, j = np.triu_indices(len(problem.value), 1)
    value, cost = problem.value, problem.cost
    apart = cost[i] != cost[j]
    i, j = i[apart], j[apart]
    pairs = (value[j] * cost[i] - value[i] * cost[j]) / (cost[i] - cost[j])
    pairs = -pairs if reading == "printed" else pairs
    return np.unique(np.concatenate([[0.0], value[value > 0], pairs[pairs > 0]]))


def _shares(problem: Knapsack, price: float, reading: Reading) -> tuple[np.ndarray, int]:
    """Shares (N,) at a price, and the critical item, -1 if all are taken."""
    net = problem.value - price
    key = net / problem.cost
    if reading.key == "printed":
        key = problem.amount * key
    order = np.argsort(-key, kind="stable")
    spent = np.cumsum((problem.amount * problem.cost)[order])
    stops = (spent > problem.budget) | (net <= 0)[order]
    share = np.zeros(len(net))
    if not stops.any():
        share[:] = 1.0
        return share, -1
    place = int(np.argmax(stops))
    share[order[:place]] = 1.0
    item = order[place]
    if problem.amount[item] * net[item] > 0:
        share[item] = _critical_share(problem, order, place, reading.share)
    return share, int(item)


def _critical_share(problem: Knapsack, order: np.ndarray, place: int, reading: str) -> float:
    item, before = order[place], order[:place]
    if reading == "printed":
        return problem.budget - problem.cost[before].sum() / problem.cost[item]
    spent = (problem.amount * problem.cost)[before].sum()
    return (problem.budget - spent) / (problem.amount[item] * problem.cost[item])


def _capacity(problem: Knapsack, price: float, reading: Reading) -> float:
    """R(q): the capacity that the shares use."""
    return float(problem.amount @ _shares(problem, price, reading)[0])


def _printed_search(problem: Knapsack, prices: np.ndarray, reading: Reading) -> float:
    prices = list(prices)
    while True:
        middle = (len(prices) - 1) // 2
        price = float(prices[middle])
        if _capacity(problem, price, reading) <= problem.capacity or len(prices) == 1:
            return price
        prices.pop(middle)


def _corrected_search(
    problem: Knapsack, prices: np.ndarray, reading: Reading
) -> tuple[float, float | None, float]:
    """The price, and prices just before it (None if it is 0) and just after it."""
    step = np.minimum(0.5 * np.diff(prices, append=np.inf), BESIDE * prices[-1] + TINY)
    low, high = 0, len(prices) - 1  # at the last price nothing is taken
    while low < high:
        middle = (low + high) // 2
        if _capacity(problem, prices[middle] + step[middle], reading) <= problem.capacity:
            high = middle
        else:
            low = middle + 1
    price = float(prices[low])
    before = price - min(float(step[low]), 0.5 * (price - float(prices[low - 1]))) if low else None
    return price, before, price + float(step[low])
