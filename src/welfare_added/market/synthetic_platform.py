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
from welfare_added.market.synthetic_state import size_of
from welfare_added.market.windows import Pairs, Windows, overlapping

TITLE = "Elementary teacher"


@dataclass(frozen=True)
class SyntheticPlatform:
    """Raw tables of the platform and the truth behind them.

    Attributes
    ----------
    tables
        vacancies, applicants, applications, as raw_tables.yaml declares them.
    truth
        parameters (parameter, value); applicants (applicant_id, year, first_day, last_day, and the
        random coefficients' normal draws, named as `features.RANDOM`); positions (position_id,
        year, first_day, last_day, random_effect).

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
    streams = [np.random.default_rng(one) for one in np.random.SeedSequence([seed, 1]).spawn(7)]
    market = _market_schools(inputs.schools, parameters["schools"]["centre"])
    posts = draw_positions(market, span, studied, number, parameters["vacancies"], streams[0])
    vacancies = _vacancy_table(posts, market)
    raw = draw_applicants(inputs, market, span, number, parameters, streams[1])
    first, last = draw_windows(len(raw), parameters["applicants"], streams[2])
    window = Windows(first.astype(float), last.astype(float), posts.posted, posts.closed)
    days = vacancies.assign(posted=posts.posted, closed=posts.closed)
    positions = position_table(days, inputs.schools)
    applicants = applicant_table(raw, inputs.traits, inputs.forecasts)
    commutes = Commutes(applicants, market, **commute)
    applicants = with_present_commute(applicants, commutes)
    pairs = overlapping(window, applicants["year"].to_numpy(), posts.cycle)
    minutes = commutes.minutes(pairs.applicant, posts.school[pairs.position])
    normals = streams[3].standard_normal((len(applicants), len(features.RANDOM)))
    planted = dict(parameters["teachers_preferences"])
    utility = utilities(applicants, positions, inputs.schools, pairs, minutes, planted, normals)
    without = applicants["va_missing"].to_numpy() == 1
    shares = parameters["application_rate"], parameters["applications_with_value_added"]
    with_forecast, without_forecast = constants(utility, pairs, without, *shares)
    planted |= {"constant": with_forecast, "va_missing": without_forecast - with_forecast}
    constant = np.where(without, without_forecast, with_forecast)
    margin = margins(utility, constant, pairs, outside, streams[4])
    chosen = np.flatnonzero(margin > 0)
    made = Pairs(pairs.applicant[chosen], pairs.position[chosen])
    rated = _rate(applicants, positions, made, parameters, streams[5])
    outcome = draw_outcomes(
        *(made.applicant, made.position, margin[chosen], rated.rating),
        applicants["in_district"].to_numpy()[made.applicant] == 0,
        *(parameters["outcomes"], streams[6]),
    )
    day = application_days(
        *(first[made.applicant], last[made.applicant]),
        *(posts.posted[made.position], posts.closed[made.position]),
        *(parameters["applicants"], streams[2]),
    )
    applications = pd.DataFrame(
        {
            "applicant_id": applicants["applicant_id"].to_numpy()[made.applicant],
            "position_id": vacancies["position_id"].to_numpy()[made.position],
            "applied": season.dates(day, posts.cycle[made.position]),
            "outcome": outcome,
        }
    )
    truth = _truth(applicants, vacancies, window, normals, planted, rated)
    tables = {"vacancies": vacancies, "applicants": raw, "applications": applications}
    return SyntheticPlatform(tables, truth)


def _market_schools(schools: pd.DataFrame, centre: Mapping) -> pd.DataFrame:
    """The market's schools, one row each, with kilometres north and east of the centre."""
    own = schools[schools["in_market"]].drop_duplicates("school_id").reset_index(drop=True)
    km = 111.195
    across = km * np.cos(np.radians(centre["latitude"]))
    return own.assign(
        north=(km * (own["latitude"] - centre["latitude"])).fillna(0.0),
        east=(across * (own["longitude"] - centre["longitude"])).fillna(0.0),
    )


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


@dataclass(frozen=True)
class _Rated:
    """Principals' net utility of applications, their constant, and positions' random effects."""

    rating: np.ndarray
    constant: float
    effects: np.ndarray


def _rate(applicants, positions, made: Pairs, parameters: Mapping, rng) -> _Rated:
    planted, outcomes = parameters["principals_preferences"], parameters["outcomes"]
    value = ratings.index(applicants, positions, made.applicant, made.position, planted)
    share = sum(outcomes[name] for name in ratings.POSITIVE)
    spread = planted["random_effect_sd"]
    constant = ratings.rating_constant(value, spread, share)
    effects = rng.standard_normal(len(positions))
    rating = ratings.latent_ratings(value, made.position, constant + spread * effects, rng)
    return _Rated(rating, constant, effects)


def _truth(
    applicants, vacancies, window: Windows, normals, planted: Mapping, rated: _Rated
) -> dict[str, pd.DataFrame]:
    of_applicants = applicants[["applicant_id", "year"]].assign(
        first_day=window.applicant_first.astype(int),
        last_day=window.applicant_last.astype(int),
        **dict(zip(features.RANDOM, normals.T, strict=True)),
    )
    of_positions = vacancies[["position_id"]].assign(
        year=vacancies["cycle"],
        first_day=window.position_first,
        last_day=window.position_last,
        random_effect=rated.effects,
    )
    return {
        "teachers_preferences": _values(planted),
        "principals_constant": _values({"constant": rated.constant}),
        "applicants": of_applicants,
        "positions": of_positions,
    }


def _values(planted: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"parameter": list(planted), "value": list(planted.values())})
