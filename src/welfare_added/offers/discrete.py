"""Equilibrium of offers in one draw of shocks: districts' knapsacks and teachers' acceptances.

Biasi (2017), section 7.2.1, step 3. Acceptances start from offers of all districts to all; then
districts choose offers given acceptances, and acceptances follow from offers, until offers repeat.
"""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.assignment.knapsack import TOLERANCE, KnapsackError
from welfare_added.assignment.knapsack_loops import dual_bound, solve, to_vertex
from welfare_added.offers.acceptance_loops import accept_offers
from welfare_added.offers.market import EXIT, Prepared, left_by_stayers

ROUNDS = 100


@dataclass(frozen=True)
class Equilibrium:
    """Offers that no district changes, given who would accept them.

    Attributes
    ----------
    converged
        Whether a round changed no offer, given the acceptances of these offers themselves.
    cycle
        0, or the number of rounds after which offers came back, when first seen; from then on
        acceptances are averaged with those of the round before, until offers repeat.
    changes
        Number of offers that changed, by round.
    offers
        (N, J) of which districts decided; standing offers are not among them.
    accepted
        (N, J) chance that an offer is accepted, if made; of the standing district, to stay.
    exits
        (N,) chance to leave.
    capacity_price, budget_price
        (J,) value of one more post, and of $1,000.
    gap
        (J,) relative gaps between the linear optimum and its dual.
    closed
        (J,) districts whose expected stayers exceed budget or capacity: they make no offers.
    left_budget, left_capacity
        (J,) what expected stayers leave.
    floored
        Number of offers that were fractions, and dropped.

    """

    converged: bool
    cycle: int
    changes: tuple[int, ...]
    offers: np.ndarray = field(repr=False)
    accepted: np.ndarray = field(repr=False)
    exits: np.ndarray = field(repr=False)
    capacity_price: np.ndarray
    budget_price: np.ndarray
    gap: np.ndarray = field(repr=False)
    closed: np.ndarray
    left_budget: np.ndarray = field(repr=False)
    left_capacity: np.ndarray = field(repr=False)
    floored: int

    def matches(self, prepared: Prepared) -> np.ndarray:
        """Chances (N, J) that teachers work in districts; with ``exits`` they sum to one."""
        districts = np.arange(self.offers.shape[1])
        return self.accepted * (self.offers | (prepared.standing[:, None] == districts))

    def hires(self, prepared: Prepared) -> np.ndarray:
        """Expected number (J,) of teachers who accept an offer that was decided about."""
        return (self.accepted * self.offers * prepared.candidate).sum(axis=0)


def solve_discrete(prepared: Prepared, parameters: np.ndarray, shocks: np.ndarray) -> Equilibrium:
    """Equilibrium at centred parameters (9,), given shocks (N, J) with a standard deviation of 1.

    Raises
    ------
    KnapsackError
        If a district's offers are not proven optimal.

    """
    market = prepared.market
    n, districts = market.salary.shape
    values = prepared.teacher_values(parameters)
    payoff = np.ascontiguousarray((prepared.payoffs(parameters)[:, None] + shocks).T)
    offers = prepared.candidate.copy()
    accepted, exits = np.empty((n, districts)), np.empty(n)
    accept_offers(values, offers, prepared.standing, accepted, exits)
    seen, changes, cycle, converged = {}, [], 0, False
    guess, averaged = np.zeros(districts), False
    for rounds in range(ROUNDS):
        chosen = _choose(prepared, payoff, accepted, guess)
        guess = chosen.prices[0]
        changes.append(int((chosen.offers != offers).sum()))
        offers = chosen.offers
        before = accepted.copy()
        accept_offers(values, offers, prepared.standing, accepted, exits)
        if converged := changes[-1] == 0 and not averaged:
            break
        mark = offers.tobytes()
        if mark in seen and not cycle:
            cycle = rounds - seen[mark]
        seen[mark] = rounds
        averaged = bool(cycle) and changes[-1] > 0
        if averaged:
            accepted = 0.5 * (accepted + before)
    accept_offers(values, offers, prepared.standing, accepted, exits)
    return Equilibrium(
        converged, cycle, tuple(changes), offers, accepted, exits, *chosen.prices,
        chosen.gap, chosen.closed, *chosen.left, chosen.floored,
    )  # fmt: skip


def realised(
    prepared: Prepared, matches: np.ndarray, exits: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw matches (N,) from chances; `EXIT` is who leaves."""
    total = np.cumsum(np.column_stack([exits, matches]), axis=1)
    drawn = rng.random(len(exits)) * total[:, -1]
    return (total <= drawn[:, None]).sum(axis=1) + EXIT


@dataclass(frozen=True)
class _Choice:
    offers: np.ndarray
    prices: np.ndarray
    gap: np.ndarray
    closed: np.ndarray
    left: np.ndarray
    floored: int


def _choose(
    prepared: Prepared, payoff: np.ndarray, accepted: np.ndarray, guess: np.ndarray
) -> _Choice:
    """Offers of all districts, given acceptances (N, J); payoff: (J, N), guess: (J,) of prices."""
    market = prepared.market
    n, districts = market.salary.shape
    left = left_by_stayers(prepared, accepted)
    closed = (left < 0).any(axis=0)
    amounts = np.ascontiguousarray(np.where(prepared.candidate, accepted, 0.0).T)
    costs = np.ascontiguousarray(market.salary.T)
    shares = np.zeros((districts, n))
    price, gap, floored = np.zeros((2, districts)), np.zeros(districts), 0
    for j in np.flatnonzero(~closed):
        arrays, limits = (amounts[j], payoff[j], costs[j]), left[:, j]
        *price[:, j], steps = solve(*arrays, *limits, guess[j], shares[j])
        to_vertex(amounts[j], costs[j], limits[0], shares[j])
        bound = dual_bound(*arrays, *limits, *price[:, j])
        gap[j] = (bound - (amounts[j] * shares[j]) @ payoff[j]) / bound if bound else 0.0
        if not abs(gap[j]) <= TOLERANCE:
            raise KnapsackError(
                f"market {market.name}, district {j}: relative gap {gap[j]:.3g} after {steps} steps"
            )
        floored += int(((shares[j] > 0) & (shares[j] < 1)).sum())
    return _Choice((shares == 1.0).T.copy(), price, gap, closed, left, floored)
