"""A sample of the synthetic platform's applicants, on which its timing is searched quickly."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.season import MONTHS, month_of
from welfare_added.market.synthetic_applicants import application_days, draw_windows, leans
from welfare_added.market.synthetic_choices import Parts, advantages, constants, parts, thresholds
from welfare_added.market.synthetic_positions import Positions, draw_positions
from welfare_added.market.synthetic_season import Inputs, Market, Season, meet
from welfare_added.market.windows import Pairs, Windows, overlapping

QUANTILES = {"p10": 0.10, "p25": 0.25, "p75": 0.75, "p90": 0.90}
DRAWS = 9  # one more than the platform's own: these are the sample's


@dataclass(frozen=True)
class Everybody:
    """All pairs of a cycle's applicants and positions, with utilities and fixed draws.

    Attributes
    ----------
    market
        Of the sample.
    advantage : (A,) array
        Forecast value added at the representative school.
    pairs, first
        All pairs, and the row of each applicant's first pair, (A,).
    parts
        Of utilities.
    error, waits, wait, key : (N,) arrays
        Logistic errors of pairs; uniform draws of who waits, for how long, and of references.

    """

    market: Market
    advantage: np.ndarray
    pairs: Pairs
    first: np.ndarray
    parts: Parts
    error: np.ndarray
    waits: np.ndarray
    wait: np.ndarray
    key: np.ndarray


class Sample:
    """Moments of timing by parameters, on all applicants with a forecast and some of the others.

    Parameters
    ----------
    inputs, when
        As of `simulate`.
    size
        Of the full platform; the sample has ``applicants`` instead of its own.
    applicants
        Applicants and cycles in the sample.

    """

    def __init__(self, inputs: Inputs, when: Season, size: Mapping, applicants: int):
        """Keep what the draws depend on."""
        self._inputs, self._when = inputs, when
        self._size = {**size, "applicants": applicants}
        self._made: dict[tuple[float, ...], Everybody] = {}

    def moments(self, parameters: Mapping) -> pd.Series:
        """Moments by the names of inputs.yaml's lines; parameters: as in parameters.yaml."""
        every = self._everybody(parameters)
        market, chosen = every.market, parameters["applicants"]
        seeds = [np.random.default_rng(one) for one in self._when.seeds()[:3]]
        span = range(self._when.cycles[0], self._when.cycles[1] + 1)
        posts = draw_positions(
            *(market.schools, span, self._when.studied, self._size),
            *(parameters["vacancies"], seeds[0]),
        )
        without = market.applicants["va_missing"].to_numpy() == 1
        lean = leans(market.near_title1, every.advantage, without, chosen)
        first, last = draw_windows(chosen, *lean, seeds[2])
        window = Windows(*(x.astype(float) for x in (first, last, posts.posted, posts.closed)))
        pairs = overlapping(window, market.applicants["year"].to_numpy(), posts.cycle)
        start = np.searchsorted(posts.cycle, market.applicants["year"].to_numpy())
        rows = every.first[pairs.applicant] + pairs.position - start[pairs.applicant]
        weight = np.where(without, self._weight(parameters, without), 1.0)
        taken = _taken(every, pairs.applicant, rows, without, weight, parameters)
        who, where, rows = pairs.applicant[taken], pairs.position[taken], rows[taken]
        day = application_days(
            *(first[who], last[who], posts.posted[where], posts.closed[where]),
            *(market.positions["title1"].to_numpy()[where], chosen),
            *(every.waits[rows], every.wait[rows]),
        )
        made = _Made(who, where, day, weight, posts, every.key[rows])
        return pd.Series(_counted(made, every, without))

    def _weight(self, parameters: Mapping, without: np.ndarray) -> float:
        """Applicants for whom each one of the sample without a forecast stands."""
        all_ = parameters["sizes"]["full"]["applicants"] - (~without).sum()
        return all_ / without.sum()

    def _everybody(self, parameters: Mapping) -> Everybody:
        """Pairs of the last parameters on which homes and schools of positions depend are kept."""
        home = parameters["applicants"]["home_title1"], parameters["vacancies"]["schools_shape"]
        if home not in self._made:
            if len(self._made) > 2:
                del self._made[next(iter(self._made))]
            self._made[home] = self._meet(parameters)
        return self._made[home]

    def _meet(self, parameters: Mapping) -> Everybody:
        seeds = self._when.seeds()
        streams = [np.random.default_rng(one) for one in seeds[:4]]
        market = meet(self._inputs, parameters, self._size, self._when, streams[:3])
        year = market.applicants["year"].to_numpy()
        always = [np.full(n, x) for n in (len(year), len(market.posts.cycle)) for x in (0.0, 1.0)]
        pairs = overlapping(Windows(*always), year, market.posts.cycle)
        minutes = market.commutes.minutes(pairs.applicant, market.posts.school[pairs.position])
        normals = streams[3].standard_normal((len(year), len(features.RANDOM)))
        rng = np.random.default_rng([self._when.seed, DRAWS])
        draws = rng.random((4, len(minutes)))
        return Everybody(
            market=market,
            advantage=advantages(market.applicants, self._inputs.schools),
            pairs=pairs,
            first=np.searchsorted(pairs.applicant, np.arange(len(year))),
            parts=parts(
                *(market.applicants, market.positions, self._inputs.schools, pairs, minutes),
                *(parameters["teachers_preferences"], normals),
            ),
            error=np.log(draws[0] / (1 - draws[0])),
            waits=draws[1],
            wait=draws[2],
            key=draws[3],
        )


@dataclass(frozen=True)
class _Made:
    """Applications of the sample: codes, days; weights of applicants; positions; keys."""

    applicant: np.ndarray
    position: np.ndarray
    day: np.ndarray
    weight: np.ndarray
    posts: Positions
    key: np.ndarray


def _taken(every: Everybody, applicant, rows, without, weight, parameters) -> np.ndarray:
    """Numbers of the pairs that are applied to, at constants that meet both shares."""
    utility = every.parts.utilities(applicant, rows)
    found = constants(
        *(utility, applicant, without, parameters["application_rate"]),
        *(parameters["applications_with_value_added"], weight.max()),
    )
    constant = np.where(without, found[1], found[0])
    shift = constant - thresholds(utility.present, constant)
    return np.flatnonzero(utility.pair + shift[applicant] > every.error[rows])


def _counted(made: _Made, every: Everybody, without: np.ndarray) -> dict[str, float]:
    number, posts = len(without), made.posts
    weight, month = made.weight[made.applicant], month_of(made.day)
    title1 = every.market.positions["title1"].to_numpy(float)[made.position]
    first, last = _ends(made.day, made.applicant, number)
    opens, closes = _ends(made.day, made.position, len(posts.cycle))
    observed = overlapping(
        Windows(first, last, opens, closes),
        every.market.applicants["year"].to_numpy(),
        posts.cycle,
    )
    pairs = made.weight[observed.applicant].sum()
    found = {
        "counts.applications": weight.sum(),
        "counts.pairs_in_choice_sets": pairs,
        "counts.application_rate_of_pairs": weight.sum() / pairs,
    }
    active = ~np.isnan(first)
    advantage = pd.Series(every.advantage).where(active & ~without)
    rank = advantage.rank(pct=True).to_numpy()[made.applicant]
    for name, mask in {
        "applications": np.ones(len(rank), bool),
        "applications_with_value_added": ~np.isnan(rank),
        "applications_above_median_value_added": rank > 0.5,
        "applications_top_decile_value_added": rank > 0.9,
    }.items():
        count = np.bincount(month[mask], weight[mask], minlength=len(MONTHS))
        found |= {f"timing.{name}.{one}": n for one, n in zip(MONTHS, count, strict=True)}
    of_title1 = np.bincount(month, weight * title1, minlength=len(MONTHS))
    share = of_title1 / np.maximum(np.bincount(month, weight, minlength=len(MONTHS)), 1e-9)
    found |= {
        f"timing.application_share_title1.{one}": x for one, x in zip(MONTHS, share, strict=True)
    }
    on_first = made.day == first[made.applicant]
    age = made.day - posts.posted[made.position]
    found["timing.mean_age_of_vacancy_on_first_day"] = np.average(
        age[on_first], weights=weight[on_first]
    )
    stops = np.bincount(month_of(last[active]), made.weight[active], minlength=len(MONTHS))
    for place, name in enumerate(("april_or_before", "may", "june")):
        found[f"timing.last_application_share.{name}"] = stops[place] / stops.sum()
    return {**found, **_apart(made, weight)}


def _apart(made: _Made, weight: np.ndarray) -> dict[str, float]:
    """Days from another application of the position: stands for days from the hired one.

    Ratings do not depend on days, and so a hired application is one at random of its position.
    """
    order = np.lexsort([-np.log(made.key) / weight, made.position])
    places, start = np.unique(made.position[order], return_index=True)
    reference = np.zeros(len(made.posts.cycle))
    reference[places] = made.day[order][start]
    apart = made.day - reference[made.position]
    order = np.argsort(apart, kind="stable")
    below = np.cumsum(weight[order]) / weight.sum()
    name = "days_to_hired_application.all"
    at = np.searchsorted(below, list(QUANTILES.values()))
    found = dict(zip((f"{name}.{one}" for one in QUANTILES), apart[order][at], strict=True))
    mean = np.average(apart, weights=weight)
    sd = np.sqrt(np.average((apart - mean) ** 2, weights=weight))
    return {**found, f"{name}.sd": sd}


def _ends(day: np.ndarray, who: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.full(number, np.nan), np.full(number, np.nan)
    np.fmin.at(low, who, day)
    np.fmax.at(high, who, day)
    return low, high
