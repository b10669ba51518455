"""Who meets whom on the synthetic platform, and who applies where, when, with what answer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market import features, season
from welfare_added.market import synthetic_ratings as ratings
from welfare_added.market.applicants import applicant_table, with_present_commute
from welfare_added.market.commutes import Commutes
from welfare_added.market.positions import position_table
from welfare_added.market.synthetic_applicants import application_days, draw_windows, leans
from welfare_added.market.synthetic_choices import advantages, constants, margins, utilities
from welfare_added.market.synthetic_outcomes import Rated, draw_outcomes
from welfare_added.market.synthetic_people import draw_applicants
from welfare_added.market.synthetic_positions import Positions, draw_positions
from welfare_added.market.synthetic_schools import KM_A_DEGREE
from welfare_added.market.windows import Pairs, Windows, overlapping

CONSTANT_DECIMALS = 6  # further digits depend on the machine
TITLE = "Elementary teacher"
PLATFORM = 1  # the platform's draws are others than the state's of the same seed


@dataclass(frozen=True)
class Inputs:
    """The state's records and forecasts on which the platform rests: see the contract of each."""

    schools: pd.DataFrame
    teachers: pd.DataFrame
    traits: pd.DataFrame
    forecasts: pd.DataFrame


@dataclass(frozen=True)
class Season:
    """Seed, first and last cycle, the one that is simulated, and how commutes are measured."""

    seed: int
    cycles: tuple[int, int]
    studied: int
    commute: Mapping[str, float]

    def seeds(self) -> list[np.random.SeedSequence]:
        """Of positions; people; windows and days; coefficients; errors; ratings; outcomes."""
        return np.random.SeedSequence([self.seed, PLATFORM]).spawn(7)


def simulate(
    inputs: Inputs, parameters: Mapping, size: Mapping, outside: str, when: Season
) -> "Simulated":
    """Simulate everything but outcomes; size: one of the section ``sizes`` of parameters."""
    streams = [np.random.default_rng(one) for one in when.seeds()]
    market = meet(inputs, parameters, size, when, streams[:3])
    rate = size.get("application_rate", parameters["application_rate"])
    shares = rate, parameters["applications_with_value_added"]
    planted = parameters["teachers_preferences"]
    chosen = _choose(market, inputs.schools, planted, shares, outside, streams[3:5])
    rated = _rate(market, chosen.made, parameters, streams[5])
    made, window, posts = chosen.made, market.window, market.posts
    day = application_days(
        *(window.applicant_first[made.applicant], window.applicant_last[made.applicant]),
        *(posts.posted[made.position], posts.closed[made.position]),
        *(market.positions["title1"].to_numpy()[made.position], parameters["applicants"]),
        *streams[2].random((2, len(made.position))),
    )
    return Simulated(market, chosen, rated, day, when.seeds()[6])


@dataclass(frozen=True)
class Market:
    """Who meets whom: positions, applicants, true windows, and commutes.

    near_title1: whether each applicant lives near a Title I school.
    """

    near_title1: np.ndarray
    schools: pd.DataFrame
    posts: Positions
    vacancies: pd.DataFrame
    positions: pd.DataFrame
    raw: pd.DataFrame
    applicants: pd.DataFrame
    window: Windows
    commutes: Commutes
    given: pd.DataFrame


@dataclass(frozen=True)
class Chosen:
    """Applications, by how much they are preferred, and the parameters and draws behind them."""

    made: Pairs
    margin: np.ndarray
    planted: Mapping[str, float]
    normals: np.ndarray


@dataclass(frozen=True)
class Ratings:
    """Principals' net utility of applications, their constant, and positions' random effects."""

    rating: np.ndarray
    constant: float
    effects: np.ndarray


@dataclass(frozen=True)
class Simulated:
    """Applications with their days, and all that outcomes depend on; seed: of outcomes."""

    market: Market
    chosen: Chosen
    rated: Ratings
    day: np.ndarray
    seed: np.random.SeedSequence

    def outcomes(self, shares: Mapping) -> np.ndarray:
        """Outcome of every application; shares: section ``outcomes`` of parameters.yaml."""
        market, made = self.market, self.chosen.made
        applications = Rated(
            applicant=made.applicant,
            position=made.position,
            margin=self.chosen.margin,
            rating=self.rated.rating,
            month=season.month_of(self.day),
            outside=market.applicants["in_district"].to_numpy()[made.applicant] == 0,
            days_open=market.posts.closed - market.posts.posted,
        )
        return draw_outcomes(applications, shares, np.random.default_rng(self.seed))


def meet(inputs: Inputs, parameters: Mapping, size: Mapping, when: Season, streams) -> Market:
    """Draw positions, applicants and true windows; streams: generators, one of each."""
    schools = market_schools(inputs.schools, parameters["schools"]["centre"])
    span = range(when.cycles[0], when.cycles[1] + 1)
    posts = draw_positions(schools, span, when.studied, size, parameters["vacancies"], streams[0])
    vacancies = _vacancy_table(posts, schools)
    days = vacancies.assign(posted=posts.posted, closed=posts.closed)
    raw, near_title1 = draw_applicants(inputs, schools, span, size, parameters, streams[1])
    applicants = applicant_table(raw, inputs.traits, inputs.forecasts)
    lean = leans(
        near_title1,
        advantages(applicants, inputs.schools),
        applicants["va_missing"].to_numpy() == 1,
        parameters["applicants"],
    )
    first, last = draw_windows(parameters["applicants"], *lean, streams[2])
    given = _given_commutes(applicants, schools, when.commute)
    commutes = Commutes(applicants, schools, **when.commute, given=given)
    sides = (first, last, posts.posted, posts.closed)
    return Market(
        near_title1=near_title1,
        schools=schools,
        posts=posts,
        vacancies=vacancies,
        positions=position_table(days, inputs.schools),
        raw=raw,
        applicants=with_present_commute(applicants, commutes),
        window=Windows(*(one.astype(float) for one in sides)),
        commutes=commutes,
        given=given,
    )


def _choose(market: Market, schools, planted: Mapping, shares, outside, streams) -> Chosen:
    """Applications to positions in true choice sets, by eq. 7; constants are set here.

    shares: of pairs that are applied to, and of applications by applicants with a forecast.
    """
    applicants, posts = market.applicants, market.posts
    pairs = overlapping(market.window, applicants["year"].to_numpy(), posts.cycle)
    minutes = market.commutes.minutes(pairs.applicant, posts.school[pairs.position])
    normals = streams[0].standard_normal((len(applicants), len(features.RANDOM)))
    utility = utilities(applicants, market.positions, schools, pairs, minutes, planted, normals)
    without = applicants["va_missing"].to_numpy() == 1
    found = constants(utility, pairs.applicant, without, *shares)
    with_forecast, without_forecast = (round(one, CONSTANT_DECIMALS) for one in found)
    of_constants = {"constant": with_forecast, "va_missing": without_forecast - with_forecast}
    planted = {**planted, **of_constants}
    constant = np.where(without, without_forecast, with_forecast)
    margin = margins(utility, constant, pairs, outside, streams[1])
    rows = np.flatnonzero(margin > 0)
    made = Pairs(pairs.applicant[rows], pairs.position[rows])
    return Chosen(made, margin[rows], planted, normals)


def _rate(market: Market, made: Pairs, parameters: Mapping, rng) -> Ratings:
    planted, outcomes = parameters["principals_preferences"], parameters["outcomes"]
    who = market.applicants, market.positions, made.applicant, made.position
    value = ratings.index(*who, planted)
    share = sum(outcomes[name] for name in ratings.POSITIVE)
    spread = planted["random_effect_sd"]
    constant = round(ratings.rating_constant(value, spread, share), CONSTANT_DECIMALS)
    effects = rng.standard_normal(len(market.positions))
    rating = ratings.latent_ratings(value, made.position, constant + spread * effects, rng)
    return Ratings(rating, constant, effects)


def market_schools(schools: pd.DataFrame, centre: Mapping) -> pd.DataFrame:
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
