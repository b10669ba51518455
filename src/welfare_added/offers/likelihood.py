"""Log-likelihood of matches in the threshold form, with exact scores through the equilibrium.

P_i(j) = E[1(j offers) exp(V_ij) / (1 + sum over offers k of exp(V_ik))], the expectation being over
shocks of districts' payoffs, given the prices that keep budgets and capacities. Their scale is one:
payoffs times a constant leave every offer as it is, so that only ratios to it are identified.
"""

import numpy as np
from scipy.special import log_ndtr

from welfare_added.offers.acceptance_loops import derivatives
from welfare_added.offers.market import EXIT, Market, Prepared, Rules, prepare
from welfare_added.offers.parameters import NAMES
from welfare_added.offers.thresholds import Thresholds, nodes, solve_thresholds
from welfare_added.run.errors import UserError

LEFT_OUT = -2  # match of teachers whom the likelihood leaves out


class ThresholdLikelihood:
    """Markets with observed matches; a model for `choice.maximum`, at centred parameters.

    Attributes
    ----------
    names
        Of the parameters.
    markets
        Prepared markets.
    clusters
        (A,) district of origin of each teacher of the likelihood, over all markets; entrants of a
        market are one cluster.
    left_out
        Number of teachers without value added: under "no offers" they get none from outside, so
        that the model has no chance for those who moved.
    hires
        Number of teachers in the likelihood who are matched with a district not their own.

    """

    names = NAMES

    def __init__(self, markets: list[Market], rules: Rules):
        """Prepare markets.

        Raises
        ------
        UserError
            From `prepare`, or if a market has no matches, or one that is impossible.

        """
        self.markets = [prepare(market, rules) for market in markets]
        self.rules = rules
        self._match = [kept_matches(prepared) for prepared in self.markets]
        self._start = [None] * len(markets)
        labels, first, self.hires = [], 0, 0
        for prepared, match in zip(self.markets, self._match, strict=True):
            origin = prepared.market.origin[match != LEFT_OUT]
            self.hires += int(((match >= 0) & (match != prepared.market.origin)).sum())
            labels.append(first + 1 + origin)
            first += prepared.market.salary.shape[1] + 1
        self.clusters = np.concatenate(labels)
        self.left_out = sum(int((match == LEFT_OUT).sum()) for match in self._match)

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) and scores (A, 9) by teacher; nan where no equilibrium is found.

        Scores hold what prices change: their derivatives solve the districts' conditions, made
        linear at the equilibrium.
        """
        found = [self._market(k, np.asarray(parameters)) for k in range(len(self.markets))]
        return tuple(map(np.concatenate, zip(*found, strict=True)))

    def equilibria(self, parameters: np.ndarray) -> list[Thresholds]:
        """Equilibrium of each market at centred parameters."""
        return [solve_thresholds(prepared, parameters) for prepared in self.markets]

    def _market(self, number: int, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        prepared, match = self.markets[number], self._match[number]
        kept = match != LEFT_OUT
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            equilibrium = solve_thresholds(prepared, parameters, self._start[number])
            if not equilibrium.converged and self._start[number] is not None:
                equilibrium = solve_thresholds(prepared, parameters)
            if not equilibrium.converged:
                size = int(kept.sum())
                return np.full(size, np.nan), np.full((size, len(NAMES)), np.nan)
            self._start[number] = (equilibrium.capacity_price, equilibrium.budget_price)
            chance, ratio = _chances(prepared, parameters, equilibrium, match)
            score = _scores(prepared, equilibrium, match, ratio)
        return chance[kept], score[kept]


def kept_matches(prepared: Prepared) -> np.ndarray:
    """Matches (N,) with `LEFT_OUT` for teachers without value added who get no offers."""
    market = prepared.market
    if market.match is None:
        raise UserError(f"market {market.name}: no matches, which the likelihood needs")
    match = np.array(market.match, dtype=np.int64)
    decided = prepared.candidate.any(axis=1)
    match[~decided] = LEFT_OUT
    return match


def _chances(
    prepared: Prepared, parameters: np.ndarray, equilibrium: Thresholds, match: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log-chance (N,) of each match, and density over chance (N,) of its offer."""
    market = prepared.market
    rows = np.arange(len(match))
    district = np.maximum(match, 0)
    price = equilibrium.capacity_price + equilibrium.budget_price * market.salary
    payoff = prepared.payoffs(parameters) - price[rows, district]
    log_offer = log_ndtr(payoff)
    log_offer[equilibrium.closed[district]] = -np.inf
    ratio = np.exp(-0.5 * payoff**2 - 0.5 * np.log(2 * np.pi) - log_offer)
    log_chance = np.log(equilibrium.accepted[rows, district])
    decided = prepared.candidate[rows, district] & (match >= 0)
    log_chance = np.where(decided, log_chance + log_offer, log_chance)
    log_chance = np.where(match == EXIT, np.log(equilibrium.exits), log_chance)
    return log_chance, np.where(decided, ratio, 0.0)


def _scores(
    prepared: Prepared, equilibrium: Thresholds, match: np.ndarray, ratio: np.ndarray
) -> np.ndarray:
    """Scores (N, 9) of log-chances, in centred parameters."""
    market, size = prepared.market, len(NAMES)
    n, districts = market.salary.shape
    score, by_price = np.zeros((n, size)), np.zeros((n, 2 * districts))
    use_by_price, use = np.zeros((2 * districts, 2 * districts)), np.zeros((2 * districts, size))
    derivatives(
        equilibrium.values, equilibrium.offered, equilibrium.slope, prepared.candidate,
        prepared.standing, prepared.covariates, prepared.traits, market.salary, match, ratio,
        *nodes(), score, by_price, use_by_price, use,
    )  # fmt: skip
    binds = np.concatenate([equilibrium.capacity_price > 0, equilibrium.budget_price > 0])
    binds &= ~np.tile(equilibrium.closed, 2)
    if binds.any():
        try:
            moved = -np.linalg.solve(use_by_price[np.ix_(binds, binds)], use[binds])
        except np.linalg.LinAlgError:  # nobody is hired at any price nearby
            return np.full_like(score, np.nan)
        score += by_price[:, binds] @ moved
    return score
