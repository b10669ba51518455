"""Tables of the two-sided model, put together (tables 13 and 14, figures 9 to 12)."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.offers.discrete import solve_discrete
from welfare_added.offers.district_tables import district_problem, shadow_prices, ways_to_choose
from welfare_added.offers.elasticities import Point
from welfare_added.offers.estimate import Fit
from welfare_added.offers.fit_moments import fit_moments
from welfare_added.offers.likelihood import ThresholdLikelihood
from welfare_added.offers.market import Market, Prepared, Rules, prepare
from welfare_added.offers.other_likelihoods import literal_of_fewer_offers, simulated_likelihood
from welfare_added.offers.parameters import NAMES, centred
from welfare_added.offers.scheme_bands import outcome_bands
from welfare_added.offers.scheme_outcomes import scheme_outcomes
from welfare_added.offers.scheme_readings import scheme_readings
from welfare_added.offers.schemes import Scheme
from welfare_added.offers.state_markets import StateMarket, market_of
from welfare_added.offers.thresholds import Thresholds, solve_thresholds
from welfare_added.value_added.significant import significant_table

log = logging.getLogger(__name__)
SIGMA = "sigma"
SHOWN_DIGITS = 6  # of readings
NORMALISED = "not identified: payoffs times a constant leave every offer as it is, so it is 1"


def estimates_of(fit: Fit) -> pd.DataFrame:
    """`Fit.table` with converged, and a row for the normalised SD of the shock."""
    sigma = {"side": "district", "parameter": SIGMA, "estimate": 1.0, "identified": False}
    rows = pd.DataFrame([{**sigma, "reason": NORMALISED}])
    whole = pd.concat([fit.table(), rows], ignore_index=True)
    return whole.assign(converged=fit.maximum.converged)


def beside_truth(estimates: pd.DataFrame, truth: np.ndarray | None) -> pd.DataFrame:
    """`estimates_of` with column truth: planted parameters (9,), or missing if there are none."""
    planted = {} if truth is None else {**dict(zip(NAMES, truth, strict=True)), SIGMA: 1.0}
    return estimates.assign(truth=estimates["parameter"].map(planted).astype(float))


def point_of(at: Mapping[str, float]) -> Point:
    """Where elasticities are taken; at: evaluated_at of calibration/inputs.yaml."""
    return Point(at["salary"] / 1000, at["distance"], at["poor_percent"], at["one_minus_p"])


def solved(
    markets: Sequence[Market], rules: Rules, parameters: np.ndarray
) -> tuple[list[Prepared], list[Thresholds]]:
    """Markets and their equilibria of thresholds at parameters (9,) in the units of `Fit`.

    The log names markets whose equilibrium was not reached.
    """
    prepared = [prepare(one, rules) for one in markets]
    at = centred(parameters, rules.salary_centre)
    equilibria = [solve_thresholds(one, at) for one in prepared]
    if missed := [
        own.name for own, one in zip(markets, equilibria, strict=True) if not one.converged
    ]:
        log.warning("no equilibrium was reached in market %s", ", ".join(missed))
    return prepared, equilibria


def moments_of(
    years: Mapping[int, Sequence[Market]], rules: Rules, parameters: np.ndarray
) -> pd.DataFrame:
    """Table 14: year and the columns of `fit_moments`."""
    tables = [
        fit_moments(*solved(markets, rules, parameters)).assign(year=year)
        for year, markets in years.items()
    ]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["year", *whole.columns.drop("year")]]


def prices_of(
    markets: Sequence[Market],
    rules: Rules,
    parameters: np.ndarray,
    names: Sequence[np.ndarray] | None = None,
) -> pd.DataFrame:
    """`shadow_prices` of all markets; names: districts' own, in place of their numbers.

    The log names districts that make no offers, since stayers exceed their budget or capacity.
    """
    tables = []
    for number, pair in enumerate(zip(*solved(markets, rules, parameters), strict=True)):
        table = shadow_prices(*pair)
        tables.append(table if names is None else table.assign(district=names[number]))
        if len(closed := tables[-1].loc[tables[-1]["closed"], "district"]):
            log.warning(
                "market %s: %d of %d districts make no offers, since expected stayers exceed "
                "their budget or capacity: %s",
                *(markets[number].name, len(closed), len(table), ", ".join(map(str, closed))),
            )
    return pd.concat(tables, ignore_index=True)


def scheme_table(
    markets: list[StateMarket], district: str, fit: Fit, rules: Rules, chosen: Mapping
) -> pd.DataFrame:
    """Figures 9 to 12: `scheme_outcomes` of a district, with bands.

    chosen: deltas, scheme (shape, balance), bands (draws, seed); 0 draws, or no standard errors to
    draw from: no bands. The log says how many schemes have no equilibrium, and how many draws of
    bands are left out.
    """
    own, at = market_of(markets, district)
    scheme = Scheme(**chosen["scheme"])

    def outcomes(parameters: np.ndarray) -> pd.DataFrame:
        return scheme_outcomes(
            own.market, at, own.delta, chosen["deltas"], scheme, parameters, rules
        )

    draws = chosen["bands"]["draws"]
    if draws and np.isfinite(fit.standard_errors).any():
        table = outcome_bands(outcomes, fit, **chosen["bands"])
        if lost := draws - int(table["draws"].iloc[0]):
            log.warning("bands: %d of %d draws have no equilibrium and are left out", lost, draws)
    else:
        bands = ("value_low", "value_high", "percent_low", "percent_high")
        table = outcomes(fit.parameters).assign(**dict.fromkeys(bands, np.nan), draws=0)
    if missed := (~table["converged"]).sum():
        log.warning("schemes: no equilibrium was reached behind %d of %d rows", missed, len(table))
    return table


def readings_table(
    markets: list[StateMarket],
    district: str,
    parameters: Mapping[str, np.ndarray],
    rules: Rules,
    deltas: Sequence[float],
) -> pd.DataFrame:
    """`scheme_readings` of a district, to six digits, since changes may be small beside levels.

    The log says of how many rows there are no outcomes.
    """
    own, at = market_of(markets, district)
    table = scheme_readings(own.market, at, own.delta, deltas, parameters, rules)
    for reason, rows in table["reason"].value_counts().drop("", errors="ignore").items():
        log.warning("readings: %s in %d of %d rows", reason, rows, len(table))
    return significant_table(table, SHOWN_DIGITS)


def likelihoods_beside(
    market: Market, rules: Rules, parameters: np.ndarray, draws: int, seed: int
) -> pd.DataFrame:
    """The three likelihoods of one market at the same parameters.

    Returns likelihood (literal, simulated, threshold), offers (of the literal one: whose), number
    (of offers, of draws, or of teachers), value, never (teachers who had the offer in no draw).
    """
    prepared, at = prepare(market, rules), centred(parameters, rules.salary_centre)
    shocks = np.random.default_rng(np.random.SeedSequence(seed)).standard_normal(
        market.salary.shape
    )
    literal = literal_of_fewer_offers(prepared, at, shocks)
    literal = literal.rename(columns={"literal": "value"}).assign(likelihood="literal")
    summed = simulated_likelihood(prepared, at, draws, seed)
    exact, _ = ThresholdLikelihood([market], rules).evaluate(at)
    others = pd.DataFrame(
        [
            ("simulated", "", summed.draws, summed.log_likelihood, summed.never),
            ("threshold", "", len(exact), exact.sum(), np.nan),
        ],
        columns=["likelihood", "offers", "number", "value", "never"],
    )
    columns = ["likelihood", "offers", "number", "value", "never"]
    return pd.concat([literal.assign(never=np.nan)[columns], others], ignore_index=True)


def ways_beside(market: Market, rules: Rules, parameters: np.ndarray, seed: int) -> pd.DataFrame:
    """`ways_to_choose` of the district with most offers in one draw, of those whose limits bind."""
    prepared, at = prepare(market, rules), centred(parameters, rules.salary_centre)
    shocks = np.random.default_rng(np.random.SeedSequence(seed)).standard_normal(
        market.salary.shape
    )
    equilibrium = solve_discrete(prepared, at, shocks)
    binds = (equilibrium.capacity_price > 0) | (equilibrium.budget_price > 0)
    number = np.where(equilibrium.closed, -1, equilibrium.offers.sum(axis=0))
    district = int(np.where(binds | ~binds.any(), number, -1).argmax())
    problem = district_problem(prepared, at, shocks, equilibrium, district)
    made = ways_to_choose(problem)
    made.insert(0, "district", district)
    return made
