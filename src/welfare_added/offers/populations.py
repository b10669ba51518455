"""Count the teachers behind published numbers of sections 7 and 8, for the disclosure gate."""

from collections.abc import Mapping, Sequence

import numpy as np

from welfare_added.disclosure.populations import fewest
from welfare_added.offers.fit_moments import GROUPS, group_masks, moved_and_left
from welfare_added.offers.market import ENTRANT, Market
from welfare_added.offers.scheme_outcomes import ALL, CHANCES, MEANS, QUARTILES, quartiles
from welfare_added.offers.scheme_readings import BILL
from welfare_added.offers.state_markets import StateMarket, market_of

Counts = dict[str, dict[str, float]]


def market_populations(
    years: Mapping[int, Sequence[StateMarket]], year: int, district: str
) -> Counts:
    """Count the teachers behind tables 13 and 14, figures 9 to 12, and the table of readings.

    Parameters
    ----------
    years
        Markets of a year.
    year
        That of the estimation and of the counterfactuals.
    district
        Where pay for value added is tried out.

    Returns
    -------
    dict
        By population: students (persons: teachers, who have a row each in a year) and
        students_sure. Populations: choices, the fewest of those who stay, move and leave, since
        they tell the moving cost and the outside option; moments_<year>_<moment>_<group>, the
        fewest of those who did and did not (of every group by value added, since the groups add
        up to all); schemes_<outcome>_<quartile>, teachers whose chances are averaged, or whose
        salaries are added up.

    """
    markets = [one.market for one in years[year]]
    moved, left = _choices(markets)
    counts = {"choices": _number([moved.sum(), left.sum(), (~moved & ~left).sum()])}
    for one, there in years.items():
        counts |= _of_moments(one, [state.market for state in there])
    own, place = market_of(list(years[year]), district)
    return counts | _of_schemes(own.market, place)


def _choices(markets: Sequence[Market]) -> tuple[np.ndarray, np.ndarray]:
    """Whether each incumbent of the markets moved, and whether she left."""
    parts = [moved_and_left(market) for market in markets]
    moved, left = (np.concatenate(part) for part in zip(*parts, strict=True))
    return moved, left


def _of_moments(year: int, markets: Sequence[Market]) -> Counts:
    value_added = np.concatenate([one.value_added[one.origin != ENTRANT] for one in markets])
    masks = group_masks(value_added)
    counts = {}
    for moment, did in zip(("move", "exit"), _choices(markets), strict=True):
        each = {
            name: _number([(did & who).sum(), (~did & who).sum()]) for name, who in masks.items()
        }
        whole, *parts = GROUPS
        least = fewest([each[name] for name in parts if masks[name].any()])
        counts |= {f"moments_{year}_{moment}_{name}": least for name in parts}
        counts[f"moments_{year}_{moment}_{whole}"] = each[whole]
    return counts


def _of_schemes(market: Market, district: int) -> Counts:
    quartile, here = quartiles(market.value_added), market.origin == district
    valued = np.isfinite(market.value_added)
    counts = {}
    for outcome, whose in zip(CHANCES, (~here, here, here), strict=True):
        for group in range(QUARTILES + 1):
            who = whose if group == ALL else whose & (quartile == group)
            counts[f"schemes_{outcome}_{group}"] = _number([who.sum()])
    for outcome, whose in zip(MEANS, (~here, here, here, here), strict=True):
        counts[f"schemes_{outcome}_{ALL}"] = _number([(whose & valued).sum()])
    counts[f"schemes_{BILL}_{ALL}"] = _number([here.sum()])
    return counts


def _number(counts: Sequence[int]) -> dict[str, float]:
    """The fewest of some numbers of persons, each of whom has one row."""
    return dict.fromkeys(("students", "students_sure"), float(min(counts)))
