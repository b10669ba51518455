"""Quality pay by every reading of section 8 of Biasi (2017), beside what the paper states."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from welfare_added.offers.market import Market, Rules
from welfare_added.offers.scheme_outcomes import (
    ALL,
    CHANCES,
    MEANS,
    QUARTILES,
    SCOPES,
    new_pay,
    scheme_outcomes,
)
from welfare_added.offers.schemes import (
    BALANCES,
    SHAPES,
    Scheme,
    UnpayableError,
    scheme_salaries,
)
from welfare_added.run.errors import UserError

BILL = "wage bill"
UNPAYABLE = "salaries would be zero or less"
NO_EQUILIBRIUM = "no equilibrium was reached"
SHOWN = [*product(CHANCES, (1, QUARTILES)), *((outcome, ALL) for outcome in MEANS)]
MILLION = 1000.0  # of $1,000
PERCENT = {"percent": 1.0, "times": 100.0}  # units of claims.yaml
# Parts of the names of the claims of section 8.
ENDS = {1: "_bottom", QUARTILES: "_top", ALL: ""}
LONG_SCOPES = {"one": "one_district", "all": "all_districts"}  # of the workforce


def scheme_readings(
    market: Market,
    district: int,
    current: np.ndarray,
    deltas: Sequence[float],
    parameters: Mapping[str, np.ndarray],
    rules: Rules,
) -> pd.DataFrame:
    """What the largest quality pay changes in a district, by every reading and set of parameters.

    Parameters
    ----------
    market, district, current, deltas, rules
        As in `scheme_outcomes`; the first and the largest of deltas are compared.
    parameters
        (9,) by the name of the set.

    Returns
    -------
    pandas.DataFrame
        parameters (name of the set), scope, shape, balance, outcome, quartile, before, after,
        percent, reason. Chances of the lowest and the highest quartile and means as in
        `scheme_outcomes`; "wage bill" with quartile 0 is what the teachers of the districts that
        change their pay would be paid there [$ million]. Missing, with a reason: outcomes of a
        reading by which salaries would be zero or less, or without an equilibrium.

    Raises
    ------
    UserError
        As `scheme_outcomes`, but not for salaries of zero or less.

    """
    ends = (deltas[0], max(deltas))
    tables = []
    for scope, shape, balance in product(SCOPES, SHAPES, BALANCES):
        scheme = Scheme(shape, balance)
        for name, own in parameters.items():
            made = _outcomes((market, district, current, ends, scheme, own, rules), scope)
            bill = _wage_bill(market, district, current, ends, scheme, scope)
            made = pd.concat([made, bill], ignore_index=True)
            keys = {"parameters": name, "scope": scope, "shape": shape, "balance": balance}
            tables.append(made.assign(**keys))
    whole = pd.concat(tables, ignore_index=True)
    keys = ["parameters", "scope", "shape", "balance", "outcome", "quartile"]
    return whole[[*keys, "before", "after", "percent", "reason"]]


def _outcomes(given: tuple, scope: str) -> pd.DataFrame:
    """Outcomes that are shown, of one scope and reading, before and after."""
    shown = pd.MultiIndex.from_tuples(SHOWN, names=["outcome", "quartile"])
    try:
        table = scheme_outcomes(*given, scopes=[scope])
    except UnpayableError:
        return pd.DataFrame({"reason": UNPAYABLE}, index=shown).reset_index()
    if not table["converged"].all():
        return pd.DataFrame({"reason": NO_EQUILIBRIUM}, index=shown).reset_index()
    half = len(table) // 2  # the two deltas one after the other
    first, last = (
        part.set_index(["outcome", "quartile"]).loc[shown]
        for part in (table.iloc[:half], table.iloc[half:])
    )
    made = pd.DataFrame({"before": first["value"], "after": last["value"]})
    return made.assign(percent=last["percent"], reason="").reset_index()


def _wage_bill(
    market: Market,
    district: int,
    current: np.ndarray,
    ends: tuple[float, float],
    scheme: Scheme,
    scope: str,
) -> pd.DataFrame:
    """A row of what today's teachers of the district, or of all, would be paid [$ million]."""
    who = np.flatnonzero(market.origin == district if scope == "one" else market.origin >= 0)
    before, after = (
        scheme_salaries(market, current, new_pay(current, district, delta, scope), scheme)[
            who, market.origin[who]
        ].sum()
        / MILLION
        for delta in ends
    )
    percent = 100 * (after - before) / abs(before) if before else np.nan
    row = {"outcome": BILL, "quartile": ALL, "before": before, "after": after, "percent": percent}
    return pd.DataFrame([{**row, "reason": ""}])


def beside_published(readings: pd.DataFrame, claims: Iterable[Mapping]) -> pd.DataFrame:
    """`scheme_readings` with a column of what the paper states [percent], missing if nothing.

    claims: of claims.yaml, with id, published and unit. Raises `UserError` if a claim of section 8
    is not there or in another unit than percent or times.
    """
    of = {claim["id"]: claim for claim in claims}
    published = {key: _stated(of, name) for key, name in claim_names().items()}
    keys = zip(*(readings[name] for name in ("scope", "outcome", "quartile")), strict=True)
    made = readings.copy()
    made.insert(len(made.columns) - 1, "published", [published.get(key, np.nan) for key in keys])
    return made


def claim_names() -> dict[tuple[str, str, int], str]:
    """Names in claims.yaml of the paper's statements, by scope, outcome and quartile."""
    names = {}
    for scope, (outcome, quartile) in product(SCOPES, SHOWN):
        where = LONG_SCOPES[scope] if outcome == "workforce" else scope
        names[scope, outcome, quartile] = f"{outcome.replace(' ', '_')}_{where}{ENDS[quartile]}"
    return names


def _stated(claims: Mapping[str, Mapping], name: str) -> float:
    claim = claims.get(name)
    if claim is None or claim["unit"] not in PERCENT:
        what = "no such claim" if claim is None else f"unit {claim['unit']!r}"
        raise UserError(
            f"claims.yaml, {name}: {what}; want it in {' or '.join(PERCENT)}, for the table of "
            "readings of section 8"
        )
    return PERCENT[claim["unit"]] * claim["published"]
