"""The synthetic hiring platform: raw tables, and the truth behind them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market import features, season
from welfare_added.market import synthetic_ratings as ratings
from welfare_added.market.applicants import applicant_table, with_present_commute
from welfare_added.market.commutes import Commutes
from welfare_added.market.positions import position_table
from welfare_added.market.synthetic_applicants import application_days, draw_windows
from welfare_added.market.synthetic_choices import constants, margins, utilities
from welfare_added.market.synthetic_outcomes import draw_outcomes
from welfare_added.market.synthetic_people import draw_applicants
from welfare_added.market.synthetic_positions import Positions, draw_positions
from welfare_added.market.synthetic_schools import KM_A_DEGREE
from welfare_added.market.synthetic_state import size_of
from welfare_added.market.windows import Pairs, Windows, overlapping

CONSTANT_DECIMALS = 6  # further digits depend on the machine
TITLE = "Elementary teacher"
PLATFORM = 1  # the platform's draws are others than the state's of the same seed


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


@dataclass(frozen=True)
class Inputs:
    """The state's records and forecasts on which the platform rests: see the contract of each."""

    schools: pd.DataFrame
    teachers: pd.DataFrame
    traits: pd.DataFrame
    forecasts: pd.DataFrame


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
    number, span = size_of(parameters, size), range(cycles[0], cycles[1] + 1)
    seeds = np.random.SeedSequence([seed, PLATFORM]).spawn(7)
    streams = [np.random.default_rng(one) for one in seeds]
    market = _meet(inputs, parameters, number, span, studied, commute, streams[:3])
    chosen = _choose(market, inputs.schools, parameters, outside, streams[3:5])
    rated = _rate(market, chosen.made, parameters, streams[5])
    tables = {
        "vacancies": market.vacancies,
        "applicants": market.raw,
        "applications": _applications(market, chosen, rated, parameters, streams[2], streams[6]),
        "commutes": market.given,
    }
    return SyntheticPlatform(tables, _truth(market, chosen, rated, parameters))


@dataclass(frozen=True)
class _Market:
    """Who meets whom: positions, applicants, true windows, and commutes."""

    posts: Positions
    vacancies: pd.DataFrame
    positions: pd.DataFrame
    raw: pd.DataFrame
    applicants: pd.DataFrame
    window: Windows
    commutes: Commutes
    given: pd.DataFrame


@dataclass(frozen=True)
class _Chosen:
    """Applications, by how much they are preferred, and the parameters and draws behind them."""

    made: Pairs
    margin: np.ndarray
    planted: Mapping[str, float]
    normals: np.ndarray


@dataclass(frozen=True)
class _Rated:
    """Principals' net utility of applications, their constant, and positions' random effects."""

    rating: np.ndarray
    constant: float
    effects: np.ndarray


def _meet(inputs: Inputs, parameters, number, span, studied, commute, streams) -> _Market:
    schools = _market_schools(inputs.schools, parameters["schools"]["centre"])
    posts = draw_positions(schools, span, studied, number, parameters["vacancies"], streams[0])
    vacancies = _vacancy_table(posts, schools)
    days = vacancies.assign(posted=posts.posted, closed=posts.closed)
    raw = draw_applicants(inputs, schools, span, number, parameters, streams[1])
    first, last = draw_windows(len(raw), parameters["applicants"], streams[2])
    applicants = applicant_table(raw, inputs.traits, inputs.forecasts)
    given = _given_commutes(applicants, schools, commute)
    commutes = Commutes(applicants, schools, **commute, given=given)
    sides = (first, last, posts.posted, posts.closed)
    return _Market(
        posts=posts,
        vacancies=vacancies,
        positions=position_table(days, inputs.schools),
        raw=raw,
        applicants=with_present_commute(applicants, commutes),
        window=Windows(*(one.astype(float) for one in sides)),
        commutes=commutes,
        given=given,
    )


def _choose(market: _Market, schools: pd.DataFrame, parameters, outside, streams) -> _Chosen:
    """Applications to positions in true choice sets, by eq. 7; constants are set here."""
    applicants, posts = market.applicants, market.posts
    pairs = overlapping(market.window, applicants["year"].to_numpy(), posts.cycle)
    minutes = market.commutes.minutes(pairs.applicant, posts.school[pairs.position])
    normals = streams[0].standard_normal((len(applicants), len(features.RANDOM)))
    planted = dict(parameters["teachers_preferences"])
    utility = utilities(applicants, market.positions, schools, pairs, minutes, planted, normals)
    without = applicants["va_missing"].to_numpy() == 1
    shares = parameters["application_rate"], parameters["applications_with_value_added"]
    found = constants(utility, pairs, without, *shares)
    with_forecast, without_forecast = (round(one, CONSTANT_DECIMALS) for one in found)
    planted |= {"constant": with_forecast, "va_missing": without_forecast - with_forecast}
    constant = np.where(without, without_forecast, with_forecast)
    margin = margins(utility, constant, pairs, outside, streams[1])
    rows = np.flatnonzero(margin > 0)
    made = Pairs(pairs.applicant[rows], pairs.position[rows])
    return _Chosen(made, margin[rows], planted, normals)


def _rate(market: _Market, made: Pairs, parameters: Mapping, rng) -> _Rated:
    planted, outcomes = parameters["principals_preferences"], parameters["outcomes"]
    who = market.applicants, market.positions, made.applicant, made.position
    value = ratings.index(*who, planted)
    share = sum(outcomes[name] for name in ratings.POSITIVE)
    spread = planted["random_effect_sd"]
    constant = round(ratings.rating_constant(value, spread, share), CONSTANT_DECIMALS)
    effects = rng.standard_normal(len(market.positions))
    rating = ratings.latent_ratings(value, made.position, constant + spread * effects, rng)
    return _Rated(rating, constant, effects)


def _applications(
    market: _Market, chosen: _Chosen, rated: _Rated, parameters, of_days, of_outcomes
) -> pd.DataFrame:
    """The raw table of applications; of_days and of_outcomes are generators."""
    made, window, posts = chosen.made, market.window, market.posts
    day = application_days(
        *(window.applicant_first[made.applicant], window.applicant_last[made.applicant]),
        *(posts.posted[made.position], posts.closed[made.position]),
        *(parameters["applicants"], of_days),
    )
    outside = market.applicants["in_district"].to_numpy()[made.applicant] == 0
    outcome = draw_outcomes(
        *(made.applicant, made.position, chosen.margin, rated.rating, outside),
        *(parameters["outcomes"], of_outcomes),
    )
    return pd.DataFrame(
        {
            "applicant_id": market.applicants["applicant_id"].to_numpy()[made.applicant],
            "position_id": market.vacancies["position_id"].to_numpy()[made.position],
            "applied": season.dates(day, posts.cycle[made.position]),
            "outcome": outcome,
        }
    )


def _market_schools(schools: pd.DataFrame, centre: Mapping) -> pd.DataFrame:
    """The market's schools, one row each, with kilometres north and east of the centre."""
    own = schools[schools["in_market"]].drop_duplicates("school_id").reset_index(drop=True)
    across = KM_A_DEGREE * np.cos(np.radians(centre["latitude"]))
    return own.assign(
        north=(KM_A_DEGREE * (own["latitude"] - centre["latitude"])).fillna(0.0),
        east=(across * (own["longitude"] - centre["longitude"])).fillna(0.0),
    )


def _given_commutes(
    applicants: pd.DataFrame, market: pd.DataFrame, commute: Mapping[str, float]
) -> pd.DataFrame:
    """Commutes that the district knows: of its own teachers to their present school."""
    present = with_present_commute(applicants, Commutes(applicants, market, **commute))
    known = (present["in_district"] == 1) & (present["current_commute_missing"] == 0)
    rows = present[known]
    return pd.DataFrame(
        {
            "applicant_id": rows["applicant_id"],
            "cycle": rows["year"],
            "school_id": rows["current_school"],
            "minutes": rows["current_minutes"].round(1),
        }
    ).reset_index(drop=True)


def _vacancy_table(posts: Positions, market: pd.DataFrame) -> pd.DataFrame:
    number = pd.Series(np.arange(len(posts.cycle))).astype("str").str.zfill(5)
    return pd.DataFrame(
        {
            "position_id": "p" + number,
            "cycle": posts.cycle,
            "school_id": market["school_id"].to_numpy()[posts.school],
            "posted": season.dates(posts.posted, posts.cycle),
            "closed": season.dates(posts.closed, posts.cycle),
            "title": TITLE,
            "full_time": 1,
        }
    )


def _truth(
    market: _Market, chosen: _Chosen, rated: _Rated, parameters: Mapping
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
