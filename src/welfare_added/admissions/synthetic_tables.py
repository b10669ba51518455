"""The synthetic world as raw tables, as a district would export them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import TIE_BREAKS
from welfare_added.admissions.synthetic_draws import draws_of
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.admissions.world import World, world

# Applicants and seats by size of the pool, over those of the published size.
SIZES = {"full": 1, "tiny": 10}
SCHOOLING = {
    "adults_without_high_school": "n_less_than_high_school",
    "adults_with_high_school": "n_high_school",
    "adults_with_some_college": "n_some_college",
    "adults_with_college": "n_college",
    "adults_with_graduate_degree": "n_graduate",
}


def synthetic_world(tracts: pd.DataFrame, parameters: Mapping, *, size: str, seed: int) -> World:
    """A world of the published size, or of a tenth of its applicants and seats.

    tracts: from `read_tracts`. parameters: of calibration/parameters.yaml. Raises KeyError on an
    unknown size.
    """
    over = SIZES[size]
    schools = {
        name: {**school, "seats": max(school["seats"] // over, 1)}
        for name, school in parameters["schools"].items()
    }
    counts = {year: own["applicants"] // over for year, own in parameters["years"].items()}
    return world(draws_of(counts, len(schools), seed), tracts, {**parameters, "schools": schools})


def raw_tables_of(
    made: World, tracts: pd.DataFrame, in_force: Mapping[int, str]
) -> dict[str, pd.DataFrame]:
    """Tables applicants, choices, schools, tracts and enrolments.

    tracts: from `read_tracts`. in_force: column of its tiers by year. Tracts without a tier in a
    year are left out of that year. Races of residents are not exported: a plan that used them would
    not be race-neutral.
    """
    people = pd.concat([made.earlier, made.studied], ignore_index=True)
    lists = np.concatenate([made.earlier_lists, made.lists])
    names = list(made.schools["school_id"])
    years = sorted(people["application_year"].unique())
    seats = made.schools[["school_id", "seats"]]
    return {
        "applicants": people[
            [
                *("application_year", "applicant_id", "tract", "composite_score"),
                *("race", "frpl", *TIE_BREAKS, "tier"),
            ]
        ],
        "choices": _choices(people, lists, names),
        "schools": pd.concat([seats.assign(application_year=year) for year in years])[
            ["application_year", "school_id", "seats"]
        ],
        "tracts": pd.concat([_tracts(tracts, year, tier) for year, tier in in_force.items()]),
        "enrolments": made.enrolments,
    }


def _choices(people: pd.DataFrame, lists: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    row, rank = np.nonzero(lists >= 0)
    return pd.DataFrame(
        {
            "application_year": people["application_year"].to_numpy()[row],
            "applicant_id": people["applicant_id"].to_numpy()[row],
            "rank": rank + 1,
            "school_id": np.asarray(names)[lists[row, rank]],
        }
    )


def _tracts(tracts: pd.DataFrame, year: int, tier: str) -> pd.DataFrame:
    """Tracts of a year: the indicators, and further variables that the LASSO may pick."""
    adults = tracts[[*SCHOOLING.values()]].sum(axis=1)
    table = pd.DataFrame(
        {
            "year": year,
            "tract": tracts["geoid"],
            "tier": tracts[tier],
            "children": tracts["school_age_children"],
            "community_area": tracts["community_name"],
            **{name: tracts[name] for name in INDICATORS},
            **{ours: tracts[theirs] / adults for ours, theirs in SCHOOLING.items()},
            "children_per_resident": tracts["school_age_children"] / tracts["population_2010"],
        }
    )
    return table[table["tier"].notna()].astype({"tier": int})
