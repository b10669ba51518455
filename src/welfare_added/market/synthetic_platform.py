"""The synthetic hiring platform: raw tables, and the truth behind them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from welfare_added.market import features, season
from welfare_added.market.synthetic_season import (
    Chosen,
    Inputs,
    Market,
    Ratings,
    Season,
    Simulated,
    simulate,
)
from welfare_added.market.synthetic_state import size_of


@dataclass(frozen=True)
class SyntheticPlatform:
    """Raw tables of the platform and the truth behind them.

    Attributes
    ----------
    tables
        vacancies, applicants, applications, commutes, as raw_tables.yaml declares them.
    truth
        teachers_preferences and principals_preferences (parameter, value); applicants
        (applicant_id, year, first_day, last_day, and the random coefficients' normal draws, named
        as `features.RANDOM`); positions (position_id, year, first_day, last_day, random_effect).

    """

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def synthesise_platform(
    inputs: Inputs,
    parameters: Mapping,
    *,
    size: str,
    seed: int,
    cycles: tuple[int, int],
    studied: int,
    outside: str,
    commute: Mapping[str, float],
) -> SyntheticPlatform:
    """Simulate the hiring platform of the market's district.

    Parameters
    ----------
    parameters
        Content of calibration/parameters.yaml.
    size, seed
        As of `synthesise_state`.
    cycles, studied
        First and last cycle, and the one that is simulated (section 7).
    outside
        As of `margins`.
    commute
        minutes_a_km and at_least of `Commutes`.

    """
    made = simulate(
        *(inputs, parameters, size_of(parameters, size), outside),
        Season(seed, cycles, studied, commute),
    )
    tables = {
        "vacancies": made.market.vacancies,
        "applicants": made.market.raw,
        "applications": _applications(made, parameters),
        "commutes": made.market.given,
    }
    return SyntheticPlatform(tables, _truth(made.market, made.chosen, made.rated, parameters))


def _applications(simulated: Simulated, parameters: Mapping) -> pd.DataFrame:
    """The raw table of applications."""
    market, made = simulated.market, simulated.chosen.made
    return pd.DataFrame(
        {
            "applicant_id": market.applicants["applicant_id"].to_numpy()[made.applicant],
            "position_id": market.vacancies["position_id"].to_numpy()[made.position],
            "applied": season.dates(simulated.day, market.posts.cycle[made.position]),
            "outcome": simulated.outcomes(parameters["outcomes"]),
        }
    )


def _truth(
    market: Market, chosen: Chosen, rated: Ratings, parameters: Mapping
) -> dict[str, pd.DataFrame]:
    window = market.window
    of_applicants = market.applicants[["applicant_id", "year"]].assign(
        first_day=window.applicant_first.astype(int),
        last_day=window.applicant_last.astype(int),
        **dict(zip(features.RANDOM, chosen.normals.T, strict=True)),
    )
    of_positions = market.vacancies[["position_id"]].assign(
        year=market.vacancies["cycle"],
        first_day=window.position_first.astype(int),
        last_day=window.position_last.astype(int),
        random_effect=rated.effects,
    )
    principals = {"constant": rated.constant, **parameters["principals_preferences"]}
    return {
        "teachers_preferences": _values(chosen.planted),
        "principals_preferences": _values(principals),
        "applicants": of_applicants,
        "positions": of_positions,
    }


def _values(planted: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"parameter": list(planted), "value": list(planted.values())})
