"""Markets of the two-sided model from a state's records, with predicted salaries (section 7.2)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.offers.market import EXIT, Market
from welfare_added.pay.frames import PayRecords
from welfare_added.pay.markets import MarketRecords, market_records
from welfare_added.run.errors import UserError
from welfare_added.sorting.panel import seniority_class
from welfare_added.sorting.salary_equation import SalaryEquation, estimate_salary_equation
from welfare_added.sorting.salary_predictions import predict_salaries
from welfare_added.sorting.study import with_handbook, with_quality

log = logging.getLogger(__name__)
THOUSAND = 1000.0


@dataclass(frozen=True)
class YearOfMarkets:
    """Which markets of a state.

    Attributes
    ----------
    year, period
        Spring of the choices, and period of the salary equation.
    pays_for_quality
        False: salaries are those of teachers with value added 0 (the fit of 2009).
    left_out
        Numbers of markets left out.
    first_post_year, class_years
        As in `study_panel`.
    handbooks_only, growth
        As in `market_records`.

    """

    year: int
    period: str
    pays_for_quality: bool
    left_out: tuple[int, ...]
    first_post_year: int
    class_years: float
    handbooks_only: bool = True
    growth: str = "state"


@dataclass(frozen=True)
class StateMarket:
    """A market, its districts' names (J,), and what they pay for value added (J,) [$]."""

    market: Market = field(repr=False)
    district_ids: np.ndarray
    delta: np.ndarray


def state_markets(
    records: PayRecords, panel: pd.DataFrame, equation: SalaryEquation, which: YearOfMarkets
) -> list[StateMarket]:
    """Markets with salaries by the salary equation, in the order of their numbers.

    Left out, and counted in the log: districts whose delta is not identified, teachers who come
    from or go to one of them, and teachers whose degree the equation does not have.

    Parameters
    ----------
    records
        From `pay.prepare`.
    panel
        From `study_panel`; value added is its quality. Teachers without it are paid as those whose
        value added is 0.
    equation
        From `estimate_salary_equation`.
    which
        The year and what is left out.

    Raises
    ------
    UserError
        If no market is left, or a predicted salary is zero or less; see also `market_records`.

    """
    quality = panel.dropna(subset=["quality"]).drop_duplicates("teacher_id")
    found = market_records(
        records,
        quality.set_index("teacher_id")["quality"],
        which.year,
        first_post_year=which.first_post_year,
        handbooks_only=which.handbooks_only,
        growth=which.growth,
    )
    made = [
        _state_market(one, equation, which)
        for number, one in sorted(found.items())
        if number not in which.left_out
    ]
    made = [one for one in made if one is not None]
    if not made:
        raise UserError(
            f"two-sided model of {which.year}: no market is left; see offers.left_out_markets and "
            "offers.handbooks_only in config.yaml"
        )
    return made


def years_of_markets(
    records: PayRecords,
    panel: pd.DataFrame,
    periods: Mapping[str, tuple[int, int]],
    equation: Mapping[str, str],
    chosen: Mapping,
) -> dict[int, list[StateMarket]]:
    """Markets of the year of the estimation, and of the past year, without pay for value added.

    Parameters
    ----------
    records, panel
        As in `state_markets`.
    periods
        First and last year of ``before`` and ``after``.
    equation
        method and function of `estimate_salary_equation`.
    chosen
        Section ``offers`` of the choices, with first_post_year and class_years.

    Raises
    ------
    UserError
        If the past year is not before the first year under Act 10, or the other one is; see also
        `state_markets`.

    """
    _refuse_years(chosen)
    rows = panel if not chosen["handbooks_only"] else with_handbook(panel)
    salaries = estimate_salary_equation(with_quality(rows), periods, **equation)
    own = {name: chosen[name] for name in ("handbooks_only", "growth", "first_post_year")}
    own |= {"left_out": tuple(chosen["left_out_markets"]), "class_years": chosen["class_years"]}
    which = (
        YearOfMarkets(chosen["year"], "after", True, **own),
        YearOfMarkets(chosen["past_year"], "before", False, **own),
    )
    return {one.year: state_markets(records, panel, salaries, one) for one in which}


def _refuse_years(chosen: Mapping) -> None:
    year, past, first = (chosen[name] for name in ("year", "past_year", "first_post_year"))
    if not past < first <= year:
        raise UserError(
            f"config.yaml: offers.past_year is {past} and offers.year {year}; the first must be "
            f"before pay.first_post_year ({first}), and the second not before it"
        )


def market_of(markets: list[StateMarket], district: str) -> tuple[StateMarket, int]:
    """The market of a district and its number there; UserError if it is in none of them."""
    for one in markets:
        at = np.flatnonzero(one.district_ids == district)
        if len(at):
            return one, int(at[0])
    raise UserError(
        f"two-sided model: district {district} is in none of the markets; choose another in "
        "offers.district and district.named of config.yaml"
    )


def _state_market(
    one: MarketRecords, equation: SalaryEquation, which: YearOfMarkets
) -> StateMarket | None:
    delta, kept = _deltas(one, equation, which)
    number = np.append(np.where(kept, np.cumsum(kept) - 1, EXIT), EXIT)
    going = one.destination == EXIT
    own = kept[one.origin] & (going | kept[one.destination])
    own &= np.isin(one.degree, equation.degrees)
    log.info(
        "market %d of %d: %d districts and %d teachers; left out %d and %d",
        *(one.market, which.year, kept.sum(), own.sum(), (~kept).sum(), (~own).sum()),
    )
    if kept.sum() < 2 or not own.any():
        log.warning("market %d of %d: left out, too small", one.market, which.year)
        return None
    districts = one.district_ids[kept]
    origin = number[one.origin[own]]
    market = Market(
        name=str(one.market),
        value_added=one.value_added[own],
        seniority=one.seniority[own],
        master=one.master[own],
        origin=origin,
        salary=_salaries(one, own, districts, equation, which),
        distance=one.miles[np.ix_(kept, kept)][origin],
        poor=one.poor_percent[kept],
        urban=one.urban[kept],
        budget=one.budget[kept],
        capacity=one.capacity[kept],
        match=np.where(going[own], EXIT, number[one.destination[own]]),
    )
    return StateMarket(market, districts, delta[kept] * which.pays_for_quality)


def _deltas(one, equation: SalaryEquation, which: YearOfMarkets) -> tuple[np.ndarray, np.ndarray]:
    """Delta of each district (J,), and whether it is known and limits are there."""
    at = pd.Index(equation.districts).get_indexer(one.district_ids)
    delta = np.append(equation.delta[equation.periods.index(which.period)], np.nan)[at]
    return delta, ~np.isnan(delta) & (one.budget > 0) & (one.capacity > 0)


def _salaries(one, own, districts, equation, which: YearOfMarkets) -> np.ndarray:
    """Predicted salaries (N, J) in $1,000."""
    teachers, places = int(own.sum()), len(districts)
    quality = np.nan_to_num(one.value_added[own]) * which.pays_for_quality
    classes = seniority_class(one.seniority[own], which.class_years)
    rows = (np.repeat(values, places) for values in (classes, one.degree[own], quality))
    made = predict_salaries(equation, which.period, np.tile(districts, teachers), *rows)
    salary = made["salary"].to_numpy().reshape(teachers, places) / THOUSAND
    if (wrong := (salary <= 0).sum(axis=0)).any():
        named = [f"{districts[j]} (teachers: {wrong[j]:,})" for j in np.flatnonzero(wrong)]
        raise UserError(
            f"two-sided model of {which.year}: predicted salaries of zero or less in district "
            f"{', '.join(named[:3])}{', ...' if len(named) > 3 else ''}; its salary equation needs "
            "more teachers: see salaries.method in config.yaml"
        )
    return salary
