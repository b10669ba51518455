"""Moments of the synthetic applicants that the paper prints about its own.

Only inputs are used: the applicants, where they live, and the classes under the plan in force. What
any other plan gives is a prediction. Moments are named by their place in calibration/inputs.yaml.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.indices import USED
from welfare_added.admissions.moves import APPLICATION_GRADE, COHORT_GRADE, TOP_SHARE
from welfare_added.admissions.regressions import linear_probability
from welfare_added.admissions.synthetic_homes import GRADES, Homes
from welfare_added.admissions.tier_plan import tier_plan
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.admissions.world import World, pool_of

TIERS = (1, 2, 3, 4)
# Names in inputs.yaml of what `class_statistics` gives.
DESCRIBED = {
    **{name: name for name in ("mean", "sd", "minority", "frpl", "asian")},
    "gap": "majority_minority_gap",
}
COUNTED = ("minority", "frpl", "asian")
OTHERS = ("sd", "minority", "frpl")


@dataclass(frozen=True)
class Conventions:
    """What moments need besides the world.

    Attributes
    ----------
    plan
        Choices of the plan in force, as of `tier_market`: open_share, open_first, rounding.
    high
        Composite score from which on applicants are high scorers (table A.1, column 2).
    predicted_years
        Application years of table A.1.
    described
        Schools whose classes are described in most detail (table A.6).

    """

    plan: Mapping
    high: float
    predicted_years: tuple[int, ...]
    described: tuple[str, ...] = ("Payton", "Northside")


def moments(world: World, choices: Conventions) -> pd.Series:
    """All moments that the search uses, and the smallest share of seats filled at a school."""
    found = {**residence_moments(world.homes), **regression_moments(world.earlier, choices)}
    return pd.Series({**found, **_samples(world, choices), **_classes(world, choices)}, dtype=float)


def regression_moments(earlier: pd.DataFrame, choices: Conventions) -> dict[str, float]:
    """Minority status on each indicator, and what ties free lunch to it (table A.1).

    Of each indicator alone the slope and its classical standard error; over all applicants, where
    one number is printed for all six, the mean of the errors.
    """
    used = earlier[earlier["application_year"].isin(choices.predicted_years)]
    high = used[used["composite_score"] >= choices.high]
    everyone = "minority_on_tract_indicator.standard_errors_all"
    found = {everyone: float(_slopes(used)[1].mean())}
    for sample, rows in (("all_applicants", used), ("score_96", high)):
        slopes, errors = _slopes(rows)
        for name, slope in zip(INDICATORS, slopes, strict=True):
            found[f"minority_on_tract_indicator.{sample}.{name}"] = float(slope)
    of_high = zip(INDICATORS, errors, strict=True)
    found |= {f"minority_on_tract_indicator.standard_errors_96.{n}": float(e) for n, e in of_high}
    fit = linear_probability(high["minority"].to_numpy(), high[[*USED, "frpl"]])
    found["minority_and_frpl_score_96.frpl"] = float(fit.coefficients[fit.names.index("frpl")])
    return {**found, "minority_and_frpl_score_96.r_squared": fit.r_squared}


def _slopes(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Slope of minority status on each indicator alone and its classical standard error, (6,)."""
    outcome, values = rows["minority"].to_numpy(float), rows[list(INDICATORS)].to_numpy()
    outcome, values = outcome - outcome.mean(), values - values.mean(axis=0)
    squares = (values**2).sum(axis=0)
    slopes = values.T @ outcome / squares
    unexplained = outcome @ outcome - slopes**2 * squares
    return slopes, np.sqrt(unexplained / (len(rows) - 2) / squares)


def residence_moments(homes: Mapping[int, Homes]) -> dict[str, float]:
    """Tiers of applications, and shares of students with another tier in the enrolment data.

    Grade 7 is of the students with an address of the same tier in grades 7, 8 and 9, as the note of
    table A.3 says; grade 9 is of all (table A.4). homes: by application year; the last year is
    not looked at.
    """
    found = {}
    for year, home in _cohorts(homes):
        cohort, same = year + COHORT_GRADE - APPLICATION_GRADE, _same(home.tiers)
        found |= _tier_shares(f"tiers.applicants.{cohort}", home.tier[same])
        for grade, sample in ((7, same), (9, np.ones(len(same), dtype=bool))):
            other = home.tiers[:, GRADES.index(grade)] != home.tier
            found[f"residence.grade_{grade}_off_diagonal.{cohort}"] = float(other[sample].mean())
    return found


def _samples(world: World, choices: Conventions) -> dict[str, float]:
    """Tiers of the highest decile of scores, and of those who list one of the described schools."""
    numbers = school_numbers(world, choices.described)
    lists = np.isin(world.earlier_lists, numbers).any(axis=1)
    years = world.earlier["application_year"].to_numpy()
    found = {}
    for year, home in _cohorts(world.homes):
        cohort, of_year = year + COHORT_GRADE - APPLICATION_GRADE, years == year
        score = world.earlier["composite_score"].to_numpy()[of_year]
        rank = len(score) - np.searchsorted(np.sort(score), score, side="right") + 1
        masks = {"top_decile": rank <= TOP_SHARE * len(score), "payton_northside": lists[of_year]}
        for sample, mask in masks.items():
            chosen = home.tier[mask & _same(home.tiers)]
            found |= _tier_shares(f"tiers.{sample}.{cohort}", chosen)
    return found


def _classes(world: World, choices: Conventions) -> dict[str, float]:
    """Classes under the plan in force."""
    pool = pool_of(world)
    placed = tier_plan(pool, **choices.plan).school(world.lists)
    found, filled = {}, []
    for number, school in enumerate(world.schools["school_id"]):
        one = class_statistics(pool, placed == number)
        filled.append(one["students"] / pool.seats[number])
        if school in choices.described:
            name = school.lower()
            found |= {f"current_classes.{name}.{label}": one[of] for of, label in DESCRIBED.items()}
            for of in COUNTED:
                found[f"current_counts.{name}.{of}"] = one[of] * one["students"]
        else:
            found |= {f"current_other_schools.{school}.{name}": one[name] for name in OTHERS}
    return {**found, "filled": min(filled)}


def school_numbers(world: World, names: Iterable[str]) -> list[int]:
    """Numbers of schools in the lists."""
    every = list(world.schools["school_id"])
    return [every.index(name) for name in names]


def _cohorts(homes: Mapping[int, Homes]) -> list[tuple[int, Homes]]:
    """Homes by year of the earlier applicants."""
    return [(year, homes[year]) for year in sorted(homes)[:-1]]


def _same(tiers: np.ndarray) -> np.ndarray:
    """Whether the address has one tier in all grades, (n,)."""
    return (tiers == tiers[:, :1]).all(axis=1)


def _tier_shares(name: str, tier: np.ndarray) -> dict[str, float]:
    return {f"{name}.{number}": float((tier == number).mean()) for number in TIERS}
