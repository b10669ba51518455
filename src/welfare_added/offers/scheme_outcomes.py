"""Who moves in, moves out and exits under quality pay, by quartile, and the workforce's quality."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.offers.discrete import solve_discrete
from welfare_added.offers.market import Market, Prepared, Rules, prepare
from welfare_added.offers.parameters import centred
from welfare_added.offers.schemes import Scheme, with_quality_pay
from welfare_added.offers.thresholds import solve_thresholds
from welfare_added.run.errors import UserError

QUARTILES = 4
ALL = 0  # quartile of rows that hold everybody
CHANCES = ("move in", "move out", "exit")
MEANS = ("movers in", "movers out", "exiters", "workforce")
SCOPES = ("one", "all")
NOBODY = 1e-9  # expected teachers: fewer are rounding errors, which have no mean value added


def scheme_outcomes(
    market: Market,
    district: int,
    current: np.ndarray,
    deltas: Sequence[float],
    scheme: Scheme,
    parameters: np.ndarray,
    rules: Rules,
    draws: int = 0,
    seed: int = 0,
    scopes: Sequence[str] = SCOPES,
) -> pd.DataFrame:
    """Outcomes of a district under quality pay there, and in all districts.

    Parameters
    ----------
    market, district
        The market, and the number of the district looked at.
    current
        (J,) $ for a unit of f in the market's salaries.
    deltas
        $ to be paid, the first being what changes are relative to. In scope "one" the district
        pays them and others stay; in scope "all" every district's pay changes by as much as the
        looked-at district's does.
    scheme, parameters, rules
        See there; parameters (9,) are in the units of table 13.
    draws, seed
        0 for the threshold form, else the number of draws of shocks over which discrete
        equilibria are averaged, the same at every delta.
    scopes
        Who pays: "one", "all", or both.

    Returns
    -------
    pandas.DataFrame
        scope, delta, quartile (of value added, among teachers of the market who have it; 0 for
        everybody), outcome, value, percent (change against the first delta), converged. Outcomes
        "move in" (chance of a teacher of another district), "move out" and "exit" (of one of the
        district) by quartile; mean value added of "movers in", "movers out", "exiters" and
        "workforce", weighted by chances, with quartile 0. Means have a change too, for what it is
        worth: they may be near zero.

    Raises
    ------
    UserError
        On a district that is not there, from `prepare`, or from `with_quality_pay`.

    """
    if not 0 <= district < market.salary.shape[1]:
        raise UserError(f"market {market.name}: no district {district}")
    rows = []
    for scope in scopes:
        for delta in deltas:
            new = new_pay(current, district, delta, scope)
            prepared = prepare(with_quality_pay(market, current, new, scheme), rules)
            matches, exits, good = _chances(prepared, parameters, draws, seed)
            for key, value in district_outcomes(prepared.market, district, matches, exits).items():
                rows.append((scope, float(delta), *key, value, good))
    columns = ["scope", "delta", "quartile", "outcome", "value", "converged"]
    table = pd.DataFrame(rows, columns=columns)
    first = table.groupby(["scope", "quartile", "outcome"], sort=False)["value"].transform("first")
    table.insert(5, "percent", 100 * (table["value"] - first) / first.abs())
    return table


def new_pay(current: np.ndarray, district: int, delta: float, scope: str) -> np.ndarray:
    """Pay for a unit of f (J,) [$] if a district pays ``delta``.

    In scope "one" others stay as they are, in scope "all" they change by as much.
    """
    new = np.array(current, dtype=float)
    new += (delta - new[district]) if scope == "all" else 0.0
    new[district] = delta
    return new


def _chances(
    prepared: Prepared, parameters: np.ndarray, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Chances of matches (N, J) and of exit (N,), and whether all equilibria were reached."""
    at = centred(parameters, prepared.rules.salary_centre)
    if draws == 0:
        found = solve_thresholds(prepared, at)
        return found.matches(prepared), found.exits, found.converged
    matches, exits, good = np.zeros(prepared.candidate.shape), np.zeros(len(prepared.traits)), True
    for child in np.random.SeedSequence(seed).spawn(draws):
        shocks = np.random.default_rng(child).standard_normal(prepared.candidate.shape)
        one = solve_discrete(prepared, at, shocks)
        matches += one.matches(prepared) / draws
        exits += one.exits / draws
        good &= one.converged
    return matches, exits, good


def district_outcomes(
    market: Market, district: int, matches: np.ndarray, exits: np.ndarray
) -> dict[tuple[int, str], float]:
    """Outcomes of a district by (quartile, outcome), from chances (N, J) and (N,)."""
    quartile = quartiles(market.value_added)
    here = market.origin == district
    into = np.where(here, 0.0, matches[:, district])
    stays = np.where(here, matches[:, district], 0.0)
    leaves = np.where(here, exits, 0.0)
    out = np.where(here, matches.sum(axis=1) - matches[:, district], 0.0)
    found = {}
    for group in range(QUARTILES + 1):
        who = quartile == group if group != ALL else np.ones(len(here), dtype=bool)
        for outcome, chance, whose in zip(
            CHANCES, (into, out, leaves), (who & ~here, who & here, who & here), strict=True
        ):
            found[group, outcome] = float(chance[whose].mean()) if whose.any() else np.nan
    valued = np.isfinite(market.value_added)
    quality = market.value_added[valued]
    for outcome, weight in zip(MEANS, (into, out, leaves, stays + into), strict=True):
        total = weight[valued].sum()
        found[ALL, outcome] = float(weight[valued] @ quality / total) if total > NOBODY else np.nan
    return found


def quartiles(value_added: np.ndarray) -> np.ndarray:
    """Quartile (N,), 1 to 4, of those with value added, equal ones by number; -1 of others."""
    found = np.full(len(value_added), -1)
    valued = np.flatnonzero(np.isfinite(value_added))
    order = valued[np.argsort(value_added[valued], kind="stable")]
    found[order] = 1 + QUARTILES * np.arange(len(order)) // max(len(order), 1)
    return found
