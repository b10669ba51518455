"""Synthetic applicants on Chicago's real census tracts.

The race of an applicant is drawn by the races of her tract's residents and its indicators; free
lunch and the score by tract, race and chance; the list of schools by tastes for schools, distance
and ability. Every draw is made once for each applicant and turned into an outcome by the
parameters, so that a change of a parameter moves applicants one at a time.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import expit

from welfare_added.admissions.synthetic_draws import Draws
from welfare_added.admissions.synthetic_homes import Homes
from welfare_added.admissions.synthetic_scores import composite_scores, score_points
from welfare_added.admissions.tracts import INDICATORS

GROUPS = ("minority", "frpl", "asian")


def applicants(
    draws: Draws, home: Homes, schools: pd.DataFrame, parameters: Mapping, year: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Applicants of one year, and their lists of schools (n, L), -1 past a list's end.

    schools: school_id. parameters: as in the paper's calibration/parameters.yaml.

    Returns
    -------
    DataFrame
        One row an applicant: application_year, applicant_id, tract, tier, the indicators, race,
        gender, minority, asian, frpl (0 or 1), composite_score, the points of `score_points` and
        random (a permutation, for what is still tied).

    """
    own = parameters["years"][year]
    minority = draws.race < expit(_minority_odds(home, parameters["minority"]))
    asian = ~minority & (draws.group < expit(_asian_odds(home, parameters["asian"])))
    black = minority & (draws.group < home.black)
    frpl = draws.frpl < expit(_frpl_odds(home, minority, asian, parameters["frpl"]))
    groups = {"minority": minority, "frpl": frpl, "asian": asian}
    ability = draws.ability + _explained(home, groups, parameters["score"], own["ability"])
    scores = composite_scores(ability, own["share_96"], parameters["score"])
    table = pd.DataFrame(
        {
            "application_year": year,
            "applicant_id": year * 100_000 + np.arange(1, len(draws) + 1),
            "tract": home.tract,
            "tier": home.tier,
            **dict(zip(INDICATORS, home.indicators.T, strict=True)),
            "race": _race(minority, black, asian),
            "gender": np.where(draws.gender < parameters["female"], "female", "male"),
            **{name: groups[name].astype(int) for name in GROUPS},
            "composite_score": scores,
            **score_points(scores, draws.points),
            "random": draws.tie,
        }
    )
    return table, _lists(draws, home, groups, ability, schools, parameters["choice"], own)


def _of_tract(home: Homes, p: Mapping, power: int = 1) -> np.ndarray:
    """What the indicators of her tract, from their middle, add for each applicant, (n,)."""
    return (home.indicators - 0.5) ** power @ np.array([p.get(name, 0.0) for name in INDICATORS])


def _minority_odds(home: Homes, p: Mapping) -> np.ndarray:
    """Log odds of being Black or Hispanic: by those of the residents and by the indicators."""
    return p["constant"] + p["residents"] * home.minority_odds + _of_tract(home, p)


def _asian_odds(home: Homes, p: Mapping) -> np.ndarray:
    """Log odds of being Asian, of those who are neither Black nor Hispanic."""
    return p["constant"] + p["residents"] * home.asian_odds


def _frpl_odds(home: Homes, minority: np.ndarray, asian: np.ndarray, p: Mapping) -> np.ndarray:
    """Log odds of free or reduced-price lunch."""
    return p["constant"] + p["minority"] * minority + p["asian"] * asian + _of_tract(home, p)


def _race(minority: np.ndarray, black: np.ndarray, asian: np.ndarray) -> np.ndarray:
    of_minority = np.where(black, "black", "hispanic")
    return np.where(minority, of_minority, np.where(asian, "asian", "white"))


def _explained(
    home: Homes, groups: Mapping[str, np.ndarray], p: Mapping, by_tier: Mapping[int, float]
) -> np.ndarray:
    """What explains ability, which orders the scores, in SDs of its unexplained part, (n,)."""
    explained = sum(p[name] * member for name, member in groups.items())
    explained = explained + _of_tract(home, p)
    explained += groups["minority"] * _of_tract(home, p["minority_by"])
    explained += _of_tract(home, p["squares"], power=2)
    return explained + _by_tier(home, by_tier)


def _by_tier(home: Homes, values: Mapping[int, float]) -> np.ndarray:
    return np.array([0.0, *(values[tier] for tier in (1, 2, 3, 4))])[home.tier]


def _lists(
    draws: Draws,
    home: Homes,
    groups: Mapping[str, np.ndarray],
    ability: np.ndarray,
    schools: pd.DataFrame,
    p: Mapping,
    own: Mapping,
) -> np.ndarray:
    """Schools in order of utility: taste for the school, by group and rank; distance; chance.

    Tastes by the rank of ability are per unit from the lowest (-1/2) to the highest (1/2).
    """
    rank = np.empty(len(ability))
    rank[np.argsort(ability, kind="stable")] = np.linspace(-0.5, 0.5, len(ability))
    traits = {"all": np.ones(len(rank)), "rank": rank, **groups}
    names = list(schools["school_id"])
    tastes = [[p["taste"][name].get(school, 0.0) for school in names] for name in traits]
    utility = draws.taste - p["distance"] * home.away
    utility += np.column_stack(list(traits.values())).astype(float) @ np.array(tastes)
    utility[:, np.isin(names, p["by_tier_at"])] += _by_tier(home, own["taste"])[:, None]
    order = np.argsort(-utility, axis=1, kind="stable")[:, : p["most_listed"]]
    listed = 1 + np.floor(draws.length * p["most_listed"]).astype(int)
    return np.where(np.arange(order.shape[1]) < listed[:, None], order, -1)
