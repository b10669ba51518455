"""Synthetic applicants on Chicago's real census tracts.

A tract is drawn by its children and tier; the race of an applicant by the races of her tract's
residents; free lunch and the score by tract, race and chance; the list of schools by tastes for
schools, distance and ability. Every draw is made once for each applicant and turned into an outcome
by the parameters, so that a change of a parameter moves applicants one at a time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from welfare_added.admissions.keys import STEPS_A_POINT
from welfare_added.admissions.tracts import INDICATORS

TAILS = (0.02, 0.98)  # residents' shares are held within these before their log odds are taken
KILOMETRES = np.array([82.8, 111.0])  # of one degree of longitude and latitude at Chicago


@dataclass(frozen=True)
class Draws:
    """Random numbers of the applicants of some years, one row each.

    tract, race, group, frpl: uniform. ability: normal. taste: (n, S) Gumbel. length: uniform.
    tie: a permutation.
    """

    tract: np.ndarray
    race: np.ndarray
    group: np.ndarray
    frpl: np.ndarray
    ability: np.ndarray
    taste: np.ndarray
    length: np.ndarray
    tie: np.ndarray


def draw(applicants: int, schools: int, seed: np.random.SeedSequence) -> Draws:
    """Draws of a number of applicants; each kind has a stream of its own."""
    streams = [np.random.default_rng(one) for one in seed.spawn(8)]
    uniform = [stream.random(applicants) for stream in streams[:4]]
    return Draws(
        *uniform,
        ability=ndtri(streams[4].random(applicants)),
        taste=-np.log(-np.log(streams[5].random((applicants, schools)))),
        length=streams[6].random(applicants),
        tie=streams[7].permutation(applicants),
    )


def applicants(
    draws: Draws,
    tracts: pd.DataFrame,
    schools: pd.DataFrame,
    parameters: Mapping,
    tier_column: str,
    share_96: float,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Applicants of one pool, and their lists of schools (n, L), -1 past a list's end.

    tracts: from `read_tracts`. schools: longitude, latitude. parameters: as in the paper's
    calibration/parameters.yaml. tier_column: of the year's tiers. share_96: of applicants with a
    score of 96 or more.
    """
    known = tracts[tracts["income"].notna()].reset_index(drop=True)
    at = _tract(draws.tract, known, tier_column, parameters["tiers"])
    place = known.iloc[at].reset_index(drop=True)
    minority = _minority(draws.race, place, parameters["minority"])
    asian, black = _groups(draws.group, place, minority, parameters["asian"])
    frpl = _frpl(draws.frpl, place, minority, asian, parameters["frpl"])
    ability = _ability(draws.ability, place, minority, frpl, asian, parameters["score"])
    scores = _scores(ability, share_96, parameters["score"])
    table = pd.DataFrame(
        {
            "tract": place["geoid"],
            "tier": place[tier_column].astype(int),
            **{name: place[name] for name in INDICATORS},
            "race": np.select(
                [minority & black, minority & ~black, asian],
                ["black", "hispanic", "asian"],
                "white",
            ),
            "minority": minority.astype(int),
            "asian": asian.astype(int),
            "frpl": frpl.astype(int),
            "composite_score": scores,
            "random": draws.tie,
        }
    )
    groups = {name: table[name].to_numpy() for name in ("minority", "frpl", "asian")}
    return table, _lists(draws, place, groups, ability, schools, parameters["choice"])


def _tract(
    uniform: np.ndarray, tracts: pd.DataFrame, tier: str, shares: Mapping[int, float]
) -> np.ndarray:
    """Row of each applicant's tract: a tier by its share, a tract of it by its children."""
    children = tracts["school_age_children"]
    within = children / children.groupby(tracts[tier]).transform("sum")
    weight = within * tracts[tier].map(shares)
    cumulated = np.cumsum(weight.to_numpy())
    return np.searchsorted(cumulated / cumulated[-1], uniform, side="right").clip(
        max=len(tracts) - 1
    )


def _minority(uniform: np.ndarray, place: pd.DataFrame, p: Mapping) -> np.ndarray:
    """Black or Hispanic, by the log odds of the residents' share and by the indicators."""
    residents = (place["share_black_2010"] + place["share_hispanic_2010"]).clip(*TAILS)
    odds = p["constant"] + p["residents"] * logit(residents)
    odds += _of_tract(place, p, INDICATORS)
    return (uniform < expit(odds)).to_numpy()


def _groups(
    uniform: np.ndarray, place: pd.DataFrame, minority: np.ndarray, p: Mapping
) -> tuple[np.ndarray, np.ndarray]:
    """Whether Asian, among others than the minorities; and whether Black, among the minorities."""
    asian = place["share_api_2010"] / (place["share_api_2010"] + place["share_white_2010"])
    black = place["share_black_2010"] / (place["share_black_2010"] + place["share_hispanic_2010"])
    odds = p["constant"] + p["residents"] * logit(asian.fillna(0.5).clip(*TAILS))
    return (
        (~minority & (uniform < expit(odds))),
        minority & (uniform < black.fillna(0.5)).to_numpy(),
    )


def _race(minority: np.ndarray, black: np.ndarray, asian: np.ndarray) -> np.ndarray:
    of_minority = np.where(black, "black", "hispanic")
    return np.where(minority, of_minority, np.where(asian, "asian", "white"))


def _frpl(
    uniform: np.ndarray, place: pd.DataFrame, minority: np.ndarray, asian: np.ndarray, p: Mapping
) -> np.ndarray:
    """Eligible for free or reduced-price lunch."""
    odds = p["constant"] + p["minority"] * minority + p["asian"] * asian
    odds = odds + _of_tract(place, p, ("income", "education"))
    return (uniform < expit(odds)).to_numpy()


def _ability(
    normal: np.ndarray,
    place: pd.DataFrame,
    minority: np.ndarray,
    frpl: np.ndarray,
    asian: np.ndarray,
    p: Mapping,
) -> np.ndarray:
    """What orders the scores, in SDs of its unexplained part."""
    explained = p["minority"] * minority + p["frpl"] * frpl + p["asian"] * asian
    return normal + explained + _of_tract(place, p, INDICATORS)


def _of_tract(place: pd.DataFrame, p: Mapping, names: Iterable[str]) -> pd.Series:
    """What the indicators of her tract, from their middle, add for each applicant, (n,)."""
    return sum(p[name] * (place[name] - 0.5) for name in names)


def _scores(ability: np.ndarray, share_96: float, p: Mapping) -> np.ndarray:
    """Composite scores, 0 to 100 on the grid, by rank.

    How far a score is from 100 grows with the rank (from 0 at the top to 1): to 4 points at
    ``share_96`` by a power of the rank, and on to the lowest score by another.
    """
    rank = np.empty(len(ability))
    rank[np.argsort(-ability, kind="stable")] = (np.arange(len(ability)) + 0.5) / len(ability)
    top = 4 * (rank / share_96) ** p["top_power"]
    beyond = ((rank - share_96) / (1 - share_96)).clip(min=0)
    rest = 4 + (96 - p["lowest"]) * beyond ** p["lower_power"]
    deficit = np.where(rank <= share_96, top, rest)
    return np.rint((100 - deficit) * STEPS_A_POINT) / STEPS_A_POINT


def _lists(
    draws: Draws,
    place: pd.DataFrame,
    groups: Mapping[str, np.ndarray],
    ability: np.ndarray,
    schools: pd.DataFrame,
    p: Mapping,
) -> np.ndarray:
    """Schools in order of utility: taste for the school, by group and rank; distance; chance.

    Tastes by the rank of ability are per unit from the lowest (-1/2) to the highest (1/2).
    """
    there = schools[["longitude", "latitude"]].to_numpy() * KILOMETRES
    here = place[["longitude", "latitude"]].to_numpy() * KILOMETRES
    away = np.sqrt(((here[:, None, :] - there[None]) ** 2).sum(axis=2))
    rank = np.empty(len(ability))
    rank[np.argsort(ability, kind="stable")] = np.linspace(-0.5, 0.5, len(ability))
    utility = draws.taste - p["distance"] * away
    for name, trait in {"all": np.ones(len(rank)), "rank": rank, **groups}.items():
        tastes = [p["taste"][name].get(school, 0.0) for school in schools["school_id"]]
        utility += trait[:, None] * np.array(tastes)
    order = np.argsort(-utility, axis=1, kind="stable")[:, : p["most_listed"]]
    listed = 1 + np.floor(draws.length * p["most_listed"]).astype(int)
    return np.where(np.arange(order.shape[1]) < listed[:, None], order, -1)
