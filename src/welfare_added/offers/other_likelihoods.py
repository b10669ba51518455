"""Two other sums that have been maximised: eq. 17 as printed, and frequencies of simulated offers.

Eq. 17 of Biasi (2017) is the log of exp(V_ij) / (1 + sum over offers k of exp(V_ik)) at the match
j, whether or not j is among the offers, and has no chance that the offers are made. Whatever takes
offers away raises it, so that its maximum in districts' payoffs is where nobody offers anything.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.offers.discrete import solve_discrete
from welfare_added.offers.likelihood import LEFT_OUT, kept_matches
from welfare_added.offers.market import EXIT, Prepared

NO_LIKELIHOOD = (
    "eq. 17 as printed is no likelihood: it rises whenever offers are taken away, so that its "
    "maximum in districts' payoffs empties the offers; kept for the record"
)


def literal_sum(prepared: Prepared, parameters: np.ndarray, offers: np.ndarray) -> float:
    """Eq. 17 at centred parameters (9,) and given offers (N, J); warns that it is no likelihood.

    Standing offers count as offers; teachers whom the likelihood leaves out do not count.
    """
    warnings.warn(NO_LIKELIHOOD, stacklevel=2)
    return float(_literal(prepared, parameters, offers).sum())


def literal_of_fewer_offers(
    prepared: Prepared, parameters: np.ndarray, shocks: np.ndarray
) -> pd.DataFrame:
    """Eq. 17 as offers are taken away: columns offers, number, literal.

    Offers of all districts to all; of the equilibrium at shocks (N, J); half of these, the others
    taken away; and none but standing ones.
    """
    equilibrium = solve_discrete(prepared, parameters, shocks)
    flat = np.flatnonzero(equilibrium.offers)
    half = np.zeros(equilibrium.offers.size, dtype=bool)
    half[flat[::2]] = True
    sets = {
        "all": prepared.candidate,
        "equilibrium": equilibrium.offers,
        "half of equilibrium": half.reshape(equilibrium.offers.shape),
        "none": np.zeros_like(equilibrium.offers),
    }
    rows = [
        (name, int(offers.sum()), float(_literal(prepared, parameters, offers).sum()))
        for name, offers in sets.items()
    ]
    return pd.DataFrame(rows, columns=["offers", "number", "literal"])


def _literal(prepared: Prepared, parameters: np.ndarray, offers: np.ndarray) -> np.ndarray:
    match = kept_matches(prepared)
    kept = match != LEFT_OUT
    log_value = np.log(prepared.teacher_values(parameters))
    districts = np.arange(log_value.shape[1])
    has = offers | (prepared.standing[:, None] == districts)
    total = 1.0 + np.where(has, np.exp(log_value), 0.0).sum(axis=1)
    own = np.where(match == EXIT, 0.0, log_value[np.arange(len(match)), np.maximum(match, 0)])
    return (own - np.log(total))[kept]


@dataclass(frozen=True)
class SimulatedSum:
    """Log of mean chances over draws of districts' shocks.

    Attributes
    ----------
    log_likelihood
        Sum over teachers, those without an offer in any draw at half a draw's weight: 1 / (2 R).
    never
        Number of such teachers. Their weight is a choice, and the sum has steps in payoffs.
    converged
        Number of draws whose equilibrium was reached, of all.
    draws
        Number R of draws.

    """

    log_likelihood: float
    never: int
    converged: int
    draws: int


def simulated_likelihood(
    prepared: Prepared, parameters: np.ndarray, draws: int, seed: int
) -> SimulatedSum:
    """Simulate offers in ``draws`` discrete equilibria at centred parameters (9,)."""
    match = kept_matches(prepared)
    rows, district = np.arange(len(match)), np.maximum(match, 0)
    mean, converged = np.zeros(len(match)), 0
    for child in np.random.SeedSequence(seed).spawn(draws):
        shocks = np.random.default_rng(child).standard_normal(prepared.candidate.shape)
        equilibrium = solve_discrete(prepared, parameters, shocks)
        converged += equilibrium.converged
        chances = equilibrium.matches(prepared)[rows, district]
        mean += np.where(match == EXIT, equilibrium.exits, chances)
    mean = mean[match != LEFT_OUT] / draws
    never = mean == 0
    value = np.log(np.where(never, 0.5 / draws, mean)).sum()
    return SimulatedSum(float(value), int(never.sum()), converged, draws)
