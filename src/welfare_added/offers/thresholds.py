"""Equilibrium in thresholds: offers go to whom the payoff exceeds the prices of post and salary.

Given a district's prices q of capacity and p of $1,000, an offer is made if x'beta + shock exceeds
q + p w: offers of districts are independent, and the chance that one is accepted is an integral
(see `acceptance_loops`). Prices and chances are repeated until they agree. It is the limit of the
discrete game of `discrete` in a large market.
"""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.offers.acceptance_loops import accept_expected
from welfare_added.offers.market import Prepared, left_by_stayers
from welfare_added.offers.quadrature import NARROW, double_exponential, laguerre
from welfare_added.offers.threshold_loops import offer_chances, prices

TOLERANCE = 1e-11  # largest change of a chance of an offer
ROUNDS = 200
REMEMBERED = 6  # rounds that the next prices are mixed of
GROWTH = 2.0  # of the distance from the answers, above which the past is forgotten


@dataclass(frozen=True)
class Thresholds:
    """An equilibrium of chances.

    Attributes
    ----------
    converged
        Whether prices and chances agree, and every search of prices ended.
    rounds
        How often they were computed.
    change
        Largest change of a chance of an offer in the last round.
    values
        (N, J) exp(V), relative to the outside option.
    capacity_price, budget_price
        (J,) of one more post, and of $1,000 more, in SDs of the shock; 0 of closed districts.
    closed
        (J,) districts whose expected stayers exceed budget or capacity: they make no offers.
    offered, slope
        (N, J) chance of an offer to a candidate, and its derivative in the payoff.
    accepted
        (N, J) chance that an offer is accepted; of the standing district, to stay.
    exits
        (N,) chance to leave.
    left_budget, left_capacity
        (J,) what the expected stayers leave.

    """

    converged: bool
    rounds: int
    change: float
    values: np.ndarray = field(repr=False)
    capacity_price: np.ndarray
    budget_price: np.ndarray
    closed: np.ndarray
    offered: np.ndarray = field(repr=False)
    slope: np.ndarray = field(repr=False)
    accepted: np.ndarray = field(repr=False)
    exits: np.ndarray = field(repr=False)
    left_budget: np.ndarray = field(repr=False)
    left_capacity: np.ndarray = field(repr=False)

    def matches(self, prepared: Prepared) -> np.ndarray:
        """Chances (N, J) that teachers work in districts; with ``exits`` they sum to one."""
        return self.accepted * np.where(prepared.candidate, self.offered, 1.0)

    def hires(self, prepared: Prepared) -> np.ndarray:
        """Expected number (J,) of teachers who accept an offer that was decided about."""
        return (self.accepted * self.offered * prepared.candidate).sum(axis=0)


def nodes() -> tuple:
    """What the loops take: the largest relative worth for few nodes, and both rules."""
    return (NARROW, *laguerre(), *double_exponential())


def solve_thresholds(
    prepared: Prepared, parameters: np.ndarray, start: tuple[np.ndarray, np.ndarray] | None = None
) -> Thresholds:
    """Equilibrium at centred parameters (9,).

    start: prices (J,) of capacity and budget to begin with. The result says whether it converged.
    """
    market = prepared.market
    n, districts = market.salary.shape
    values, payoff = prepared.teacher_values(parameters), prepared.payoffs(parameters)
    salary, candidate = market.salary, prepared.candidate
    price = np.zeros((2, districts)) if start is None else np.array(start, dtype=float)
    offered, slope, accepted = (np.zeros((n, districts)) for _ in range(3))
    exits, closed = np.empty(n), np.zeros(districts, dtype=bool)
    costs = np.ascontiguousarray(salary.T)
    before, ended, rounds, mixing = None, True, 0, _Mixing(salary)
    while rounds < ROUNDS:
        rounds += 1
        offer_chances(payoff, salary, *price, candidate, closed, offered, slope)
        change = np.inf if before is None else float(np.abs(offered - before).max(initial=0.0))
        if not np.isfinite(values).all() or (change <= TOLERANCE and ended):
            break
        before = offered.copy()
        accept_expected(values, offered, candidate, prepared.standing, *nodes(), accepted, exits)
        left = left_by_stayers(prepared, accepted)
        closed = (left < 0).any(axis=0)
        asked = np.ascontiguousarray(np.where(candidate, accepted, 0.0).T)
        ended, answer = True, price.copy()
        for j in np.flatnonzero(~closed):
            *answer[:, j], good = prices(asked[j], payoff, costs[j], *left[:, j], price[:, j])
            ended &= good
        price = mixing.step(price, answer)
    converged = bool(ended and change <= TOLERANCE)
    accept_expected(values, offered, candidate, prepared.standing, *nodes(), accepted, exits)
    left = left_by_stayers(prepared, accepted)
    price = np.where(closed, 0.0, price)
    return Thresholds(
        converged, rounds, change, values, *price, closed, offered, slope, accepted, exits, *left
    )


class _Mixing:
    """Anderson's mixing of a fixed point's rounds; plain rounds have the same fixed point."""

    def __init__(self, salary: np.ndarray):
        self._scale = np.array([[1.0], [salary.mean()]])  # of both prices, in payoff
        self._steps, self._answers, self._last = [], [], np.inf

    def step(self, price: np.ndarray, answer: np.ndarray) -> np.ndarray:
        """Next prices (2, J), not negative, from those tried and the answers to them."""
        step = ((answer - price) * self._scale).ravel()
        size = float(np.abs(step).max(initial=0.0))
        if size > GROWTH * self._last:
            self._steps, self._answers = [], []
        self._last = size
        self._steps = [*self._steps, step][-REMEMBERED:]
        self._answers = [*self._answers, answer][-REMEMBERED:]
        if len(self._steps) == 1:
            return answer
        differences = np.diff(np.array(self._steps), axis=0).T
        weight = np.linalg.lstsq(differences, step, rcond=1e-10)[0]
        moved = np.tensordot(weight, np.diff(np.array(self._answers), axis=0), axes=1)
        return np.maximum(answer - moved, 0.0)
