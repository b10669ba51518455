"""Laboratory markets in which budgets bind and teachers move, with matches of the discrete game."""

from dataclasses import dataclass, replace

import numpy as np

from welfare_added.offers.discrete import realised, solve_discrete
from welfare_added.offers.market import Market, Rules, miles, prepare
from welfare_added.offers.parameters import centred


@dataclass(frozen=True)
class Laboratory:
    """Size and make of laboratory markets.

    Attributes
    ----------
    markets, teachers, districts
        Number of markets, of teachers in each, and of districts in each.
    without_value_added
        Share of teachers without value added.
    vacancies
        Posts of a district beyond those whom its incumbents would keep if nobody else made
        offers, relative to its staff: lowest and highest.
    pay
        Salaries that the budget holds for a vacancy, relative to the mean of the staff: lowest and
        highest. Where they are low it is the budget that binds.
    side
        Degrees of latitude that a market is wide.

    """

    markets: int = 8
    teachers: int = 800
    districts: int = 8
    without_value_added: float = 0.0
    vacancies: tuple[float, float] = (0.01, 0.10)
    pay: tuple[float, float] = (0.8, 1.2)
    side: float = 1.0


def laboratory_markets(
    design: Laboratory, parameters: np.ndarray, rules: Rules, seed: int
) -> list[Market]:
    """Markets with matches drawn from the equilibrium of one draw of shocks.

    parameters: (9,) in the units of table 13 with shocks of SD 1. Market k depends on ``seed`` and
    k alone.
    """
    children = np.random.SeedSequence(seed).spawn(design.markets)
    found = []
    for number, child in enumerate(children):
        rng = np.random.default_rng(child)
        market = _people(design, str(number + 1), rng)
        at = centred(parameters, rules.salary_centre)
        market = _limited(design, market, prepare(market, rules).teacher_values(at), rng)
        prepared = prepare(market, rules)
        shocks = rng.standard_normal(market.salary.shape)
        equilibrium = solve_discrete(prepared, at, shocks)
        chances = equilibrium.matches(prepared)
        found.append(replace(market, match=realised(prepared, chances, equilibrium.exits, rng)))
    return found


def _people(design: Laboratory, name: str, rng: np.random.Generator) -> Market:
    n, districts = design.teachers, design.districts
    size = rng.dirichlet(np.full(districts, 8.0))
    origin = np.sort(rng.choice(districts, n, p=size))
    value_added = rng.standard_normal(n)
    value_added[rng.random(n) < design.without_value_added] = np.nan
    seniority = np.floor(rng.gamma(2.2, 6.5, n)).clip(0, 40)
    master = (rng.random(n) < 0.3 + 0.4 * (seniority > 8)).astype(float)
    latitude, longitude = (
        44 + design.side * rng.random(districts),
        -90 + design.side * rng.random(districts),
    )
    base, step = rng.normal(38, 2, districts), rng.normal(0.75, 0.08, districts)
    degree, reward = rng.normal(6, 1, districts), rng.normal(2, 3, districts)
    quality = np.where(np.isnan(value_added), 0.5, 1 / (1 + np.exp(-np.nan_to_num(value_added))))
    salary = base + np.outer(seniority, step) + np.outer(master, degree)
    salary += np.outer(quality, reward) + rng.normal(0, 1.5, (n, districts))
    return Market(
        name,
        value_added,
        seniority,
        master,
        origin,
        salary,
        miles(latitude, longitude, origin),
        rng.uniform(15, 60, districts),
        (rng.random(districts) < 0.25).astype(float),
        np.zeros(districts),
        np.zeros(districts),
    )


def _limited(
    design: Laboratory, market: Market, values: np.ndarray, rng: np.random.Generator
) -> Market:
    """The market with budgets and capacities; values: (N, J) exp(V)."""
    rows, districts = np.arange(len(values)), values.shape[1]
    home = values[rows, market.origin]
    stays, paid = home / (1 + home), market.salary[rows, market.origin]
    staff = np.bincount(market.origin, minlength=districts)
    mean = np.bincount(market.origin, paid, districts) / np.maximum(staff, 1)
    posts = staff * rng.uniform(*design.vacancies, districts)
    return replace(
        market,
        capacity=np.bincount(market.origin, stays, districts) + posts,
        budget=np.bincount(market.origin, stays * paid, districts)
        + posts * mean * rng.uniform(*design.pay, districts),
    )
