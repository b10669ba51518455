"""Where synthetic applicants live: the tract of the application and of the grades about it.

The tract of the application is drawn by its tier and its children. The address in the enrolment
data of grade 8, the grade of application, is another with some probability; between one grade and
the next some move. Who moves goes to a tract by its children and its distance.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit

from welfare_added.admissions.moves import APPLICATION_GRADE
from welfare_added.admissions.synthetic_draws import Draws
from welfare_added.admissions.tracts import INDICATORS

TAILS = (0.02, 0.98)  # residents' shares are held within these before their log odds are taken
KILOMETRES = np.array([82.8, 111.0])  # of one degree of longitude and latitude at Chicago
GRADES = (7, 8, 9)


@dataclass(frozen=True)
class Homes:
    """Homes of the applicants of one year.

    Attributes
    ----------
    tract
        (n,) tract of the application, text.
    tier
        (n,) its tier in the year of application, 1 to 4.
    indicators
        (n, 6) its indicators, in the order of `INDICATORS`.
    minority_odds, asian_odds
        (n,) log odds of residents: Black or Hispanic; Asian among others than these.
    black
        (n,) share of Black residents among the Black and Hispanic ones.
    away
        (n, S) distance to each school [km].
    addresses
        (n, 3) tracts of the enrolment data in grades 7, 8 and 9, text.
    tiers
        (n, 3) their tiers in the years of these grades.

    """

    tract: np.ndarray
    tier: np.ndarray
    indicators: np.ndarray
    minority_odds: np.ndarray
    asian_odds: np.ndarray
    black: np.ndarray
    away: np.ndarray
    addresses: np.ndarray
    tiers: np.ndarray


def homes(
    draws: Draws, tracts: pd.DataFrame, schools: pd.DataFrame, parameters: Mapping, year: int
) -> Homes:
    """Homes of the applicants of a year.

    tracts: from `read_tracts`; those without indicators have no applicants. schools: longitude,
    latitude. parameters: as in the paper's calibration/parameters.yaml.
    """
    usable = tracts[tracts["income"].notna()].reset_index(drop=True)
    in_force, own = parameters["tiers_in_force"], parameters["years"][year]
    tier = usable[in_force[year]].to_numpy(dtype=int)
    at = _at_application(draws.home, usable, tier, own["tiers"])
    moving = _moving(usable, parameters["moves"]["kilometres"])
    rate = parameters["moves"]["rate"]
    eighth = _moved(at, draws.elsewhere, own["elsewhere"], moving)
    seventh = _moved(eighth, draws.before, rate, moving)
    ninth = _moved(eighth, draws.after, rate, moving)
    addresses = np.column_stack([seventh, eighth, ninth])
    tiers = [
        usable[in_force[year + grade - APPLICATION_GRADE]].to_numpy(dtype=int)[addresses[:, k]]
        for k, grade in enumerate(GRADES)
    ]
    geoid = usable["geoid"].to_numpy()
    there = schools[["longitude", "latitude"]].to_numpy() * KILOMETRES
    place = _places(usable) * KILOMETRES
    residents = {name: values[at] for name, values in _residents(usable).items()}
    return Homes(
        tract=geoid[at],
        tier=tier[at],
        indicators=usable[list(INDICATORS)].to_numpy()[at],
        away=np.sqrt(((place[:, None, :] - there[None]) ** 2).sum(axis=2))[at],
        addresses=geoid[addresses],
        tiers=np.column_stack(tiers),
        **residents,
    )


def tract_tiers(tracts: pd.DataFrame, in_force: Mapping[int, str]) -> pd.DataFrame:
    """Tiers by year and tract: year, tract, tier. in_force: column of ``tracts`` by year."""
    tables = [
        pd.DataFrame({"year": year, "tract": tracts["geoid"], "tier": tracts[column]})
        for year, column in in_force.items()
    ]
    return pd.concat(tables, ignore_index=True).dropna().astype({"tier": int})


def enrolments(year: int, identifiers: np.ndarray, addresses: np.ndarray) -> pd.DataFrame:
    """Enrolments of the applicants of a year: student_id, year, grade, tract.

    identifiers: (n,). addresses: (n, 3), of `Homes`.
    """
    tables = [
        pd.DataFrame(
            {
                "student_id": identifiers,
                "year": year + grade - APPLICATION_GRADE,
                "grade": grade,
                "tract": addresses[:, k],
            }
        )
        for k, grade in enumerate(GRADES)
    ]
    return pd.concat(tables, ignore_index=True)


def _places(tracts: pd.DataFrame) -> np.ndarray:
    return tracts[["longitude", "latitude"]].to_numpy()


def _at_application(
    uniform: np.ndarray, tracts: pd.DataFrame, tier: np.ndarray, shares: Mapping[int, float]
) -> np.ndarray:
    """Row of each applicant's tract: a tier by its share, a tract of it by its children."""
    children = tracts["school_age_children"].to_numpy(dtype=float)
    of_tier = np.bincount(tier, children)
    share = np.array([shares.get(number, 0.0) for number in range(len(of_tier))])
    cumulated = np.cumsum(children / of_tier[tier] * share[tier])
    return _drawn(cumulated / cumulated[-1], uniform)


def _moving(tracts: pd.DataFrame, kilometres: float) -> np.ndarray:
    """Cumulated chances (T, T) of the tracts to which one moves, by the tract that is left."""
    place = _places(tracts) * KILOMETRES
    away = np.sqrt(((place[:, None, :] - place[None]) ** 2).sum(axis=2))
    weight = np.exp(-away / kilometres) * tracts["school_age_children"].to_numpy(dtype=float)
    np.fill_diagonal(weight, 0.0)
    cumulated = np.cumsum(weight, axis=1)
    return cumulated / cumulated[:, -1:]


def _moved(at: np.ndarray, draws: np.ndarray, rate: float, moving: np.ndarray) -> np.ndarray:
    """Row of each one's tract after a chance to move; draws: (n, 2), whether and whereto."""
    new = at.copy()
    for i in np.flatnonzero(draws[:, 0] < rate):
        new[i] = _drawn(moving[at[i]], draws[i, 1])
    return new


def _drawn(cumulated: np.ndarray, uniform: np.ndarray | float) -> np.ndarray:
    place = np.searchsorted(cumulated, uniform, side="right")
    return np.minimum(place, len(cumulated) - 1)


def _residents(tracts: pd.DataFrame) -> dict[str, np.ndarray]:
    """Races of each tract's residents, as the attributes of `Homes` of the same names."""
    black, hispanic, asian, white = (
        tracts[f"share_{race}_2010"] for race in ("black", "hispanic", "api", "white")
    )
    of_others = (asian / (asian + white)).fillna(0.5)
    return {
        "minority_odds": logit((black + hispanic).clip(*TAILS)).to_numpy(),
        "asian_odds": logit(of_others.clip(*TAILS)).to_numpy(),
        "black": (black / (black + hispanic)).fillna(0.5).to_numpy(),
    }
